import type { Change, Plan } from '../contracts/plan.ts';
import { type Fact, type FactCount, FactKind } from '../contracts/verdict.ts';
import { leaders } from './echo.ts';
import { hiddenFacts } from './hidden-facts.ts';
import { statefulTypes } from './stateful-types.ts';

interface Rule {
  readonly kind: FactKind;
  readonly applies: (change: Change) => boolean;
  readonly text: (change: Change, properties: string) => string;
}

const named = ({ logicalId, type }: Change) => `${logicalId} (${type})`;
const because = (properties: string) => (properties === '' ? '' : ` because ${properties} changes`);
/** What somebody else's type holds, nobody knows. */
const foreign = (type: string) => !/^(AWS|Custom|Alexa)::/.test(type);
const holds = ({ type }: Change) => statefulTypes.has(type) || foreign(type);
/** CloudFormation says what becomes of the resource: kept and snapshot mean that the data outlives the change. */
const kept = ({ policyAction }: Change) => policyAction === 'Retain' || policyAction === 'Snapshot' || policyAction === 'ReplaceAndRetain' || policyAction === 'ReplaceAndSnapshot';
const fate = (change: Change) => (kept(change) ? (change.policyAction?.endsWith('Snapshot') === true ? '; a snapshot is kept' : '; the old one is kept') : holds(change) ? '; what it holds is lost' : '');

const removed = (change: Change) => change.action === 'Remove';
const certain = (change: Change) => change.action === 'Modify' && change.replacement === 'True';
const possible = (change: Change) => change.action === 'Modify' && change.replacement === 'Conditional';

/** Properties by which only the code that runs is exchanged. */
const codeProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::Lambda::Function': ['Code', 'Description'],
  'AWS::Lambda::Alias': ['FunctionVersion', 'Description'],
};
const codeTypes = new Set(['AWS::Lambda::Version', 'AWS::Lambda::LayerVersion']);

/** Code alone: nothing but the code of functions, their versions and what points at them. */
function isCode(change: Change): boolean {
  if (codeTypes.has(change.type)) return change.action === 'Add' || change.action === 'Remove' || change.action === 'Modify';
  const properties = codeProperties[change.type];
  if (properties === undefined || change.action !== 'Modify' || change.replacement !== 'False' || change.details.length === 0) return false;
  const harmless = (attribute: string) => attribute === 'Metadata';
  return (
    change.scope.includes('Properties') &&
    change.scope.every((scope) => scope === 'Properties' || harmless(scope)) &&
    change.details.every(({ attribute, name }) => harmless(attribute) || (name !== undefined && properties.includes(name)))
  );
}

/** Most dangerous first. A change gives one fact, by the first rule that applies to it. */
const rules: readonly Rule[] = [
  { kind: 'code', applies: isCode, text: (change) => `Exchanges the code of ${named(change)}.` },
  { kind: 'deletes-stateful', applies: (change) => removed(change) && holds(change), text: (change) => `Deletes ${named(change)}${fate(change)}.` },
  { kind: 'replaces-stateful', applies: (change) => certain(change) && holds(change), text: (change, properties) => `Replaces ${named(change)}${because(properties)}${fate(change)}.` },
  { kind: 'may-replace-stateful', applies: (change) => possible(change) && holds(change), text: (change, properties) => `May replace ${named(change)}${because(properties)}${fate(change)}.` },
  { kind: 'deletes', applies: removed, text: (change) => `Deletes ${named(change)}${fate(change)}.` },
  { kind: 'replaces', applies: certain, text: (change, properties) => `Replaces ${named(change)}${because(properties)}${fate(change)}.` },
  { kind: 'may-replace', applies: possible, text: (change, properties) => `May replace ${named(change)}${because(properties)}${fate(change)}.` },
  { kind: 'unknown', applies: ({ action }) => action === 'Dynamic', text: (change) => `Cannot say yet what becomes of ${named(change)}.` },
  { kind: 'imports', applies: ({ action }) => action === 'Import', text: (change) => `Takes over the existing ${named(change)}.` },
  { kind: 'drift', applies: ({ action }) => action === 'SyncWithActual', text: (change) => `Brings ${named(change)} in line with what is there.` },
  { kind: 'adds', applies: ({ action }) => action === 'Add', text: (change) => `Adds ${named(change)}.` },
  { kind: 'changes', applies: () => true, text: (change, properties) => `Changes ${named(change)}${properties === '' ? '' : `: ${properties}`}.` },
];

/** The properties that force it, or may; where none says so, all that change. */
function properties({ details }: Change): string {
  const names = (list: Change['details']) => [...new Set(list.flatMap(({ name }) => name ?? []))].sort().join(', ');
  return names(details.filter(({ recreation }) => recreation === 'Always' || recreation === 'Conditionally')) || names(details);
}

