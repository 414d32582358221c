import { beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../contracts/approval.ts';
import { AnyReport, EnvironmentReport, Report } from '../../contracts/report.ts';
import { notifiers } from '../../notifiers/list.ts';
import { ApprovalWorld } from '../fakes/approval-world.ts';
import { brokenRules, hostileText } from '../fakes/channel-rules.ts';
import { Outside } from '../fakes/channels.ts';
import { anApproval, aRecord, aRelease, aVote } from '../fakes/samples.ts';

const id = anApproval().id;
const about = { about: 'environment', release: anApproval().release, application: 'orders', environment: 'dev' } as const;
const ofQuestion = { ...about, approval: id };

/** One report of each kind as it really comes, with the question as it stands then. */
const stories: readonly { readonly report: Report; readonly question?: Partial<Approval> }[] = [
  { report: { ...about, about: 'release', kind: 'started', text: 'A release was started.' } },
  { report: { ...about, about: 'release', kind: 'queued', text: 'It waits for a free build.' } },
  { report: { ...about, about: 'release', kind: 'built', text: 'It was built.' } },
  { report: { ...about, kind: 'planned', text: 'Planned dev.' } },
  { report: { ...about, about: 'target', target: 'main', kind: 'planned', text: 'Planned main.' } },
  { report: { ...ofQuestion, kind: 'waiting', text: 'dev waits for 1 of alex, robin.' } },
  { report: { ...ofQuestion, kind: 'reminder', text: 'dev still waits for 1 yes more.' } },
  { report: { ...ofQuestion, kind: 'approved', text: 'alex said yes to dev.' }, question: { state: 'approved', votes: [aVote()] } },
  { report: { ...ofQuestion, kind: 'rejected', text: 'alex said no to dev: not on a Friday' }, question: { state: 'rejected', votes: [aVote({ decision: 'reject', reason: 'not on a Friday' })] } },
  { report: { ...ofQuestion, kind: 'break-glass', text: 'sam BROKE THE GLASS for dev: customers cannot pay' }, question: { votes: [aVote({ approver: 'sam', breakGlass: true, reason: 'customers cannot pay' })] } },
  { report: { ...ofQuestion, kind: 'expired', text: 'Nobody answered for dev in time.' }, question: { state: 'expired' } },
  { report: { ...ofQuestion, kind: 'superseded', text: 'Another took its place.' }, question: { state: 'superseded', supersededBy: 'orders-13-aaaaaaaa' } },
  { report: { ...ofQuestion, kind: 'cancelled', text: 'The question about dev is withdrawn.' }, question: { state: 'cancelled' } },
  { report: { ...about, about: 'release', kind: 'cancelled', text: 'Cancelled by alex.' } },
  { report: { ...about, kind: 'halted', text: 'dev is halted by alex: the sale.' } },
  { report: { ...about, kind: 'resumed', text: 'dev is resumed by alex.' } },
  { report: { ...about, about: 'release', kind: 'left', text: 'Deployed, but in no configuration any more: orders-dev.' } },
  { report: { ...about, kind: 'executing', text: 'Executing dev.' } },
  { report: { ...about, about: 'target', target: 'main', kind: 'ended', outcome: 'deployed', text: 'main is deployed.' } },
  { report: { ...about, kind: 'ended', outcome: 'deployed', text: 'dev is deployed.' } },
  { report: { ...about, kind: 'ended', outcome: 'failed', text: 'dev failed: no more queues.' } },
  { report: { ...about, kind: 'ended', outcome: 'rolled-back', text: 'dev was rolled back.' } },
  { report: { ...about, about: 'release', kind: 'ended', outcome: 'failed', text: 'orders failed.' } },
];
const nameOf = ({ kind, about: what, outcome }: Report) => [what, kind, outcome].filter((it) => it !== undefined).join(' ');
const forEverybody = stories.filter(({ report }) => report.about !== 'target' && report.kind !== 'queued' && report.kind !== 'planned' && report.kind !== 'built').map(({ report }) => nameOf(report));

/** What happens to an environment, whatever goes there. */
const ofEnvironment: readonly EnvironmentReport[] = [
  { about: 'environment', environment: 'dev', kind: 'halted', at: '2026-01-02T00:00:00.000Z', text: 'dev is halted by alex: the sale.' },
  { about: 'environment', environment: 'dev', kind: 'resumed', at: '2026-01-02T01:00:00.000Z', text: 'dev is resumed by alex.' },
];
const tellOfEnvironment = ['email', 'topic', 'slack'];

/** What each channel tells; a new channel is added here. */
const told: Readonly<Record<string, readonly string[]>> = {
  email: ['environment waiting', 'environment reminder', 'environment break-glass'],
  topic: forEverybody.filter((name) => name !== 'environment halted' && name !== 'environment resumed'),
  slack: forEverybody,
  'code-commit': forEverybody.filter((name) => name !== 'environment reminder'),
};

let world: ApprovalWorld;
let outside: Outside;

beforeEach(() => {
  world = new ApprovalWorld();
  outside = new Outside();
  outside.requests.push({ id: '7', repository: 'orders', sourceCommit: 'a', destinationCommit: 'b' }, { id: '9', repository: 'orders', sourceCommit: 'c', destinationCommit: 'b' });
  start();
});

/** A release that waits in an environment, in a world of its own. */
function start(fields: Partial<Approval> = {}): void {
  world.ask(fields);
  world.releases.set(anApproval().release, aRelease());
  world.environments.set('dev', { release: anApproval().release, environment: 'dev', state: 'waiting', attempt: '1-1', approval: id, updatedAt: '' });
  world.targets.set('dev/main', aRecord({ risks: ['Deletes Table (AWS::DynamoDB::Table).'], outputs: { Url: 'https://orders.example' } }));
}

it('every kind of report is in one of the stories', () => {
  expect(new Set(stories.map(({ report }) => Report.parse(report).kind))).toEqual(new Set(Report.shape.kind.options));
  expect(new Set(ofEnvironment.map((report) => EnvironmentReport.parse(report).kind))).toEqual(new Set(EnvironmentReport.shape.kind.options));
  for (const report of [...stories.map((it) => it.report), ...ofEnvironment]) expect(AnyReport.parse(report)).toEqual(report);
});

describe.each(notifiers.map((notifier) => [notifier.name, notifier] as const))('%s', (name, notifier) => {
  const wanted = stories.filter(({ report }) => notifier.wants(report));
  const tell = async ({ report, question = {} }: (typeof stories)[number]) => {
    world.change({ state: 'waiting', votes: [], ...question });
    await notifier.tell(outside.means(world), report);
  };

  it('wants what is told there, and nothing else', () => {
    expect(wanted.map(({ report }) => nameOf(report))).toEqual(told[name]);
  });

  it.each(wanted.map((story) => [nameOf(story.report), story] as const))('tells: %s', async (_, story) => {
    await tell(story);
    expect(outside.posted).toBeGreaterThan(0);
    expect(outside.sent).toContain('orders');
  });

  it.each(wanted.map((story) => [nameOf(story.report), story] as const))('tells it once, however often and in whatever order it comes: %s', async (_, story) => {
    await tell(story);
    const once = outside.posted;
    await tell(story);
    await tell(story);
    expect(outside.posted).toBe(once);
    for (const other of wanted) await tell(other);
    const all = outside.posted;
    for (const again of [story, ...wanted.toReversed(), story]) await tell(again);
    expect(outside.posted).toBe(all);
  });

  it('tells again what happens again in another try at the release', async () => {
    const failed = stories.find(({ report }) => notifier.wants(report) && report.about === 'environment' && report.outcome === 'failed');
    if (failed === undefined || name === 'code-commit') return;
    await tell(failed);
    const once = outside.posted;
    world.releases.set(anApproval().release, aRelease({ attempt: 2 }));
    await tell(failed);
    expect(outside.posted).toBe(once + 1);
  });

  it.each(wanted.map((story) => [nameOf(story.report), story] as const))('says that the outside is down, and the next try tells it all: %s', async (_, story) => {
    await tell(story);
    const [calls, whole, posted] = [outside.calls, outside.sent, outside.posted];
    for (let failing = 1; failing <= calls; failing += 1) {
      world = new ApprovalWorld();
      outside = Object.assign(new Outside(), { requests: outside.requests });
      start();
      outside.failing = failing;
      await expect(tell(story)).rejects.toThrow('the outside is down');
      await tell(story);
      expect(outside.posted).toBe(posted);
      expect(outside.sent.replaceAll(/link-of-(\w+)-\d+/g, '$1')).toBe(whole.replaceAll(/link-of-(\w+)-\d+/g, '$1'));
    }
  });

  it.each([
    ['hostile', hostileText],
    ['hostile and 100 KB long', hostileText.padEnd(100_000, ' <!channel> **x** \r\n')],
    ['long in one word', '𝕏'.repeat(50_000)],
    ['empty', ''],
  ])('keeps to the rules of its channel with text from outside that is %s', async (_, text) => {
    world.releases.set(anApproval().release, aRelease({ message: text, branch: text, author: { name: text, email: text }, reason: text, outcome: 'failed' }));
    world.environments.set('dev', { release: anApproval().release, environment: 'dev', state: 'ended', outcome: 'failed', attempt: '1-1', approval: id, reason: text, updatedAt: '' });
    world.targets.set('dev/main', aRecord({ risks: Array.from({ length: 60 }, () => text), reason: text, outputs: { Url: 'https://orders.example', Bad: `https://orders.example/${text}`, Text: text } }));
    const votes = ['alex', 'robin'].map((approver) => aVote({ approver, decision: 'reject', reason: text.slice(0, 1000) }));
    const hostile: Partial<Approval> = { votes, because: [text], commits: Array.from({ length: 50 }, () => ({ commit: 'a'.repeat(40), author: text, message: text })) };
    for (const { report, question = {} } of wanted) await tell({ report: { ...report, text }, question: { ...question, ...hostile } });
    await tell({ report: { ...(wanted[0]?.report ?? { ...ofQuestion, kind: 'waiting' }), text }, question: { ...hostile, votes: [] } });
    expect(outside.posted).toBeGreaterThan(0);
    expect(brokenRules(outside)).toEqual([]);
  });

  it('gives nothing away: no task’s token, no secret, and a link only to whom it belongs', async () => {
    for (const story of wanted) await tell(story);
    expect(outside.sent).not.toMatch(/token-of|external|drawbridge-222222222222/);
    for (const { to, text } of outside.mails) {
      const links = [...text.matchAll(/https:\/\/door\.example\/approvals\/(\S+)/g)].map(([, link = '']) => link);
      expect(links).toHaveLength(to === 'everyone' ? 0 : 1);
      for (const link of links) expect(world.registry.approvers[(await world.findLink(link))?.approver ?? '']?.email).toBe(to);
    }
    const besides = JSON.stringify([outside.notices, outside.slack.messages, [...outside.comments], outside.mails.filter(({ to }) => to === 'everyone'), [...outside.memory.rows]]);
    expect(besides).not.toMatch(/link-of|\/approvals\//);
  });

  it('tells of an environment where that is told, once however often it comes, and again when it happens again', async () => {
    const { tellOfEnvironment: tellIt } = notifier;
    expect(tellIt !== undefined).toBe(tellOfEnvironment.includes(name));
    if (tellIt === undefined) return;
    for (const report of ofEnvironment) {
      const before = outside.posted;
      await tellIt(outside.means(world), report);
      const once = outside.posted;
      expect(once).toBeGreaterThan(before);
      for (const again of [report, ...ofEnvironment.filter(({ at }) => at <= report.at)]) await tellIt(outside.means(world), again);
      expect(outside.posted).toBe(once);
      expect(outside.sent).toContain(report.text);
    }
    const all = outside.posted;
    for (const report of ofEnvironment) await tellIt(outside.means(world), { ...report, at: '2026-01-03T00:00:00.000Z' });
    expect(outside.posted).toBe(2 * all);
  });

  it('tells all of an environment after the outside was down, and keeps to the rules of its channel with whatever reason', async () => {
    const { tellOfEnvironment: tellIt } = notifier;
    const [report] = ofEnvironment;
    if (tellIt === undefined || report === undefined) return;
    outside.failing = 1;
    await expect(tellIt(outside.means(world), report)).rejects.toThrow('the outside is down');
    await tellIt(outside.means(world), report);
    expect(outside.posted).toBeGreaterThan(0);
    for (const text of [hostileText, hostileText.padEnd(100_000, ' <!channel> **x** \r\n'), '']) await tellIt(outside.means(world), { ...report, at: new Date(Date.parse(report.at) + text.length + 1).toISOString(), text: `dev is halted by alex: ${text}` });
    expect(brokenRules(outside)).toEqual([]);
    expect(outside.sent).not.toMatch(/token-of|link-of|\/approvals\//);
  });
});
