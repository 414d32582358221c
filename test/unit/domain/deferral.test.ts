import { describe, expect, it } from 'vitest';
import { deferral, lookOrDefer, outputsChanged, siblingsOf, takesOutputs } from '../../../domain/deferral.ts';
import { fingerprints } from '../../../domain/lookups.ts';

const target = { stackName: 'shop-app-dev', lookups: { Vpc: { store: 'stack', path: 'network.VpcId', file: 'drawbridge.yaml' }, Level: { store: 'tools', path: '/level', file: 'drawbridge.yaml' } } } as const;
const network = (deployed?: { release: string; outputs: Record<string, string> }) => [{ stack: 'network', deployed }];
const told = (deployed?: { release: string; outputs: Record<string, string> }) => deferral(target, siblingsOf('shop-2-00000000', target, network(deployed)));

describe('a stack that takes an output of another', () => {
  it.each([
    ['waits for one that was never deployed', undefined, true],
    ['is planned with what is deployed now, though this release may change it', { release: 'shop-1-00000000', outputs: { VpcId: 'vpc-1' } }, false],
    ['waits for an output that this release may bring', { release: 'shop-1-00000000', outputs: {} }, true],
    ['does not wait for an output that this release did not bring: that is a mistake', { release: 'shop-2-00000000', outputs: {} }, false],
    ['is planned when this release has brought it', { release: 'shop-2-00000000', outputs: { VpcId: 'vpc-2' } }, false],
  ])('%s', (_, deployed, waits) => {
    expect(told(deployed)).toBe(waits ? 'shop-app-dev is planned when network is deployed, and is judged then.' : undefined);
  });

  it('finds the output by the name of its own parameter, and leaves the other lookups alone', () => {
    expect(siblingsOf('shop-2-00000000', target, network({ release: 'shop-1-00000000', outputs: { VpcId: 'vpc-1' } })).found).toEqual({ Vpc: { type: 'String', value: 'vpc-1', version: 0, changedAt: '' } });
  });
});

it('was planned with outputs that are the same still, or not', () => {
  const found = (value: string) => siblingsOf('shop-2-00000000', target, network({ release: 'shop-1-00000000', outputs: { VpcId: value } })).found;
  const planned = fingerprints(found('vpc-1'), target.lookups, []);
  expect(outputsChanged(target, planned, found('vpc-1'))).toBe(false);
  expect(outputsChanged(target, planned, found('vpc-2'))).toBe(true);
  expect(outputsChanged(target, planned, {})).toBe(true);
  expect(takesOutputs({ lookups: { Level: target.lookups.Level } })).toBe(false);
});

describe('a change set that fails', () => {
  const siblings = (pending: string[]) => ({ found: {}, pending, missing: [] });
  const failed = (reason: string) => ({ answer: 'failed', reason }) as const;

  it('for an export is planned later, as long as a stack before it may bring it', () => {
    const look = failed('Template error: No export named shop-network-vpc found.');
    expect(lookOrDefer(look, target, siblings(['network'])).answer).toBe('deferred');
    expect(lookOrDefer(look, target, siblings([]))).toBe(look);
  });

  it('for anything else has failed', () => {
    const look = failed('Template format error');
    expect(lookOrDefer(look, target, siblings(['network']))).toBe(look);
    expect(lookOrDefer({ answer: 'gone' }, target, siblings(['network']))).toEqual({ answer: 'gone' });
  });
});