/** What only follows is as harmless as what it follows. */
function factOfFollower(change: Change, all: readonly Change[], seen: readonly Change[] = []): Fact {
  const led = leaders(change, all);
  const code = led.every((leader) => isCode(leader) || (leader.follows === true && !seen.includes(leader) && factOfFollower(leader, all, [...seen, change]).kind === 'code'));
  return { kind: code ? 'code' : 'changes', type: change.type, text: `Follows ${led.map(({ logicalId }) => logicalId).join(', ')}: ${named(change)} stays what it is.` };
}

function factOf(change: Change, all: readonly Change[]): Fact {
  if (change.follows === true) return factOfFollower(change, all);
  const rule = rules.find(({ applies }) => applies(change));
  return rule === undefined ? { kind: 'unknown', type: change.type, text: `Cannot say what becomes of ${named(change)}.` } : { kind: rule.kind, type: change.type, text: rule.text(change, properties(change)) };
}

export const rank = ({ kind }: { readonly kind: FactKind }) => FactKind.options.indexOf(kind);

const isNested = ({ type, action, replacement }: Change) => type === 'AWS::CloudFormation::Stack' && (action === 'Add' || (action === 'Modify' && replacement !== 'True'));
/** Where its resources have lines of their own, as in a removal. */
const isEmptyShell = (change: Change, all: readonly Change[]) => change.type === 'AWS::CloudFormation::Stack' && change.action === 'Remove' && hasInside(change, all);
const hasInside = ({ logicalId: outer }: Change, all: readonly Change[]) => all.some(({ logicalId }) => logicalId.startsWith(`${outer}/`));

/** A nested stack's own line says nothing where its resources have lines; where they have none, nobody knows what happens inside. */
function factOfStack(change: Change, all: readonly Change[]): Fact[] {
  if (hasInside(change, all)) return change.action === 'Add' ? [factOf(change, all)] : [];
  return [{ kind: 'unknown', type: change.type, text: `Cannot say what happens inside ${named(change)}.` }];
}

/** Everything that a plan would do, one fact each, most dangerous first. */
export function factsOf({ changes, outputsOnly, access, network, parameterChanges, drift, steps = [], takesOver }: Pick<Plan, 'changes' | 'outputsOnly' | 'access' | 'network' | 'parameterChanges' | 'drift' | 'steps' | 'takesOver'>): Fact[] {
  const found: Fact[] = [
    ...(takesOver === undefined ? [] : [{ kind: 'takes-over', text: takesOver } as const]),
    ...changes.flatMap((change) => (isNested(change) ? factOfStack(change, changes) : isEmptyShell(change, changes) ? [] : [factOf(change, changes)])),
    ...changes.flatMap((change) => hiddenFacts(change, changes)),
    ...access.map(({ effect, text }): Fact => ({ kind: effect === 'widens' ? 'widens-access' : 'narrows-access', text: `${effect === 'widens' ? 'Widens' : 'Narrows'} who may do what: ${text}` })),
    ...network.map(({ effect, text }): Fact => ({ kind: effect === 'opens' ? 'opens-network' : 'closes-network', text: `${effect === 'opens' ? 'Opens' : 'Closes'} the network: ${text}` })),
    ...parameterChanges.map(({ name }): Fact => ({ kind: 'parameter', text: `Gives the parameter ${name} another value.` })),
    ...changes.filter((change) => change.drift !== undefined && change.drift !== 'IN_SYNC').map((change): Fact => ({ kind: 'drift', type: change.type, text: `${named(change)} was changed by other means: ${change.drift ?? ''}.` })),
    ...(drift === 'DRIFTED' ? [{ kind: 'drift', text: 'The stack was changed by other means since it was deployed (drift).' } as const] : []),
    ...(outputsOnly ? [{ kind: 'outputs', text: 'Only the outputs of the stack change.' } as const] : []),
    ...steps.filter(({ done }) => !done).map(({ kind, text }): Fact => ({ kind, text })),
  ];
  return found.map((fact, index) => ({ fact, index })).sort((a, b) => rank(a.fact) - rank(b.fact) || a.index - b.index).map(({ fact }) => fact);
}

/** Kinds that a person is shown first, before the list of all changes. */
const worthALine = new Set<FactKind>([...FactKind.options.slice(0, FactKind.options.indexOf('narrows-access')), 'publishes', 'writes-parameters']);

/** Lines for the person who decides, most dangerous first. */
export const risksOf = (facts: readonly Fact[]): string[] => facts.filter(({ kind }) => worthALine.has(kind)).map(({ text }) => text);

/** The kinds of the lines that `risksOf` makes, in their order, from the facts as they are counted. */
export const kindsOfRisks = (facts: readonly FactCount[]): FactKind[] =>
  facts.filter(({ kind }) => worthALine.has(kind)).sort((a, b) => rank(a) - rank(b)).flatMap(({ kind, count }) => Array.from({ length: count }, () => kind));

/** What the rules look at. */
export function counted(facts: readonly Fact[]): FactCount[] {
  const counts = new Map<string, FactCount>();
  for (const { kind, type } of facts) {
    const key = `${kind} ${type ?? ''}`;
    counts.set(key, { kind, ...(type === undefined ? {} : { type }), count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
