import type { TargetRecord } from '../contracts/plan.ts';

const count = (number: number, what: string): string[] => (number === 0 ? [] : [`${String(number)} ${what}`]);

/** What would happen in each target, and the risks of all, most dangerous first. */
export function summaryOf(targets: readonly TargetRecord[]): string[] {
  const lines = targets.map(({ stackName, account, region, outcome, counts }) => {
    const { add = 0, modify = 0, replace = 0, remove = 0 } = counts ?? {};
    const parts = [...count(add, 'added'), ...count(modify, 'changed'), ...count(replace, 'replaced'), ...count(remove, 'deleted')];
    const said = outcome === 'no-changes' ? 'no changes' : parts.length === 0 ? 'outputs only' : parts.join(', ');
    return `${stackName} in ${account}, ${region}: ${said}`;
  });
  return [...targets.flatMap(({ risks = [] }) => risks), ...lines];
}
