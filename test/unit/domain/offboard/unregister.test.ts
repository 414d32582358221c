import { describe, expect, it } from 'vitest';
import { checkWishes, nameOf, scopeOf } from '../../../../domain/offboard/scope.ts';
import { withoutApplication } from '../../../../domain/offboard/unregister.ts';
import { registryText } from '../../../fakes/offboarding.ts';

describe('environments.yaml without an application', () => {
  it('loses its entry and its name in lists, and keeps everything else as it was written', () => {
    const without = withoutApplication(registryText(), 'orders');
    expect(without).toEqual({ ok: true, text: registryText().replace(/ {2}orders:.*\n/, '').replace('[ notes, orders ]', '[ notes ]').replace('[notes, orders]', '[ notes ]').replaceAll('[main]', '[ main ]').replaceAll(/\[\{(.*)\}\]/g, '[ {$1} ]') });
    expect(without.ok ? without.text : '').toContain('# whom it deploys to');
  });

  it('is left to a person where an environment would take nobody, which would mean everybody', () => {
    expect(withoutApplication(registryText().replace('[notes, orders]', '[orders]'), 'orders')).toEqual({ ok: false, problem: 'prod takes only orders; what becomes of it is for you to say' });
  });

  it('is left to a person where the text is shared by an alias', () => {
    const text = registryText().replace('applications:\n  orders: { repository: orders }', 'applications: &all\n  orders: { repository: orders }').replace('[notes, orders]', '[notes, orders, *all]');
    expect(withoutApplication(text, 'orders').ok).toBe(false);
  });
});

describe('what is to leave', () => {
  it.each([
    ['ALL', 'ALL'],
    ['all', 'all'],
    ['222222222222', '222222222222'],
    ['orders', 'orders'],
  ])('%s is meant as %s', (text, name) => {
    expect(nameOf(scopeOf(text))).toBe(name);
  });

  it.each(['Orders!', '22222', ''])('%s is nothing that could leave', (text) => {
    expect(() => scopeOf(text)).toThrow('name an application, the 12 digits of an account, or ALL');
  });

  it('deletes no more than can be told apart', () => {
    expect(() => { checkWishes(scopeOf('222222222222'), { artifacts: true, evidence: false }); }).toThrow('none of them in a target account');
    expect(() => { checkWishes(scopeOf('orders'), { artifacts: true, evidence: true }); }).toThrow('--evidence goes with ALL only');
    expect(() => { checkWishes(scopeOf('orders'), { artifacts: true, evidence: false }); }).not.toThrow();
    expect(() => { checkWishes(scopeOf('ALL'), { artifacts: true, evidence: true }); }).not.toThrow();
  });
});
