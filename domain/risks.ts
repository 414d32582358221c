import type { Change } from '../contracts/plan.ts';
import { grantsAccess, statefulTypes } from './stateful-types.ts';

interface Rule {
  readonly applies: (change: Change) => boolean;
  readonly line: (change: Change, properties: string) => string;
}

const named = ({ logicalId, type }: Change) => `${logicalId} (${type})`;
const because = (properties: string) => (properties === '' ? '' : ` because ${properties} changes`);
const holds = ({ type }: Change) => statefulTypes.has(type);
/** CloudFormation says what becomes of the resource: kept and snapshot mean that the data outlives the change. */
const kept = ({ policyAction }: Change) => policyAction === 'Retain' || policyAction === 'Snapshot' || policyAction === 'ReplaceAndRetain' || policyAction === 'ReplaceAndSnapshot';
const fate = (change: Change) => (kept(change) ? (change.policyAction?.endsWith('Snapshot') === true ? '; a snapshot is kept' : '; the old one is kept') : holds(change) ? '; what it holds is lost' : '');

const certain = (change: Change) => change.action === 'Modify' && change.replacement === 'True';
const possible = (change: Change) => change.action === 'Modify' && change.replacement === 'Conditional';
const removed = (change: Change) => change.action === 'Remove';

/** Most dangerous first. A change gives one line, by the first rule that applies to it. */
const rules: readonly Rule[] = [
  { applies: (change) => removed(change) && holds(change) && !kept(change), line: (change) => `Deletes ${named(change)}${fate(change)}.` },
  { applies: (change) => certain(change) && holds(change), line: (change, properties) => `Replaces ${named(change)}${because(properties)}${fate(change)}.` },
  { applies: (change) => possible(change) && holds(change), line: (change, properties) => `May replace ${named(change)}${because(properties)}${fate(change)}.` },
  { applies: (change) => grantsAccess(change.type), line: (change) => `${verb(change)} who may do what: ${named(change)}.` },
  { applies: removed, line: (change) => `Deletes ${named(change)}${fate(change)}.` },
  { applies: certain, line: (change, properties) => `Replaces ${named(change)}${because(properties)}.` },
  { applies: possible, line: (change, properties) => `May replace ${named(change)}${because(properties)}.` },
  { applies: (change) => change.action === 'Dynamic', line: (change) => `Cannot say yet what becomes of ${named(change)}.` },
  { applies: (change) => change.action === 'Import', line: (change) => `Takes over the existing ${named(change)}.` },
  { applies: (change) => change.action === 'SyncWithActual', line: (change) => `Brings ${named(change)} back to what the template says.` },
];

function verb({ action }: Change): string {
  return action === 'Add' ? 'Adds' : action === 'Remove' ? 'Removes' : 'Changes';
}

/** The properties that force it, or may; where none says so, all that change. */
function properties({ details }: Change): string {
  const names = (list: Change['details']) => [...new Set(list.flatMap(({ name }) => name ?? []))].sort().join(', ');
  return names(details.filter(({ recreation }) => recreation === 'Always' || recreation === 'Conditionally')) || names(details);
}

/** Lines for the person who decides, most dangerous first. Property values are never in them. */
export function risks(changes: readonly Change[]): string[] {
  const found = changes.flatMap((change) => {
    const rank = rules.findIndex(({ applies }) => applies(change));
    const rule = rules[rank];
    return rule === undefined ? [] : [{ rank, line: rule.line(change, properties(change)) }];
  });
  return found.sort((left, right) => left.rank - right.rank).map(({ line }) => line);
}
