import { beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../contracts/report.ts';
import { codeCommit } from '../../../notifiers/code-commit.ts';
import { email } from '../../../notifiers/email.ts';
import { slack } from '../../../notifiers/slack.ts';
import { topic } from '../../../notifiers/topic.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { Outside } from '../../fakes/channels.ts';
import { anApproval, aRecord, aRelease, aVote } from '../../fakes/samples.ts';

let world: ApprovalWorld;
let outside: Outside;
const report = (fields: Partial<Report> = {}): Report => ({ kind: 'waiting', about: 'environment', release: anApproval().release, application: 'orders', environment: 'dev', approval: anApproval().id, text: 'dev waits.', ...fields });

beforeEach(() => {
  world = new ApprovalWorld();
  outside = new Outside();
  world.ask();
  world.targets.set('dev/main', aRecord({ risks: ['Deletes Table.'] }));
});

const mailed = () => outside.mails.map(({ to }) => to.replace('@example.com', ''));

const halt = { environment: 'dev', reason: 'the sale <!channel>', by: 'alex', at: '2026-01-02T08:00:00.000Z' };

describe('mail', () => {
  const tell = (fields: Partial<Report> = {}) => email.tell(outside.means(world), report(fields));

  it('goes to everybody who is asked, each with a link of their own', async () => {
    await tell();
    expect(mailed()).toEqual(['alex', 'robin']);
    const links = outside.mails.map(({ text }) => /approvals\/(\S+)/.exec(text)?.[1] ?? '');
    expect(await Promise.all(links.map((link) => world.findLink(link)))).toEqual([{ approval: anApproval().id, approver: 'alex' }, { approval: anApproval().id, approver: 'robin' }]);
  });

  it('goes to the address that is registered now, and to none that was', async () => {
    world.registry = { ...world.registry, approvers: { ...world.registry.approvers, alex: { email: 'alex@new.example' }, robin: { email: 'alex@example.com' } } };
    await tell();
    expect(outside.mails.map(({ to }) => to)).toEqual(['alex@new.example', 'alex@example.com']);
  });

  it('goes to who answers in another’s place, and not to who has no address', async () => {
    world.delegate('alex', 'lee');
    world.registry = { ...world.registry, approvers: { ...world.registry.approvers, robin: { principal: 'arn:aws:iam::111111111111:role/robin' } } };
    await tell();
    expect(mailed()).toEqual(['alex', 'lee']);
  });

  it('reminds those who have not answered', async () => {
    world.change({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin', 'sam'], required: 3 }], votes: [aVote()] });
    await tell({ kind: 'reminder' });
    expect(mailed()).toEqual(['robin', 'sam']);
    expect(outside.mails[0]?.subject).toMatch(/^Reminder: /);
  });

  it.each(['approved', 'rejected', 'expired', 'superseded'] as const)('that comes late asks nobody (%s), and makes no link', async (state) => {
    world.change({ state });
    await tell();
    await tell({ kind: 'reminder' });
    await tell({ approval: '0'.repeat(32) });
    expect([outside.mails, world.links.size]).toEqual([[], 0]);
  });

  it.each(['waiting', 'reminder'] as const)('says while the environment is halted that a yes would deploy nothing (%s)', async (kind) => {
    world.halt = halt;
    await tell({ kind });
    expect(outside.mails[0]?.text).toContain('dev is halted since 2026-01-02 at 08:00 UTC by alex: the sale <!channel>. A yes now would deploy nothing');
  });

  it('that an environment is halted goes to those who are asked there, and to nobody where nobody is', async () => {
    const halted = { kind: 'halted', about: 'environment', environment: 'dev', at: halt.at, text: 'dev is halted by alex: the sale' } as const;
    await email.tellOfEnvironment?.(outside.means(world), halted);
    expect(mailed()).toEqual(['alex', 'robin']);
    await email.tellOfEnvironment?.(outside.means(world), { ...halted, environment: 'sandbox' });
    expect(outside.mails).toHaveLength(2);
  });

  it('goes to everybody for each person who breaks the glass', async () => {
    await tell({ kind: 'break-glass', text: 'sam BROKE THE GLASS for dev: customers cannot pay' });
    await tell({ kind: 'break-glass', text: 'lee BROKE THE GLASS for dev, the second person: it goes ahead: customers cannot pay' });
    expect(mailed()).toEqual(['everyone', 'everyone']);
    expect(outside.mails[0]?.subject).toBe('GLASS BROKEN: orders, dev');
  });
});

describe('Slack', () => {
  const tell = (fields: Partial<Report> = {}) => slack.tell(outside.means(world), report(fields));

  it('has a question and a release, each one message that changes in place', async () => {
    await tell();
    expect(outside.slack.messages).toHaveLength(2);
    expect(JSON.stringify(outside.slack.messages[0])).toContain('<@U0ALEX> <@U0ROBIN>');
    expect(JSON.stringify(outside.slack.messages[0])).toContain('"action_id":"approve"');
    world.change({ state: 'approved', votes: [aVote()] });
    await tell({ kind: 'approved' });
    expect(outside.slack.messages).toHaveLength(2);
    expect(JSON.stringify(outside.slack.messages[0])).not.toMatch(/action_id|<@U0/);
    expect(JSON.stringify(outside.slack.messages[0])).toContain('alex: yes, by link');
  });

  it('shows in the question that its environment is halted as long as it is', async () => {
    await tell();
    world.halt = halt;
    await tell({ kind: 'halted' });
    const shown = () => JSON.stringify(outside.slack.messages[0]);
    expect(shown()).toContain('dev is halted since 2026-01-02 at 08:00 UTC by alex: the sale &lt;!channel&gt;. A yes now would deploy nothing');
    world.halt = undefined;
    await tell({ kind: 'resumed' });
    expect(shown()).not.toContain('halted');
    expect(outside.slack.messages).toHaveLength(2);
  });

  it('has a message of its own that an environment is halted, in the channel of that environment', async () => {
    const { dev = { branches: [], disposable: false, targets: [] } } = world.registry.environments;
    world.registry = { ...world.registry, environments: { dev: { ...dev, slack: 'C0PROD1' } } };
    const halted = { kind: 'halted', about: 'environment', environment: 'dev', at: halt.at, text: 'dev is halted by alex: the sale' } as const;
    for (const environment of ['dev', 'other']) await slack.tellOfEnvironment?.(outside.means(world), { ...halted, environment });
    expect(outside.slack.messages).toMatchObject([{ channel: 'C0PROD1', message: { text: halted.text } }, { channel: 'C0MAIN1' }]);
  });

  it('that is told late shows how things stand now', async () => {
    world.change({ state: 'superseded', supersededBy: 'orders-13-aaaaaaaa' });
    await tell({ kind: 'waiting' });
    expect(JSON.stringify(outside.slack.messages[0])).toContain('orders-13-aaaaaaaa took its place');
  });

  it('reminds in the thread of the question, and shouts in the channel', async () => {
    await tell();
    await tell({ kind: 'reminder' });
    await tell({ kind: 'break-glass', text: 'sam BROKE THE GLASS' });
    expect(outside.slack.messages.slice(2).map(({ thread }) => thread)).toEqual([outside.slack.messages[0]?.ts, undefined]);
  });

  it('has a channel of an environment’s own for what is asked there', async () => {
    const { dev = { branches: [], disposable: false, targets: [] } } = world.registry.environments;
    world.registry = { ...world.registry, environments: { dev: { ...dev, slack: 'C0PROD1' } } };
    await tell();
    await tell({ kind: 'break-glass' });
    expect(outside.slack.messages.map(({ channel }) => channel)).toEqual(['C0PROD1', 'C0MAIN1', 'C0PROD1']);
  });

  it('has the channel of the registered environment for that of a branch', async () => {
    const { dev = { branches: [], disposable: false, targets: [] } } = world.registry.environments;
    world.registry = { ...world.registry, environments: { sandbox: { ...dev, slack: 'C0SAND1' } } };
    const release = aRelease({ configuration: { environments: [{ name: 'dev', registered: 'sandbox', targets: [] }], remarks: [] } });
    world.releases.set(release.id, release);
    await tell({ kind: 'break-glass' });
    expect(outside.slack.messages.map(({ channel }) => channel)).toContain('C0SAND1');
  });

  it('gets a message anew when somebody deleted it', async () => {
    await tell();
    outside.slack.messages.splice(0, 1, { channel: 'C0OTHER', ts: 'x', thread: undefined, message: { text: 'x', blocks: [] } });
    await tell();
    await tell();
    expect(outside.slack.messages).toHaveLength(3);
  });

  it('is not told where it is not registered', async () => {
    const { slack: _, ...rest } = world.registry;
    world.registry = rest;
    await tell();
    expect(outside.calls).toBe(0);
  });
});

describe('a comment on a pull request', () => {
  const tell = (fields: Partial<Report> = {}) => codeCommit.tell(outside.means(world), report(fields));
  const texts = () => [...outside.comments.values()].map(({ text }) => text);

  beforeEach(() => {
    outside.requests.push({ id: '7', repository: 'orders', sourceCommit: 'a', destinationCommit: 'b' });
  });

  it('is one for an application, which the newer release takes over and the older leaves alone', async () => {
    await tell();
    world.releases.set('orders-13-aaaaaaaa', aRelease({ id: 'orders-13-aaaaaaaa', sequence: 13, commit: 'a'.repeat(40) }));
    await tell({ release: 'orders-13-aaaaaaaa' });
    await tell({ kind: 'superseded' });
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain('orders-13-aaaaaaaa');
  });

  it('that somebody deleted is made again, once', async () => {
    await tell();
    outside.comments.clear();
    await tell();
    await tell();
    expect(texts()).toHaveLength(1);
  });

  it('that was made and not noted is not made twice', async () => {
    const means = outside.means(world);
    const forgetful = { ...means, memory: { recall: outside.memory.recall.bind(outside.memory), keep: () => Promise.reject(new Error('no table')) } };
    await expect(codeCommit.tell(forgetful, report())).rejects.toThrow('no table');
    await tell();
    expect(texts()).toHaveLength(1);
  });

  it('is made nowhere for an upload, whatever commit its uploader names', async () => {
    world.releases.set(aRelease().id, aRelease({ source: { kind: 's3', bucket: 'uploads', key: 'orders/source.zip', version: 'v1' } }));
    await tell();
    expect(outside.calls).toBe(0);
  });

  it('is made nowhere when no pull request holds the commit', async () => {
    outside.requests.length = 0;
    await tell();
    expect(outside.calls).toBe(0);
  });
});

it('a notice can be chosen by what it is about', async () => {
  await topic.tell(outside.means(world), report({ kind: 'ended', outcome: 'failed', text: 'dev failed.' }));
  expect(outside.notices).toMatchObject([{ subject: 'orders dev failed', attributes: { kind: 'ended', application: 'orders', release: anApproval().release, environment: 'dev', outcome: 'failed' } }]);
  expect(outside.notices[0]?.text).toContain(`drawbridge retry ${anApproval().release}`);
  for (const value of Object.values(outside.notices[0]?.attributes ?? {})) expect(value).not.toBe('');
});
