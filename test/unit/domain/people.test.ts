import { describe, expect, it } from 'vitest';
import type { Delegation } from '../../../contracts/approval.ts';
import { Environments } from '../../../contracts/environments.ts';
import { approverOf, principalOf } from '../../../domain/callers.ts';
import { everybodyAsked, identitiesOf, membersOf, personOf, quorumsOf, standing } from '../../../domain/people.ts';
import { theRegistry } from '../../fakes/samples.ts';

const role = 'arn:aws:iam::111111111111:role/people/Kim';
const registry = Environments.parse({
  ...theRegistry(),
  approvers: {
    alex: { email: 'Alex@example.com', commits: ['alex@home.example.com'] },
    robin: { slack: 'U0ROBIN' },
    kim: { principal: role },
    sam: { email: 'sam@example.com' },
  },
  groups: { platform: ['alex', 'robin'], security: ['robin', 'kim'] },
});
const now = new Date('2026-01-10T00:00:00.000Z');
const delegation = (approver: string, to: string | undefined, fields: Partial<Delegation> = {}): Delegation => ({
  approver, ...(to === undefined ? {} : { to }), until: '2026-01-20T00:00:00.000Z', reason: 'holidays', from: '192.0.2.1', at: '2026-01-05T00:00:00.000Z', ...fields,
});

describe('groups', () => {
  it('are opened, and nobody is named twice', () => {
    expect(membersOf(registry, ['platform', 'kim', 'security'])).toEqual(['alex', 'robin', 'kim']);
  });

  it('are a quorum each; people by name are one together', () => {
    expect(quorumsOf(registry, { groups: { platform: 2, security: 1 } })).toEqual([{ from: 'platform', approvers: ['alex', 'robin'], required: 2 }, { from: 'security', approvers: ['robin', 'kim'], required: 1 }]);
    expect(quorumsOf(registry, { approvers: ['platform', 'sam'] })).toEqual([{ from: 'approvers', approvers: ['alex', 'robin', 'sam'], required: 1 }]);
  });
});

describe('the identities of an approver', () => {
  it.each([
    ['alex', ['alex@example.com', 'alex@home.example.com']],
    ['kim', ['arn:aws:iam::111111111111:role/people/kim', 'arn:aws:iam::111111111111:role/kim']],
    ['robin', []],
    ['nobody', []],
  ])('%s: addresses and principal in lower case, also without its path', (name, expected) => {
    expect(identitiesOf(registry, name)).toEqual(expected);
  });

  it('have who pushed by a session of the role', () => {
    expect(identitiesOf(registry, 'kim')).toContain(principalOf('arn:aws:sts::111111111111:assumed-role/Kim/laptop').toLowerCase());
  });

  it('are found by the session of their role, not by another role of the same name', () => {
    expect(approverOf(registry, 'arn:aws:sts::111111111111:assumed-role/Kim/laptop')).toBe('kim');
    expect(approverOf(registry, role)).toBe('kim');
    for (const other of ['arn:aws:sts::999999999999:assumed-role/Kim/laptop', 'arn:aws:iam::111111111111:role/Kim', 'arn:aws:iam::111111111111:user/people/Kim', 'arn:aws:sts::111111111111:federated-user/Kim']) {
      expect(approverOf(registry, other)).toBeUndefined();
    }
  });
});

describe('delegations', () => {
  it.each<[string, Delegation[], string[]]>([
    ['hold until their time', [delegation('alex', 'sam')], ['alex>sam']],
    ['hold no more after it', [delegation('alex', 'sam', { until: now.toISOString() })], []],
    ['give way to newer ones, whatever the order', [delegation('alex', 'kim', { at: '2026-01-06T00:00:00.000Z' }), delegation('alex', 'sam')], ['alex>kim']],
    ['end when they are taken back', [delegation('alex', 'sam'), delegation('alex', undefined, { at: '2026-01-06T00:00:00.000Z' })], []],
    ['do not come back when a newer one is over', [delegation('alex', 'sam'), delegation('alex', 'kim', { at: '2026-01-06T00:00:00.000Z', until: '2026-01-07T00:00:00.000Z' })], []],
    ['are one for each person', [delegation('alex', 'sam'), delegation('robin', 'sam')], ['alex>sam', 'robin>sam']],
  ])('%s', (_, list, expected) => {
    expect(standing(list, now).map(({ approver, to }) => `${approver}>${to ?? ''}`)).toEqual(expected);
  });

  it('let deputies be asked too, each once, and only of those who are asked', () => {
    const quorums = quorumsOf(registry, { approvers: ['platform'] });
    expect(everybodyAsked({ quorums }, [delegation('alex', 'sam'), delegation('robin', 'sam'), delegation('kim', 'eve')], now)).toEqual(['alex', 'robin', 'sam']);
  });

  it.each<[string, Delegation[], string[], string[]]>([
    ['somebody for whom they stand', [delegation('alex', 'sam')], [], ['alex']],
    ['several', [delegation('alex', 'sam'), delegation('robin', 'sam')], [], ['alex', 'robin']],
    ['nobody who asked another', [delegation('alex', 'kim')], [], []],
    ['no author, by whatever address of theirs', [delegation('alex', 'sam'), delegation('robin', 'sam')], ['alex@home.example.com'], ['robin']],
    ['nobody who is no approver any more', [delegation('former', 'sam')], [], []],
  ])('give a person %s', (_, list, authors, standsFor) => {
    expect(personOf(registry, 'sam', list, authors)).toEqual({ identities: ['sam@example.com'], standsFor });
  });

  it('are not passed on: who asked sam does not come to kim by sam', () => {
    expect(personOf(registry, 'kim', standing([delegation('alex', 'sam'), delegation('sam', 'kim')], now), []).standsFor).toEqual(['sam']);
  });
});
