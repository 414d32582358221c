import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StatusAnswer } from '../../contracts/commands.ts';
import { until } from '../fakes/until.ts';
import { answerByLink, linkOf, registryWith, SlackUser } from './office.ts';
import { parametersApplication } from './templates.ts';
import { outcomes, Town } from './town.ts';

const names = ['two-of-three', 'newer', 'too-late', 'by-rules', 'changed', 'refused', 'adopted'] as const;
const approval = { approvers: ['alex', 'robin', 'kim'], required: 1 };
const environments = {
  dev: {},
  staging: {},
  two: { applications: ['two-of-three'], approval: { ...approval, required: 2 } },
  one: { applications: ['newer', 'changed'], approval },
  short: { applications: ['too-late'], approval: { ...approval, expires: '6 seconds', remind: '4 seconds' } },
  ruled: { applications: ['by-rules'], approval, rules: [{ what: ['code', 'parameter', 'outputs'], then: 'auto' }] },
  strict: { applications: ['refused'], approval, rules: [{ what: 'deletes-stateful', then: 'refuse' }] },
};

let town: Town;
beforeAll(async () => {
  town = await Town.build();
  await town.quickApplications(...names);
  await town.system.register(registryWith(town, names, environments));
}, 120_000);
afterAll(() => town.close());

const application = (name: (typeof names)[number]) => town.application(name);

it('two of three must say yes, the author not, and nobody twice', { timeout: 120_000 }, async () => {
  const release = await application('two-of-three').releaseOf(await application('two-of-three').push(parametersApplication({ values: { One: '1' }, order: ['two'] })));
  await town.waitsIn(release, 'two');

  await expect(town.decide(release, 'two', 'approve', 'kim')).rejects.toThrow(/wrote or pushed a commit/);
  await new SlackUser(town, 'kim').answer(release, 'approve');
  expect(await new SlackUser(town, 'kim').told(/did not count/)).toMatch(/wrote or pushed a commit/);
  const page = await (await fetch(await linkOf(town, 'kim', release))).text();
  expect(page).toContain('you can only say no');
  expect(page).not.toContain('value="approve"');
  await new SlackUser(town, 'stranger').press(release, 'approve');
  await new SlackUser(town, 'stranger').told(/not registered as an approver/);

  await new SlackUser(town, 'alex').answer(release, 'approve', 'looks right');
  await new SlackUser(town, 'alex').question(release, (text) => text.includes('alex: yes, by slack: looks right') && text.includes('1 yes more'));
  expect(await answerByLink(await linkOf(town, 'alex', release), 'approve')).toMatchObject({ status: 409 });
  await expect(town.decide(release, 'two', 'approve', 'alex')).rejects.toThrow(/answered already/);
  expect((await town.show(release)).approvals).toMatchObject([{ state: 'waiting' }]);

  expect(await answerByLink(await linkOf(town, 'robin', release), 'approve', 'me too')).toMatchObject({ status: 200 });
  const shown = await town.ended(release);
  expect(outcomes(shown)).toEqual({ two: 'deployed' });
  expect(shown.votes.map(({ approver, channel, decision, reason }) => [approver, channel, decision, reason])).toEqual([
    ['alex', 'slack', 'approve', 'looks right'],
    ['robin', 'link', 'approve', 'me too'],
  ]);
  expect(new Set(shown.votes.map(({ digest }) => digest))).toEqual(new Set(shown.approvals.map(({ digest }) => digest)));
  // The message is the same one, without buttons now.
  await new SlackUser(town, 'alex').question(release, (text) => text.includes('Approved.') && !text.includes('"actions"'));
  expect(town.system.slackApp.slack.messages().filter((it) => JSON.stringify(it.blocks).includes('Plan `') && JSON.stringify(it.blocks).includes(release))).toHaveLength(1);
  const late = await fetch(await linkOf(town, 'robin', release));
  expect(late.status).toBe(410);
  expect(await late.text()).toMatch(/Approved\. You said yes on/);
});

