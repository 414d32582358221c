import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { DeleteRoleCommand, DeleteRolePolicyCommand, GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DoctorAnswer, type Finding } from '../../contracts/doctor.ts';
import { until } from '../fakes/until.ts';
import { parametersApplication } from './templates.ts';
import { type Application, Town } from './town.ts';

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../cli/drawbridge.mjs', import.meta.url));

let town: Town;
let orders: Application | undefined;
beforeAll(async () => {
  town = await Town.build();
  [orders] = await town.applications('orders');
}, 240_000);
afterAll(() => town.close());

const ask = async (environment?: string) => DoctorAnswer.parse(await town.ask('POST', '/doctor', environment === undefined ? {} : { environment }));
const group = ({ groups }: DoctorAnswer, about: string) => groups.find((it) => it.about.startsWith(about))?.findings ?? [];
const states = (findings: readonly Finding[]) => Object.fromEntries(findings.map(({ what, state }) => [what, state]));
const finding = (answer: DoctorAnswer, about: string, what: string) => group(answer, about).find((it) => it.what === what);
const iam = (account: string) => new IAMClient({ endpoint: town.system.cloud.endpoint, region: town.system.cloud.region, credentials: town.system.cloud.credentials(account) });

/** The command as a person with credentials of their own runs it. */
async function drawbridge(...args: string[]): Promise<{ readonly code: number; readonly stdout: string }> {
  const { accessKeyId, secretAccessKey } = town.system.people.alex;
  const env = { PATH: process.env['PATH'], NO_COLOR: '1', AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: town.system.cloud.region };
  try {
    const { stdout } = await run(process.execPath, [bin, '--url', town.system.doorUrl, ...args], { env });
    return { code: 0, stdout };
  } catch (error) {
    return error as { code: number; stdout: string };
  }
}

it('a fresh town has nothing to mend; what the local cloud does not tell is said to be unknown', async () => {
  // The stack of a target account tells of its own end, so the way from there is known from the first day.
  const answer = await until('every account was heard of', async () => {
    const now = await ask();
    return now.groups.slice(1).every(({ findings }) => states(findings)['events arrive from there'] === 'good') ? now : undefined;
  });
  expect(answer.groups.map(({ about }) => about)).toEqual(['tools account', ...(['dev', 'staging', 'prod'] as const).map((name) => `target ${name} of ${name}: ${town.system.cloud.accounts[name]}, ${town.system.cloud.region}`)]);
  expect(answer.groups.flatMap(({ findings }) => findings).filter(({ state }) => state === 'bad')).toEqual([]);
  expect(answer.healthy).toBe(true);
  expect(states(group(answer, 'tools account'))).toEqual({
    'environments are registered': 'good',
    'no environment is halted': 'good',
    'the repository is there': 'good',
    'the build project is there': 'good',
    'several builds can run at once': 'unknown',
    'Lambda runs enough functions at once': 'good',
    'every environment has stacks of its own': 'good',
    'every environment has resource names of its own': 'unknown',
  });
  expect(states(group(answer, 'target dev'))).toEqual({
    'the plan role can be assumed': 'good',
    'the plan role is closed without an external id': 'good',
    'the plan role is closed to a wrong external id': 'good',
    'sealed artifacts can be read and decrypted': 'good',
    'there is room for stacks': 'unknown',
    'events arrive from there': 'good',
    'CloudTrail is on': 'remark',
    'AWS Config is on': 'remark',
  });
});

it('a deployment leaves the time of its event behind', { timeout: 120_000 }, async () => {
  const before = finding(await ask(), 'target dev', 'events arrive from there')?.says ?? '';
  const shown = await orders?.release(parametersApplication({ values: { One: '1' }, order: ['dev'] }));
  expect(shown?.release.outcome).toBe('deployed');
  // It was the first into that account, so what it needs was looked for.
  expect(shown?.story.map(({ text }) => text)).toContainEqual(expect.stringMatching(new RegExp(`^Looked at ${town.system.cloud.accounts.dev}, [\\w-]+, before the first release into it: 5 of 8 things are good; to think about: .*CloudTrail is on`)));
  const again = await orders?.release(parametersApplication({ values: { One: '2' }, order: ['dev'] }));
  expect(again?.story.filter(({ text }) => text.startsWith('Looked at'))).toEqual([]);
  const after = finding(await ask(), 'target dev', 'events arrive from there');
  expect(after).toMatchObject({ state: 'good', says: expect.stringMatching(/^a test event arrived; the last one of a stack at 20/) as string });
  expect((after?.says ?? '') > before).toBe(true);
});

