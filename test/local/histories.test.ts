import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { type NativeAttributeValue, paginateScan } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { table } from '../../aws/table.ts';
import { days } from '../fakes/happenings.ts';
import { expectAsTheBranchesSay, expectNothingHeld } from '../fakes/history-end.ts';
import { LocalHistory } from './history.ts';
import { registryWith } from './office.ts';
import { Town } from './town.ts';

const names = Array.from({ length: 10 }, (_, index) => `story-${String(index)}`);
let town: Town;
let histories: LocalHistory[];

beforeAll(async () => {
  town = await Town.build();
  const { cloud, outputs } = town.system;
  // The end is looked up with the same functions as in the histories that run in memory.
  const { accessKeyId, secretAccessKey } = cloud.credentials(cloud.accounts.tools);
  for (const [name, value] of Object.entries({ AWS_ENDPOINT_URL: cloud.endpoint, AWS_REGION: cloud.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })) vi.stubEnv(name, value);
  expect(outputs['TableName']).toBeDefined();
  const applications = await town.quickApplications(...names);
  const targets = [{ account: 'dev', region: cloud.region }];
  await town.system.register(registryWith(town, names, { dev: { branches: ['main'], targets }, sandbox: { disposable: true, branches: ['feature/*'], targets } }));
  histories = await Promise.all(applications.map((application) => LocalHistory.begin(town, application)));
  // There is one sweep, and we say when.
  const events = new EventBridgeClient(town.client());
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  await events.send(new DisableRuleCommand({ Name: Rules.find(({ Name = '' }) => Name.includes('SweepRule'))?.Name }));
}, 240_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await town.close();
});

/** Three days in each, and how many hours are between them. */
const stories = fc.noBias(
  fc.record({ hours: fc.tuple(fc.integer({ min: 10, max: 30 }), fc.integer({ min: 10, max: 30 })), days: fc.array(fc.tuple(days, days, days), { minLength: names.length, maxLength: names.length }) }),
);

interface Stack {
  readonly name: string;
  readonly createdAt: number;
  readonly text: string | undefined;
}

async function stacksThere(): Promise<Stack[]> {
  const found: Stack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: new CloudFormationClient(town.client('dev')) }, {})) {
    found.push(...Stacks.filter(({ StackName = '' }) => StackName.startsWith('story-')).map(({ StackName = '', CreationTime, Outputs }) => ({ name: StackName, createdAt: CreationTime?.getTime() ?? 0, text: Outputs?.[0]?.OutputValue })));
  }
  return found;
}

async function rowsThere(): Promise<Record<string, NativeAttributeValue>[]> {
  const rows = [];
  for await (const { Items = [] } of paginateScan({ client: table() }, { TableName: town.system.outputs['TableName'] })) rows.push(...Items);
  return rows;
}

/** For whoever looks why: what the table says of an application. */
function told(rows: readonly Record<string, NativeAttributeValue>[], application: string): string {
  const text = (name: string, { state = '', outcome = '', sequence = '', commit = '', rests, reason = '' }: Record<string, unknown>) => [name, state, outcome, sequence, String(commit).slice(0, 8), rests === undefined ? '' : JSON.stringify(rests), reason].filter((it) => it !== '').join(' ');
  const of = (pk: string, sk: RegExp) => rows.filter((row) => String(row['pk']).startsWith(pk) && sk.test(String(row['sk'])));
  const its = [...of(`APPLICATION#${application}`, /^(HEAD|BRANCH-ENVIRONMENT|DEPLOYED|REMOVED)#/).map((row) => text(String(row['sk']), row)), ...of(`RELEASE#${application}-`, /^RELEASE$/).map((row) => text(`${String(row['pk'])} ${String(row['mode'])}`, row))];
  return its.join('\n');
}

/** Every change set that was executed, by the release in its name. */
async function executed() {
  const calls = await town.system.cloud.admin.calls();
  return calls.filter(({ action, status, resource }) => action === 'ExecuteChangeSet' && status === 200 && resource?.includes('changeSet/story-')).map(({ time, resource = '' }) => ({ at: time * 1000, release: /changeSet\/(story-\d+-\d+-[0-9a-f]{8})-/.exec(resource)?.[1] ?? resource }));
}

it('ten histories with events lost, doubled, late and out of order: after one sweep everything is as the branches say', { timeout: 400_000 }, async () => {
  // The same ones each time, as far as people do them. Others: SEED=7.
  const seed = Number(process.env['SEED'] ?? 1);
  const [story] = fc.sample(stories, { seed, numRuns: 1 });
  if (story === undefined) throw new Error('no story');
  for (const day of [0, 1, 2] as const) {
    if (day > 0) {
      await town.comesToRest();
      await town.system.cloud.admin.putClockForward((story.hours[day - 1] ?? 0) * 3600);
    }
    await Promise.all(histories.map(async (history, index) => {
      for (const happening of story.days[index]?.[day] ?? []) await history.happen(happening);
    }));
  }
  for (const history of histories) await history.loseTheRest();
  await town.comesToRest();
  // What began less than five minutes ago is given time.
  await town.system.cloud.admin.putClockForward(600);
  const swept = await town.sweep();
  await town.comesToRest();

  const [stacks, rows, changes] = [await stacksThere(), await rowsThere(), await executed()];
  try {
    expectNothingHeld(rows);
  } catch (error) {
    throw new Error(`SEED=${String(seed)}: ${JSON.stringify(story)}\n${names.map((name) => told(rows, name)).join('\n')}`, { cause: error });
  }
  expect(new Set(changes.map(({ release }) => release)).size, 'each release changed an account once').toBe(changes.length);
  for (const [index, { application, commits, texts }] of histories.entries()) {
    try {
      const commitOf = new Map([...texts].map(([commit, text]) => [text, commit]));
      const there = await expectAsTheBranchesSay({ table: town.system.outputs['TableName'] ?? '', application, commits, stacks: new Map(stacks.map(({ name, text = '' }) => [name, commitOf.get(text) ?? text])) });
      expect(stacks.filter(({ name }) => name.startsWith(`${application}-`)).map(({ name }) => name).sort()).toEqual([...there.keys()].sort());
      for (const [name, commit] of there) {
        const { createdAt = 0 } = stacks.find((stack) => stack.name === name) ?? {};
        expect(changes.filter(({ at, release }) => at >= createdAt && release.startsWith(`${application}-`) && release.endsWith(commit.slice(0, 8))), `${name} was deployed once`).toHaveLength(1);
      }
    } catch (error) {
      throw new Error(`SEED=${String(seed)}, ${application}: ${JSON.stringify({ hours: story.hours, days: story.days[index] })}; the sweep: ${JSON.stringify(swept.did)}\n${told(rows, application)}`, { cause: error });
    }
  }
  expect(await town.sweep(), `SEED=${String(seed)}`).toMatchObject({ did: [], left: [], trouble: [] });
});
