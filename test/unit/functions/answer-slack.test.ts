import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SlackDialog, type SlackInteraction } from '../../../contracts/slack.ts';
import { takeAnswer } from '../../../aws/decisions.ts';
import { answerSlack } from '../../../functions/answer-slack/handler.ts';
import { logger } from '../../../runtime/logger.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { anApproval, aRecord, aVote } from '../../fakes/samples.ts';
import { FakeSlack } from '../../fakes/slack.ts';

let world: ApprovalWorld;
let slack: FakeSlack;
const { id, digest } = anApproval();

beforeEach(() => {
  vi.spyOn(logger, 'warn').mockReturnValue();
  world = new ApprovalWorld();
  slack = new FakeSlack();
  world.ask();
  world.targets.set('dev/main', aRecord({ risks: ['Deletes Table (AWS::DynamoDB::Table).'], counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 1 } }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const from = { workspace: 'T0SHOP1', user: 'U0ALEX', channel: 'C0MAIN1', about: { approval: id, digest } };
const button = (action: 'approve' | 'reject' | 'details', fields: Partial<typeof from> = {}): SlackInteraction => ({ kind: 'button', trigger: 'trigger-1', action, ...from, ...fields });
const answer = (decision: 'approve' | 'reject', reason = '', fields: Partial<typeof from> = {}): SlackInteraction => ({ kind: 'answer', decision, reason, ...from, ...fields });

const act = (interaction: SlackInteraction) =>
  answerSlack(Object.assign(Object.create(world) as ApprovalWorld, { takeAnswer: ((where, question, given, now) => takeAnswer(where, question, given, now, world)) satisfies typeof takeAnswer }), world.where, slack, interaction);
/** Only they see it, and nothing else happened. */
const whispered = (sentence: string | RegExp, user = 'U0ALEX') => {
  expect(slack.whispers).toMatchObject([{ channel: 'C0MAIN1', user }]);
  expect(slack.whispers[0]?.text).toMatch(sentence);
  expect([slack.dialogs, slack.messages, world.votes, world.completed]).toEqual([[], [], [], []]);
};

describe('a button', () => {
  it.each([['approve', 'Approve', true], ['reject', 'Reject', false]] as const)('%s opens a dialog that shows the question and decides nothing', async (action, title, optional) => {
    await act(button(action));
    const view = slack.dialogs[0]?.view;
    expect(slack.dialogs).toMatchObject([{ trigger: 'trigger-1', view: { type: 'modal', callback_id: 'decision', title: { text: title } } }]);
    expect(SlackDialog.parse(JSON.parse(view?.private_metadata ?? ''))).toEqual({ approval: id, digest, channel: 'C0MAIN1', decision: action });
    expect(view?.blocks.find((block) => block.type === 'input')).toMatchObject({ optional });
    expect(JSON.stringify(view)).toContain('Deletes Table');
    expect([world.votes, world.completed, slack.whispers]).toEqual([[], [], []]);
  });

  it('Details shows the whole plan to anybody in the workspace, also after the end', async () => {
    await act(button('details', { user: 'U0STRANGER' }));
    world.change({ state: 'approved', votes: [aVote()] });
    await act(button('details'));
    expect(slack.dialogs).toHaveLength(2);
    expect(JSON.stringify(slack.dialogs[0])).toContain(digest);
    expect(slack.dialogs[0]?.view.submit).toBeUndefined();
  });

  it('in an environment that is halted says so in the dialog, and to whoever says yes all the same', async () => {
    world.halt = { environment: 'dev', reason: 'the sale', by: 'alex', at: '2026-01-01T08:00:00.000Z' };
    await act(button('approve'));
    expect(JSON.stringify(slack.dialogs[0]?.view)).toContain('dev is halted since 2026-01-01 at 08:00 UTC by alex: the sale.');
    await act(answer('approve'));
    expect(slack.whispers.map(({ text }) => text)).toEqual(['The yes counts, but nothing happens now: dev is halted by alex: the sale. When it is resumed, retry the release.']);
  });

  it('pressed by somebody who is no approver opens nothing', async () => {
    await act(button('approve', { user: 'U0STRANGER' }));
    whispered('You are not registered as an approver', 'U0STRANGER');
  });

  it.each([
    ['approved', { state: 'approved' }, 'Approved.'],
    ['rejected', { state: 'rejected', votes: [aVote({ approver: 'robin', decision: 'reject', reason: 'too late' })] }, 'Rejected by robin: too late'],
    ['expired', { state: 'expired' }, 'Nobody answered in time'],
    ['superseded', { state: 'superseded', supersededBy: 'orders-13-aaaaaaaa' }, 'orders-13-aaaaaaaa took its place'],
  ] as const)('of a question that was %s says so', async (_, fields, sentence) => {
    world.change({ ...fields, votes: 'votes' in fields ? [...fields.votes] : [] });
    await act(button('approve'));
    whispered(sentence);
  });

  it('on an older message, with another plan, opens nothing', async () => {
    await act(button('approve', { about: { approval: id, digest: 'b'.repeat(64) } }));
    whispered('What was shown is not what waits now');
  });

  it('about a question that is not there says so', async () => {
    await act(button('approve', { about: { approval: '0'.repeat(32), digest } }));
    whispered('There is no such question any more.');
  });

  it('that took too long for Slack asks to be pressed again', async () => {
    slack.late.add('trigger-1');
    await act(button('approve'));
    whispered('Press the button again');
  });
});

describe('an answer in a dialog', () => {
  it('counts for whom the registry knows by that Slack user, and nothing is said besides', async () => {
    await act(answer('approve', 'fine'));
    expect(world.votes).toMatchObject([{ vote: { approver: 'alex', decision: 'approve', reason: 'fine', digest, channel: 'slack', from: 'slack:T0SHOP1/U0ALEX', breakGlass: false } }]);
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
    expect(slack.whispers).toEqual([]);
  });

  it.each([
    ['of somebody who is no approver', answer('approve', '', { user: 'U0STRANGER' }), 'you are not registered as an approver', 'U0STRANGER'],
    ['of an approver who is not asked', answer('approve', '', { user: 'U0SAM' }), 'sam is not an approver for dev', 'U0SAM'],
    ['for another plan', answer('approve', '', { about: { approval: id, digest: 'b'.repeat(64) } }), 'What was shown is not what waits now', 'U0ALEX'],
  ])('%s does not count, and only they are told', async (_, interaction, sentence, user) => {
    await act(interaction);
    whispered(sentence, user);
  });

  it('of an author does not count as a yes, but as a no', async () => {
    world.change({ quorums: [{ from: 'approvers', approvers: ['alex', 'kim'], required: 1 }] });
    await act(answer('approve', '', { user: 'U0KIM' }));
    whispered('Who wrote or pushed a commit', 'U0KIM');
    await act(answer('reject', 'a mistake of mine', { user: 'U0KIM' }));
    expect(world.resumed()).toEqual([{ answer: 'rejected' }]);
  });

  it('that comes after the end does not count', async () => {
    await act(answer('reject', 'no'));
    slack.whispers.length = 0;
    await act(answer('approve', '', { user: 'U0ROBIN' }));
    expect(slack.whispers).toEqual([{ channel: 'C0MAIN1', user: 'U0ROBIN', text: 'Your answer did not count. It was rejected already.' }]);
    expect(world.resumed()).toEqual([{ answer: 'rejected' }]);
  });

  it('delivered twice counts once', async () => {
    world.change({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }] });
    await act(answer('approve'));
    await act(answer('approve'));
    expect(world.votes).toHaveLength(1);
    expect(world.completed).toEqual([]);
  });
});

describe('another workspace', () => {
  it.each(['T0EVIL1', '', 'T0SHOP', 't0shop1'])('(%s) is not answered at all, whoever it says acts there', async (workspace) => {
    for (const interaction of [button('approve', { workspace }), button('details', { workspace }), answer('approve', '', { workspace })]) await act(interaction);
    expect([slack.whispers, slack.dialogs, world.votes, world.completed]).toEqual([[], [], [], []]);
  });

  it('is every workspace where Slack is not registered', async () => {
    const { slack: _, ...rest } = world.registry;
    world.registry = rest;
    await act(answer('approve'));
    await act(button('approve', { workspace: '' }));
    expect([slack.whispers, slack.dialogs, world.votes]).toEqual([[], [], []]);
  });

  it('cannot use a user that has no approver: nobody is somebody by having no id', async () => {
    world.registry = { ...world.registry, approvers: { alex: { email: 'alex@example.com' } } };
    await act(answer('approve', '', { user: '' }));
    expect(world.votes).toEqual([]);
  });
});

it('text from outside is no markup in what is whispered and opened', async () => {
  const evil = '<!channel> <https://evil.example|click> & <@U0ROBIN>\r\n*bold*';
  world.targets.set('dev/main', aRecord({ risks: [evil] }));
  world.change({ commits: [{ commit: '3f2a9c1b'.padEnd(40, '0'), author: evil, message: evil }], because: [evil] });
  for (const action of ['approve', 'reject', 'details'] as const) await act(button(action));
  world.change({ state: 'rejected', votes: [aVote({ approver: 'robin', decision: 'reject', reason: evil })] });
  await act(button('approve'));
  expect(slack.dialogs).toHaveLength(3);
  expect(slack.whispers).toHaveLength(1);
  expect(slack.sent).not.toMatch(/<!channel|<https?:|<@U0ROBIN/);
});