it('the command prints it for a person and for a program, and exits with 0', async () => {
  const { code, stdout } = await drawbridge('doctor', 'dev');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^target dev of dev: \d{12}, [\w-]+\n {2}✓ the plan role can be assumed: drawbridge-plan in \d{12}$/m);
  expect(stdout).not.toMatch(/✗|target prod/);
  const json = await drawbridge('--json', 'doctor');
  expect(DoctorAnswer.parse(JSON.parse(json.stdout)).healthy).toBe(true);
});

it('an environment that is not registered is not found', async () => {
  expect((await drawbridge('doctor', 'moon')).code).toBe(4);
});

it('a trust without the external id is a hole, and is said to be one', async () => {
  const { dev } = town.system.cloud.accounts;
  const { Role } = await iam(dev).send(new GetRoleCommand({ RoleName: 'drawbridge-plan' }));
  const before = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  const open = JSON.parse(before) as { Statement: { Condition: Record<string, unknown> }[] };
  for (const { Condition } of open.Statement) Reflect.deleteProperty(Condition, 'StringEquals');
  await iam(dev).send(new UpdateAssumeRolePolicyCommand({ RoleName: 'drawbridge-plan', PolicyDocument: JSON.stringify(open) }));
  const answer = await ask('dev');
  expect(answer.healthy).toBe(false);
  expect(finding(answer, 'target dev', 'the plan role is closed without an external id')).toMatchObject({ state: 'bad', says: `drawbridge-plan in ${dev} can be assumed without any external id` });
  expect(finding(answer, 'target dev', 'the plan role is closed to a wrong external id')).toMatchObject({ state: 'bad', says: `drawbridge-plan in ${dev} can be assumed with a wrong external id` });
  await iam(dev).send(new UpdateAssumeRolePolicyCommand({ RoleName: 'drawbridge-plan', PolicyDocument: before }));
  expect((await ask('dev')).healthy).toBe(true);
});

it('events that do not get through are found out by a test event', async () => {
  const events = new EventBridgeClient(town.client('prod'));
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const forward = Rules.find(({ Name }) => Name?.includes('ForwardStacks') === true)?.Name;
  await events.send(new DisableRuleCommand({ Name: forward }));
  expect(finding(await ask('prod'), 'target prod', 'events arrive from there')).toMatchObject({ state: 'bad', says: 'a test event did not arrive within 10 seconds', todo: expect.stringContaining('its rule ForwardStacks is enabled') as string });
  await events.send(new EnableRuleCommand({ Name: forward }));
  expect((await ask('prod')).healthy).toBe(true);
});

it('a missing role names the account and what to do, stops no other check, and the command exits with 1', async () => {
  const { staging } = town.system.cloud.accounts;
  await iam(staging).send(new DeleteRolePolicyCommand({ RoleName: 'drawbridge-plan', PolicyName: 'plan' }));
  await iam(staging).send(new DeleteRoleCommand({ RoleName: 'drawbridge-plan' }));
  const answer = await ask();
  const role = finding(answer, 'target staging', 'the plan role can be assumed');
  expect(role).toMatchObject({ state: 'bad', says: expect.stringContaining(`drawbridge-plan in ${staging} is missing`) as string });
  expect(role?.todo).toMatch(new RegExp(`infra/target-account\\.yaml.* in account ${staging} with ExternalId=drawbridge-${staging}`));
  expect(finding(answer, 'target staging', 'sealed artifacts can be read and decrypted')).toMatchObject({ state: 'unknown', says: 'cannot be checked here: it needs the plan role' });
  expect(finding(answer, 'target staging', 'the plan role is closed without an external id')?.state).toBe('unknown');
  expect(finding(answer, 'target prod', 'the plan role can be assumed')?.state).toBe('good');
  const { code, stdout } = await drawbridge('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain(`✗ the plan role can be assumed: drawbridge-plan in ${staging}`);
});

it('and the first release into that account ends with the same words before anything is touched there', { timeout: 120_000 }, async () => {
  const { staging } = town.system.cloud.accounts;
  const shown = await orders?.release(parametersApplication({ values: { One: '3' }, order: ['dev', 'staging'], resources: { Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'files-of-orders' } } } }));
  expect(shown?.environments).toMatchObject([{ environment: 'dev', outcome: 'deployed' }, { environment: 'staging', outcome: 'failed', reason: expect.stringMatching(new RegExp(`^Looking at ${staging}, [\\w-]+, before the first release into it: drawbridge-plan in ${staging} is missing .* Then retry the release\\.$`, 's')) as string }]);
  expect(shown?.targets.map(({ environment }) => environment)).toEqual(['dev']);
  // A bucket that is called the same in both could never be made in the second.
  expect(finding(await ask(), 'tools account', 'every environment has resource names of its own')).toMatchObject({ state: 'remark', says: 'AWS::S3::Bucket files-of-orders (everywhere): orders in dev, orders in staging' });
});
