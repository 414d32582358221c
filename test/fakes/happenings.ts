import fc from 'fast-check';
import { allBranches, type Branch } from './history-branches.ts';

const number = fc.nat(20);
const only = <const Kind extends string>(kind: Kind) => fc.constant(kind);

/** What people do, and what becomes of the events that tell of it. `number` picks one of those that are there. */
const fromOutside = (branch: fc.Arbitrary<Branch>) => [
  { weight: 6, arbitrary: fc.record({ kind: only('push'), branch }) },
  { weight: 3, arbitrary: fc.record({ kind: only('delete'), branch }) },
  { weight: 1, arbitrary: fc.record({ kind: only('restore'), branch }) },
  { weight: 2, arbitrary: fc.record({ kind: only('merge'), branch }) },
  { weight: 1, arbitrary: fc.record({ kind: only('stop'), branch }) },
  { weight: 8, arbitrary: fc.record({ kind: only('deliver'), number }) },
  { weight: 4, arbitrary: fc.record({ kind: only('lose'), number }) },
  { weight: 2, arbitrary: fc.record({ kind: only('double'), number }) },
] as const;

/** What happens in the control plane meanwhile, and how the time goes by. */
const inside = [
  { weight: 2, arbitrary: fc.record({ kind: only('later'), hours: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 12, arbitrary: fc.record({ kind: only('advance'), number, states: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: only('approve'), number }) },
  { weight: 1, arbitrary: fc.record({ kind: only('kill'), number }) },
  { weight: 1, arbitrary: fc.record({ kind: only('lose start') }) },
  { weight: 1, arbitrary: fc.record({ kind: only('forget') }) },
  { weight: 1, arbitrary: fc.record({ kind: only('leave a shell') }) },
  { weight: 1, arbitrary: fc.record({ kind: only('sweep') }) },
] as const;

/** What may happen, in any order. */
const happening = fc.oneof(...fromOutside(fc.constantFrom(...allBranches)), ...inside);
export type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;
export const histories = fc.array(happening, { minLength: 5, maxLength: 40 });

/**
 * In a cloud that goes on by itself, where each release costs seconds: most of it is about one branch, and more of it is
 * heard, so that there is something to be deleted, merged and forgotten.
 */
const oneBranch = fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...allBranches) }, { weight: 2, arbitrary: only('feature/login') });
const outside = fc.oneof(
  ...fromOutside(oneBranch),
  { weight: 10, arbitrary: fc.record({ kind: only('deliver'), number }) },
  { weight: 3, arbitrary: fc.record({ kind: only('advance'), states: fc.integer({ min: 1, max: 6 }) }) },
);
export type OutsideHappening = typeof outside extends fc.Arbitrary<infer T> ? T : never;
/** What happens in one day. */
export const days = fc.array(outside, { minLength: 4, maxLength: 7 });
