import type { Deployed } from '../../contracts/plan.ts';
import type { Item, Step } from './item.ts';
import type { Scope } from './scope.ts';
import { type ControlPlane, deployedFor, type FoundStack, type Part, partOf } from './stacks.ts';

/** A target account as somebody with rights in it sees it. */
export interface AccountLook {
  readonly account: string;
  /** Where it was looked, or would be. */
  readonly regions: readonly string[];
  /** `undefined` where nobody gave credentials. */
  readonly stacks: readonly FoundStack[] | undefined;
}

const placeOf = ({ name, account, region }: Pick<FoundStack, 'name' | 'account' | 'region'>): string => `${name} (${account}, ${region})`;
const aws = (verb: string, stackName: string, region: string, account: string): string => `aws cloudformation ${verb} --stack-name ${stackName} --region ${region} --profile <a profile of ${account}>`;

function blockedBy(stack: FoundStack): Item['blocked'] {
  const { name, region, account, status } = stack;
  if (stack.terminationProtection) return { why: 'Its termination protection is on.', commands: [aws('update-termination-protection --no-enable-termination-protection', name, region, account)] };
  if (name.startsWith('StackSet-')) return { why: 'It is an instance of a StackSet. Delete it there, in the account that administers the StackSet.', commands: [`aws cloudformation delete-stack-instances --stack-set-name <its StackSet> --accounts ${account} --regions ${region} --no-retain-stacks`] };
  if (status.endsWith('_IN_PROGRESS') && status !== 'DELETE_IN_PROGRESS') return { why: `Somebody moves it (${status}). Run this again when that is over.`, commands: [] };
  return undefined;
}

function stackItem(step: Step, stack: FoundStack, notes: readonly string[], standing?: Item['blocked']): Item {
  const blocked = standing ?? blockedBy(stack);
  return { step, title: `the stack ${placeOf(stack)}`, notes, todo: { do: 'delete-stack', stack }, ...(blocked === undefined ? {} : { blocked }) };
}

/** What was deployed there and nobody knows of any more: without our roles it could not be deleted as it was made. */
function stillStanding(stacks: readonly FoundStack[], known: readonly Pick<Deployed, 'stackName' | 'account' | 'region'>[]): Item['blocked'] {
  const [first, ...others] = stacks.filter((stack) => deployedFor(stack) !== undefined && !known.some((row) => row.stackName === stack.name && row.account === stack.account && row.region === stack.region));
  if (first === undefined) return undefined;
  const { application, environment } = deployedFor(first) ?? { application: '', environment: '' };
  const more = others.length === 0 ? '' : `, and ${String(others.length)} more`;
  const why = `${placeOf(first)} of ${application} in ${environment} stands there still${more}, and the control plane does not know of it. Delete it, or take its tags drawbridge:application and drawbridge:environment away; it is made with a role of the stack that would go.`;
  return { why, commands: [first, ...others].map(({ name, region, account }) => aws('delete-stack', name, region, account)) };
}

/** The roles and rules in target accounts, the Regions first: the rules there use a role of the other stack. */
export function accountItems(control: ControlPlane, accounts: readonly AccountLook[], known: readonly Pick<Deployed, 'stackName' | 'account' | 'region'>[]): Item[] {
  return accounts.flatMap(({ account, regions, stacks }) => {
    if (stacks === undefined) {
      const commands = [...regions.filter((region) => region !== control.stack.region).map((region) => aws('delete-stack', 'drawbridge-target-region', region, account)), aws('delete-stack', 'drawbridge-target', control.stack.region, account)];
      return [{ step: 'accounts', title: `the stacks drawbridge-target and drawbridge-target-region in ${account}`, notes: [], todo: { do: 'nothing' }, blocked: { why: `Nobody gave credentials of ${account}, so nobody looked. Give --profile ${account}=NAME. If somebody else deletes them with the commands below, say --without ${account} then.`, commands } }];
    }
    const standing = stillStanding(stacks, known);
    const ofPart = (part: Part) => stacks.filter((stack) => partOf(stack, control) === part);
    const regional = ofPart('target-region').map((stack) => stackItem('accounts', stack, ['The forwarding of events of this Region.'], standing));
    const held = regional.find(({ blocked }) => blocked !== undefined);
    const first = standing ?? (held === undefined ? undefined : { why: `First ${held.title}, whose rules use a role of this one.`, commands: [] });
    return [...regional, ...ofPart('target-account').map((stack) => stackItem('accounts', stack, ['The roles that plan and execute, and the forwarding of events.'], first))];
  });
}

const toolsParts: readonly (readonly [Part, Step, string])[] = [
  ['application', 'builds', 'The build project, its role, and the logs of its builds.'],
  ['artifact-region', 'regions', 'Its bucket and key stay unless --artifacts is given.'],
  ['control-plane', 'control-plane', 'Functions, machines, the door and their logs, and its task tokens. The secret of Slack stays, as a person made it. Links in mails lead nowhere from then on.'],
];

/** The stacks of the tools account. */
export function toolsItems(scope: Scope, control: ControlPlane, stacks: readonly FoundStack[]): Item[] {
  if (scope.kind === 'account') return [];
  const concerned = (stack: FoundStack) => scope.kind === 'all' || stack.parameters['Application'] === scope.application;
  return toolsParts.flatMap(([part, step, note]) => stacks.filter((stack) => partOf(stack, control) === part && concerned(stack)).map((stack) => stackItem(step, stack, [note])));
}
