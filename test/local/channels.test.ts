import { CodeCommitClient, CreatePullRequestCommand, GetCommentsForPullRequestCommand } from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InboxAnswer } from '../../contracts/commands.ts';
import { until } from '../fakes/until.ts';
import { linkOf, registryWith, SlackUser } from './office.ts';
import { parametersApplication } from './templates.ts';
import { outcomes, Town } from './town.ts';

const names = ['glass', 'deputy', 'offline', 'reviewed'] as const;
const environments = {
  dev: { branches: ['main', 'feature'], applications: ['reviewed'] },
  staging: {},
  locked: { applications: ['glass'], approval: { approvers: ['kim'], breakGlass: ['alex', 'robin'] } },
  handed: { applications: ['deputy'], approval: { approvers: ['alex'] } },
  asks: { applications: ['offline'], approval: { approvers: ['alex', 'robin'] } },
};

let town: Town;
beforeAll(async () => {
  town = await Town.build();
  await town.quickApplications(...names);
  await town.system.register(registryWith(town, names, environments));
}, 120_000);
afterAll(() => town.close());

const application = (name: (typeof names)[number]) => town.application(name);
const release = async (name: (typeof names)[number], environment: string) => {
  const app = application(name);
  const id = await app.releaseOf(await app.push(parametersApplication({ values: { One: '1' }, order: [environment] })));
  await town.waitsIn(id, environment);
  return id;
};
const said = () => town.system.slackApp.slack.messages().map(({ blocks }) => JSON.stringify(blocks));
const noticeTo = async (address: string, subject: RegExp) =>
  await until(`a notice to ${address}`, async () => (await town.system.cloud.admin.mails()).find((mail) => mail.to === address && subject.test(mail.subject)));

it('in an emergency two people break the glass, each with a reason, and everybody hears of it', { timeout: 120_000 }, async () => {
  const id = await release('glass', 'locked');
  expect((await town.show(id)).story.map(({ text }) => text).join(' ')).toContain('Too few of them may say yes');
  const breaks = (person: 'alex' | 'robin', reason: string) => town.ask('POST', `/releases/${id}/environments/locked/decision`, { decision: 'approve', reason, breakGlass: true }, person);
  await expect(town.decide(id, 'locked', 'approve', 'alex')).rejects.toThrow(/only by breaking the glass/);
  await expect(breaks('alex', 'now!')).rejects.toThrow(/says why/);
  await breaks('alex', 'production is down since nine');
  await expect(breaks('alex', 'production is still down')).rejects.toThrow(/answered already/);
  expect((await town.show(id)).approvals).toMatchObject([{ state: 'waiting' }]);
  await breaks('robin', 'confirmed, payments fail');
  const shown = await town.ended(id);
  expect(outcomes(shown)).toEqual({ locked: 'deployed' });
  expect(shown.votes.map(({ approver, breakGlass }) => [approver, breakGlass])).toEqual([['alex', true], ['robin', true]]);
  await noticeTo('alex@example.com', /GLASS BROKEN/);
  await noticeTo('team@example.com', /GLASS BROKEN glass locked/);
  await until('Slack says it loudly', () => Promise.resolve(said().find((text) => text.includes('GLASS BROKEN') && text.includes('payments fail'))));
});

it('an approver who is away lets another answer, for a while and on the record', { timeout: 120_000 }, async () => {
  const id = await release('deputy', 'handed');
  await expect(town.decide(id, 'handed', 'approve', 'robin')).rejects.toThrow(/not an approver/);
  await town.ask('POST', '/delegations', { to: 'robin', until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'on holiday' });
  const inbox = (await town.ask('GET', '/inbox', undefined, 'robin')) as InboxAnswer;
  expect(inbox).toMatchObject({ approver: 'robin', waiting: [{ release: id, may: 'answer', standsFor: ['alex'] }] });
  await town.decide(id, 'handed', 'approve', 'robin');
  const shown = await town.ended(id);
  expect(shown.votes).toMatchObject([{ approver: 'robin', standsFor: ['alex'] }]);
  await town.ask('POST', '/delegations', {});
  expect(await town.ask('GET', '/delegations')).toMatchObject({ delegations: [] });
});

it('a Slack that is down or busy delays its own message, and nothing else', { timeout: 120_000 }, async () => {
  const { slack } = town.system.slackApp;
  slack.down(true);
  const id = await release('offline', 'asks');
  await linkOf(town, 'alex', id);
  await noticeTo('team@example.com', /offline asks waiting/);
  expect(said().filter((text) => text.includes(id))).toEqual([]);
  slack.limit(2, 1);
  slack.down(false);
  await new SlackUser(town, 'alex').question(id);
  await new SlackUser(town, 'alex').press(id, 'details');
  await until('the details open', () => Promise.resolve(slack.views('U0ALEX0001').find((view) => view.callbackId === 'details')));
  await town.decide(id, 'asks', 'reject', 'robin', 'later');
  await town.ended(id);
  await new SlackUser(town, 'alex').question(id, (text) => text.includes('Rejected by robin: later'));
  expect(said().filter((text) => text.includes('Plan `') && text.includes(id))).toHaveLength(1);
});

it('the pull request that holds the commit has one comment, which follows the release', { timeout: 120_000 }, async () => {
  const app = application('reviewed');
  const codeCommit = new CodeCommitClient(town.client());
  await app.release(parametersApplication({ values: { One: '1' }, order: ['dev'] }));
  const push = async (value: string) => {
    await app.write(parametersApplication({ values: { One: value }, order: ['dev'] }));
    await app.git('add', '--all');
    await app.git('commit', '--quiet', '--message', `Set | <b>${value}</b>`);
    await app.git('push', '--quiet', '--force', town.system.cloud.gitRemote('reviewed'), 'HEAD:refs/heads/feature');
    return await app.releaseOf(await app.git('rev-parse', 'HEAD'));
  };
  await town.ended(await push('2'));
  const { pullRequest } = await codeCommit.send(new CreatePullRequestCommand({ title: 'Feature', targets: [{ repositoryName: 'reviewed', sourceReference: 'feature', destinationReference: 'main' }] }));
  const comments = async () => {
    const answer = await codeCommit.send(new GetCommentsForPullRequestCommand({ pullRequestId: pullRequest?.pullRequestId }));
    return (answer.commentsForPullRequestData ?? []).flatMap((it) => it.comments ?? []).map(({ content = '' }) => content);
  };
  const next = await push('3');
  await town.ended(next);
  await until('the comment says how it ended', async () => (await comments()).find((it) => it.includes(next) && it.includes('| dev | deployed |')));
  const last = await push('4');
  await town.ended(last);
  await until('the comment is of the newest release', async () => (await comments()).find((it) => it.includes(last) && it.includes('deployed')));
  expect(await comments()).toHaveLength(1);
});
