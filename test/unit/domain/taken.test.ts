import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../domain/lookups.ts';
import { allTaken, awaited, foundIn, takenOf } from '../../../domain/taken.ts';
import { aTarget } from '../../fakes/samples.ts';

const reference = 'environments.dev.outputs.ApiUrl';
const target = aTarget({
  stackName: 'orders-staging',
  takes: { [reference]: { environment: 'dev', target: 'main', output: 'ApiUrl' } },
  lookups: { Url: { store: 'environment', path: reference, file: 'drawbridge.yaml' }, Vpc: { store: 'target', path: '/vpc', file: 'drawbridge.yaml' } },
});
const taken = (outputs?: Record<string, string>) => takenOf(target, (environment, name) => (environment === 'dev' && name === 'main' && outputs !== undefined ? { outputs } : undefined));

describe('what is taken from an earlier environment', () => {
  it('is what is deployed there, and the parameter finds it', () => {
    const there = taken({ ApiUrl: 'https://dev.example', Other: 'x' });
    expect(allTaken(target, there)).toEqual({ [reference]: 'https://dev.example' });
    expect(foundIn(there, target)).toEqual({ Url: { type: 'String', value: 'https://dev.example', version: 0, changedAt: '' } });
  });

  it.each([
    ['nothing was ever deployed there', undefined, 'nothing was ever deployed into dev'],
    ['the output is not there', { Other: 'x' }, 'what is deployed in dev has only Other'],
    ['there are no outputs', {}, 'what is deployed in dev has no outputs'],
  ])('is refused with one sentence where %s', (_, outputs, why) => {
    expect(() => allTaken(target, taken(outputs))).toThrow(`Planning orders-staging: \${${reference}} is not there: ${why}. Deploy it there first, or correct the name.`);
  });

  it('is waited for by a release that only looks, for it brings nothing there', () => {
    expect(awaited({ mode: 'plan' }, target, taken())).toBe('orders-staging is planned when dev is deployed, and is judged then.');
    expect(awaited({ mode: 'deploy' }, target, taken())).toBeUndefined();
    expect(awaited({ mode: 'plan' }, target, taken({ ApiUrl: 'x' }))).toBeUndefined();
  });

  it('is called by its environment', () => {
    expect(placeOf({ store: 'environment', path: reference }, target)).toBe('The output ApiUrl of the environment dev');
  });
});
