import { GetExecutionHistoryCommand, ListExecutionsCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { parametersApplication, takes } from '../test/local/templates.ts';
import type { Shown, Town } from '../test/local/town.ts';

type Cost = Readonly<Record<string, string | number>>;

/** What each kind of release costs in its one target. */
export async function costs(town: Town): Promise<Cost[]> {
  const [app] = await town.applications('costs');
  const rows: Cost[] = [];
  for (const [what, value, seconds] of [['create', 'a', 2], ['update', 'b', 2], ['update that takes long', 'b', 6], ['no changes', 'b', 6]] as const) {
    await town.system.cloud.admin.resetCalls();
    const shown = await app?.release(parametersApplication({ values: { One: value }, order: ['dev'], resources: takes(seconds) }), `${what} ${String(Date.now())}`);
    if (shown === undefined) continue;
    rows.push({
      release: what,
      outcome: shown.release.outcome ?? '',
      'calls in target': await callsInTarget(town),
      'state transitions': await transitions(town, shown.release.id),
      'event to outcome, s': what === 'no changes' ? '-' : await reaction(town, shown),
    });
  }
  return rows;
}

async function callsInTarget(town: Town): Promise<number> {
  const calls = await town.system.cloud.admin.calls();
  const target = town.system.cloud.accounts.dev;
  return calls.filter(({ service, action, account, principal }) => (service === 'sts' && action === 'AssumeRole' && principal.includes('drawbridge-')) || (account === target && /assumed-role\/drawbridge-(plan|execute)\//.test(principal))).length;
}

const client = (town: Town, account: string) => ({ endpoint: town.system.cloud.endpoint, region: town.system.cloud.region, credentials: town.system.cloud.credentials(account) });

/** States entered in all executions of a release. */
async function transitions(town: Town, release: string): Promise<number> {
  const sfn = new SFNClient(client(town, town.system.cloud.accounts.tools));
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  let entered = 0;
  for (const { stateMachineArn } of stateMachines) {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    for (const { executionArn, name } of executions.filter(({ name: it }) => it?.startsWith(`${release}-`))) {
      if (name === undefined) continue;
      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
      entered += events.filter(({ type }) => type?.endsWith('StateEntered')).length;
    }
  }
  return entered;
}

/** Seconds from the stack's own final event to the line that reports the target's outcome. */
async function reaction(town: Town, shown: Shown): Promise<string> {
  const cloudFormation = new CloudFormationClient(client(town, town.system.cloud.accounts.dev));
  const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: 'costs-dev' }));
  const final = StackEvents.find(({ ResourceType, ResourceStatus }) => ResourceType === 'AWS::CloudFormation::Stack' && /^(CREATE|UPDATE)_COMPLETE$/.test(ResourceStatus ?? ''));
  const reported = shown.story.find(({ kind, about }) => kind === 'ended' && about === 'target');
  if (final?.Timestamp === undefined || reported === undefined) return '-';
  return ((Date.parse(reported.at) - final.Timestamp.getTime()) / 1000).toFixed(2);
}
