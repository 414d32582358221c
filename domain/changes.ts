import type { Change, ChangeCounts, PlannedStep } from '../contracts/plan.ts';
import { canonical } from './digest.ts';
import { follows } from './echo.ts';

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);

/** Sorted, without doubles: AWS gives pages and details in no promised order. */
function inOrder<T>(list: readonly T[]): T[] {
  const byText = new Map(list.map((item) => [canonical(item), item]));
  return [...byText].sort(([left], [right]) => compare(left, right)).map(([, item]) => item);
}

/** Changes in one order, whatever order and page AWS gave them in. */
export function normalise(changes: readonly Change[]): Change[] {
  return inOrder(changes.map((change) => ({ ...change, ...(follows(change, changes) ? { follows: true } : {}), scope: [...new Set(change.scope)].sort(compare), details: inOrder(change.details) })));
}

/** The first list in full, and of the second what the first lacks. */
export function mergeByLogicalId(first: readonly Change[], second: readonly Change[]): Change[] {
  // A resource may be removed and another imported under its name.
  const id = ({ logicalId, action }: Change) => `${logicalId} ${action}`;
  const known = new Set(first.map(id));
  return [...first, ...second.filter((change) => !known.has(id(change)))];
}

export function count(changes: readonly Change[], steps: readonly PlannedStep[] = []): ChangeCounts {
  const counts = { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 };
  for (const change of changes) {
    if (change.action === 'Add' || change.action === 'Import') counts.add += 1;
    else if (change.action === 'Remove') counts.remove += 1;
    else if (change.action === 'Modify' && change.replacement === 'True') counts.replace += 1;
    else if (change.action === 'Modify' && change.replacement === 'Conditional' && change.follows !== true) counts.mayReplace += 1;
    else counts.modify += 1;
  }
  const left = steps.filter(({ done }) => !done).length;
  return { ...counts, ...(left === 0 ? {} : { steps: left }) };
}
