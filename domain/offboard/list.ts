import type { DeployedAnswer } from '../../contracts/commands.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Deployed } from '../../contracts/plan.ts';
import type { Item } from './item.ts';
import { dataToDelete, type Kept } from './kept.ts';
import { nameOf, type Scope, type Wishes } from './scope.ts';
import type { ControlPlane, FoundStack } from './stacks.ts';
import { registrationItems } from './registration.ts';
import { accountItems, type AccountLook, toolsItems } from './stack-items.ts';

export interface Found {
  /** `undefined` when its stack is gone: then only what it left behind is spoken of. */
  readonly control: ControlPlane | undefined;
  readonly applications: readonly DeployedAnswer['applications'][number][];
  readonly registry: { readonly version: number; readonly text: string; readonly content: Environments } | undefined;
  /** Of the tools account, in every Region that has artifacts. */
  readonly stacks: readonly FoundStack[];
  readonly accounts: readonly AccountLook[];
  readonly kept: readonly Kept[];
  /** Buckets in which nothing lies any more of what is to be deleted from them. */
  readonly emptied: readonly string[];
}

const concerns = (scope: Scope, row: Pick<Deployed, 'application' | 'account'>): boolean =>
  scope.kind === 'all' || (scope.kind === 'account' ? row.account === scope.account : row.application === scope.application);

const inScope = (scope: Scope, applications: Found['applications']) =>
  applications.map((it) => ({ ...it, deployed: it.deployed.filter((row) => concerns(scope, row)) })).filter(({ application, deployed }) => deployed.length > 0 || scope.kind === 'all' || (scope.kind === 'application' && scope.application === application));

function releaseItems(scope: Scope, { applications }: Found): Item[] {
  // Of an account they go on in the others; what they bring there meanwhile is found with the next look.
  if (scope.kind === 'account') return [];
  return inScope(scope, applications).flatMap(({ running }) =>
    running.filter(({ mode }) => mode !== 'remove').map(({ release }) => ({ step: 'releases', title: release, notes: ['What has begun in an account goes on to its end.'], todo: { do: 'cancel', release } })),
  );
}

function removalItems(scope: Scope, { applications }: Found): Item[] {
  const rows = inScope(scope, applications).flatMap(({ deployed }) => deployed);
  const whole = applications.flatMap(({ deployed }) => deployed);
  return [...Map.groupBy(rows, ({ application, environment }) => `${application}#${environment}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { application, environment } = first;
    const all = whole.filter((row) => row.application === application && row.environment === environment);
    const targets = all.length === group.length ? {} : { targets: group.map(({ target }) => target) };
    const places = group.map(({ stackName, account, region }) => `${stackName} (${account}, ${region})`);
    return [{ step: 'applications', title: `${application} in ${environment}: ${places.join(', ')}`, notes: ['Its removal is planned first; the plan names what holds data, and whoever must say yes is asked.'], todo: { do: 'remove', application, environment, ...targets } }];
  });
}

function dataItems(scope: Scope, wishes: Wishes, { kept, emptied }: Found): Item[] {
  const kinds = { table: 'the table', bucket: 'the bucket', key: 'the key' } as const;
  return dataToDelete(scope, wishes, kept).goes.filter(({ id, prefixes }) => prefixes === undefined || !emptied.includes(id)).map((data) => {
    const below = data.prefixes === undefined ? '' : `, below ${data.prefixes.join(', ')}`;
    const loses = data.kind === 'key' ? `It is deleted after 30 days, until when it can be kept; then ${data.holds}.` : `Lost: ${data.holds}.`;
    return { step: 'data', title: `${kinds[data.kind]} ${data.id} (${data.region})${below}`, notes: [loses], todo: { do: 'delete-data', data } };
  });
}

/** Everything that is there of what is to leave, in the order in which it can go. */
export function offboardingList(scope: Scope, wishes: Wishes, found: Found): Item[] {
  const { control } = found;
  const data = dataItems(scope, wishes, found);
  if (control === undefined) return data;
  const known = found.applications.flatMap(({ deployed }) => deployed).filter((row) => concerns(scope, row));
  return [
    ...releaseItems(scope, found),
    ...removalItems(scope, found),
    ...registrationItems(scope, found.registry),
    ...(scope.kind === 'application' ? [] : accountItems(control, found.accounts, known)),
    ...toolsItems(scope, control, found.stacks),
    ...data,
  ];
}

/** What stays, a line each. */
export function staysBehind(scope: Scope, wishes: Wishes, { kept }: Found): string[] {
  const flags: Readonly<Record<Kept['kind'], (of: Kept['of']) => string>> = {
    table: () => 'the record of who released, approved and removed what (--evidence)',
    bucket: (of) => (of === 'home' ? 'what was built (--artifacts) and the approved plans (--evidence)' : of === 'uploads' ? 'uploaded archives (--artifacts)' : 'what was built (--artifacts)'),
    key: (of) => (of === 'home' ? 'opens the bucket (goes with both --artifacts and --evidence)' : 'opens the bucket (--artifacts)'),
  };
  const lines = dataToDelete(scope, wishes, kept).stays.map((it) => `${it.kind} ${it.id} (${it.region}): ${flags[it.kind](it.of)}`);
  return scope.kind === 'application' && !wishes.artifacts ? [`artifacts and the record of ${nameOf(scope)} (--artifacts deletes the artifacts)`] : lines;
}