it('a newer release takes the place of one that waits, and old links say what did', { timeout: 120_000 }, async () => {
  const app = application('newer');
  const old = await app.releaseOf(await app.push(parametersApplication({ values: { One: '1' }, order: ['one'] }), 'The first'));
  await town.waitsIn(old, 'one');
  const oldLink = await linkOf(town, 'alex', old);
  const next = await app.releaseOf(await app.push(parametersApplication({ values: { One: '2' }, order: ['one'] }), 'The second'));
  await town.waitsIn(next, 'one');
  expect((await town.ended(old)).release.outcome).toBe('superseded');

  const page = await fetch(oldLink);
  expect(page.status).toBe(410);
  expect(await page.text()).toMatch(new RegExp(`${next} took its place.*by Kim: The second`, 's'));
  await new SlackUser(town, 'alex').question(old, (text) => text.includes(`${next} took its place`) && !text.includes('"actions"'));
  await expect(town.decide(old, 'one', 'approve')).rejects.toThrow(/superseded/);

  await new SlackUser(town, 'robin').answer(next, 'reject', 'not today');
  const shown = await town.ended(next);
  expect(shown.release).toMatchObject({ outcome: 'rejected' });
  expect(shown.release.reason).toContain('Rejected by robin: not today');
});

it('a question that nobody answers is reminded of, and expires', { timeout: 120_000 }, async () => {
  const release = await application('too-late').releaseOf(await application('too-late').push(parametersApplication({ values: { One: '1' }, order: ['short'] })));
  const link = await linkOf(town, 'alex', release);
  await linkOf(town, 'alex', release, 'Reminder');
  const shown = await town.ended(release);
  expect(outcomes(shown)).toEqual({ short: 'expired' });
  expect(shown.story.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['waiting', 'reminder', 'expired']));
  const page = await fetch(link);
  expect(page.status).toBe(410);
  expect(await page.text()).toContain('Nobody answered in time');
  await new SlackUser(town, 'alex').question(release, (text) => text.includes('has expired'));
  await expect(town.decide(release, 'short', 'approve')).rejects.toThrow(/expired/);
});

describe('with rules', () => {
  const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] } } };
  const resources = (code: number, key: string) => ({
    Role: role,
    Function: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Code: { ZipFile: `exports.handler = async () => ${String(code)};` } } },
    Orders: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: `orders-by-${key}`, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }], KeySchema: [{ AttributeName: key, KeyType: 'HASH' }] } },
  });

  it('a code-only change goes by itself, a replaced table waits for a person', { timeout: 120_000 }, async () => {
    const app = application('by-rules');
    const files = (code: number, key: string) => parametersApplication({ values: {}, order: ['ruled'], resources: resources(code, key) });
    const first = await app.releaseOf(await app.push(files(1, 'id')));
    const asked = await town.waitsIn(first, 'ruled');
    expect(asked.approvals[0]?.because.join(' ')).toContain('widens who may do what');
    await town.decide(first, 'ruled', 'approve');
    await town.ended(first);

    const code = await app.release(files(2, 'id'));
    expect(outcomes(code)).toEqual({ ruled: 'deployed' });
    expect(code.approvals).toEqual([]);
    expect(code.story.map(({ text }) => text).join(' ')).toContain('The risk rules let it pass without a person.');

    const table = await app.releaseOf(await app.push(files(3, 'number')));
    const stopped = await town.waitsIn(table, 'ruled');
    expect(stopped.targets[0]?.risks?.join(' ')).toMatch(/Replaces Orders \(AWS::DynamoDB::Table\) because .*TableName changes; what it holds is lost/);
    expect(await (await fetch(await linkOf(town, 'alex', table))).text()).toContain('Replaces Orders');
    await town.decide(table, 'ruled', 'reject');
    await town.ended(table);
  });

  it('what is refused nobody can say yes to, and the next release goes its way', { timeout: 120_000 }, async () => {
    const app = application('refused');
    const files = (more: Record<string, unknown>) => parametersApplication({ values: { One: '1' }, order: ['strict'], resources: more });
    const first = await app.releaseOf(await app.push(files({ Orders: resources(1, 'id').Orders })));
    await town.waitsIn(first, 'strict');
    await town.decide(first, 'strict', 'approve');
    await town.ended(first);
    const refused = await app.release(files({}));
    expect(outcomes(refused)).toEqual({ strict: 'rejected' });
    expect(refused.release.reason).toContain('The registered risk rules refuse it. It deletes something that holds data (AWS::DynamoDB::Table)');
    await expect(town.decide(refused.release.id, 'strict', 'approve')).rejects.toThrow(/nothing waits there/);
    const same = await app.release(files({ Orders: resources(1, 'id').Orders }));
    expect(outcomes(same)).toEqual({ strict: 'no-changes' });
  });
});

it('what changed under an approval is planned and asked again', { timeout: 120_000 }, async () => {
  const app = application('changed');
  const first = await app.releaseOf(await app.push(parametersApplication({ values: { One: '1' }, order: ['one'] })));
  await town.waitsIn(first, 'one');
  await town.decide(first, 'one', 'approve');
  await town.ended(first);
  const next = await app.releaseOf(await app.push(parametersApplication({ values: { One: '2', Two: '2' }, order: ['one'] })));
  const before = (await town.waitsIn(next, 'one')).approvals[0]?.digest;
  await town.changeByHand('changed-one', 'staging', { One: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: '2' } } });
  await town.decide(next, 'one', 'approve');
  const again = await until('it is asked again', async () => {
    const shown = await town.show(next);
    const waiting = shown.approvals.find(({ state }) => state === 'waiting');
    if (shown.release.state === 'ended') throw new Error(JSON.stringify(shown.release));
    return waiting !== undefined && shown.story.filter(({ kind }) => kind === 'waiting').length === 2 ? shown : undefined;
  });
  expect(again.story.map(({ text }) => text).join(' ')).toContain('planned again');
  expect(before).toBeDefined();
  await town.decide(next, 'one', 'approve', 'robin');
  expect((await town.ended(next)).release.outcome).toBe('deployed');
});

it('a stack that was deployed by other means is taken over when somebody adopts it and a person says yes, also where nobody is asked otherwise', { timeout: 180_000 }, async () => {
  const cloudFormation = new CloudFormationClient(town.client('dev'));
  const stack = async () => (await cloudFormation.send(new DescribeStacksCommand({ StackName: 'adopted-dev' }))).Stacks?.[0];
  const resources = { Old: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'before' } } };
  await cloudFormation.send(new CreateStackCommand({ StackName: 'adopted-dev', TemplateBody: JSON.stringify({ Resources: resources }), Tags: [{ Key: 'team', Value: 'shop' }] }));
  await until('the stack is there', async () => ((await stack())?.StackStatus === 'CREATE_COMPLETE' ? true : undefined));
  const files = (value: string) => parametersApplication({ values: { One: value }, order: ['dev'], resources });

  const refused = await application('adopted').release(files('1'));
  expect(refused.targets).toMatchObject([{ outcome: 'failed', clean: true, reason: expect.stringContaining('"drawbridge adopt adopted-dev adopted dev" takes it over') as string }]);
  const { id } = refused.release;
  await town.ask('POST', '/adoptions', { stack: 'adopted-dev', application: 'adopted', environment: 'dev', reason: 'made by hand' });
  expect(StatusAnswer.parse(await town.ask('GET', '/status')).adopted).toMatchObject([{ stackName: 'adopted-dev', by: 'alex' }]);

  await town.ask('POST', `/releases/${id}/retry`);
  const asked = await town.waitsIn(id, 'dev');
  expect(asked.targets[0]?.risks?.[0]).toMatch(/^Takes over adopted-dev, a stack that was deployed by other means: .*team=shop; adopted by alex: made by hand\.$/);
  expect(asked.approvals[0]?.because).toEqual(expect.arrayContaining([expect.stringContaining('takes over a stack')]));
  await new SlackUser(town, 'robin').question(id, (text) => text.includes('Takes over adopted-dev'));
  await town.decide(id, 'dev', 'approve', 'robin');
  expect(outcomes(await town.ended(id))).toEqual({ dev: 'deployed' });
  expect((await stack())?.Tags).toEqual(expect.arrayContaining([{ Key: 'drawbridge:application', Value: 'adopted' }, { Key: 'drawbridge:environment', Value: 'dev' }]));
  expect(StatusAnswer.parse(await town.ask('GET', '/status')).adopted).toEqual([]);

  const next = await application('adopted').release(files('2'));
  expect([outcomes(next), next.approvals]).toEqual([{ dev: 'deployed' }, []]);
});
