import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlackInteraction } from '../../../contracts/slack.ts';
import { readInteraction } from '../../../domain/slack-interaction.ts';

const about = { approval: 'f'.repeat(32), digest: 'a'.repeat(64) };

const pressed = (fields: object = {}, action: object = {}) => ({
  type: 'block_actions',
  team: { id: 'T0SHOP', domain: 'shop' },
  user: { id: 'U0ALEX', name: 'alex' },
  channel: { id: 'C0SHOP', name: 'deployments' },
  trigger_id: '1.2.abc',
  token: 'verification-token',
  response_url: 'https://hooks.slack.com/actions/secret',
  actions: [{ action_id: 'approve', block_id: 'answer', type: 'button', value: JSON.stringify(about), ...action }],
  ...fields,
});
const submitted = (view: object = {}, fields: object = {}) => ({
  type: 'view_submission',
  team: { id: 'T0SHOP' },
  user: { id: 'U0ALEX' },
  view: { callback_id: 'decision', private_metadata: JSON.stringify({ ...about, channel: 'C0SHOP', decision: 'reject' }), state: { values: { reason: { text: { type: 'plain_text_input', value: 'not on a Friday' } } } }, ...view },
  ...fields,
});
const read = (payload: object) => readInteraction(JSON.stringify(payload));

describe('what somebody did in Slack', () => {
  it('is a button, with what it is about', () => {
    expect(read(pressed())).toEqual({ kind: 'button', workspace: 'T0SHOP', user: 'U0ALEX', channel: 'C0SHOP', trigger: '1.2.abc', action: 'approve', about });
  });

  it('is an answer with its reason', () => {
    expect(read(submitted())).toEqual({ kind: 'answer', workspace: 'T0SHOP', user: 'U0ALEX', channel: 'C0SHOP', decision: 'reject', reason: 'not on a Friday', about });
  });

  it.each<[string, object, object]>([
    ['no reason', submitted({ state: { values: {} } }), { reason: '' }],
    ['an empty reason, which Slack gives as null', submitted({ state: { values: { reason: { text: { value: null } } } } }), { reason: '' }],
    ['a reason longer than is kept', submitted({ state: { values: { reason: { text: { value: 'a'.repeat(3000) } } } } }), { reason: 'a'.repeat(1000) }],
    ['no workspace, as in an installation for an organisation', pressed({ team: null }), { workspace: '' }],
    ['no channel', pressed({ channel: undefined }), { channel: '' }],
    ['another button of ours', pressed({}, { action_id: 'details' }), { action: 'details' }],
  ])('is read with %s', (_, payload, expected) => {
    expect(read(payload)).toMatchObject(expected);
  });

  it.each<[string, object]>([
    ['a button of another app', pressed({}, { action_id: 'buy' })],
    ['a button without a value', pressed({}, { value: undefined })],
    ['a button whose value is no JSON', pressed({}, { value: 'approve everything' })],
    ['a button about no approval', pressed({}, { value: JSON.stringify({ ...about, approval: '../../etc' }) })],
    ['a button about no plan', pressed({}, { value: JSON.stringify({ approval: about.approval }) })],
    ['no button at all', pressed({ actions: [] })],
    ['more buttons than there can be', pressed({ actions: Array.from({ length: 26 }, () => ({ action_id: 'approve', value: JSON.stringify(about) })) })],
    ['nobody', pressed({ user: undefined })],
    ['a dialog of another app', submitted({ callback_id: 'order-pizza' })],
    ['a dialog without metadata', submitted({ private_metadata: '' })],
    ['a dialog that decides something else', submitted({ private_metadata: JSON.stringify({ ...about, channel: 'C0SHOP', decision: 'ignore' }) })],
    ['a dialog about no plan', submitted({ private_metadata: JSON.stringify({ approval: about.approval, channel: 'C0SHOP', decision: 'approve' }) })],
    ['a shortcut', { type: 'shortcut', user: { id: 'U0ALEX' }, callback_id: 'decision' }],
    ['a dialog that was closed', { ...submitted(), type: 'view_closed' }],
  ])('is nothing of ours when it is %s', (_, payload) => {
    expect(read(payload)).toBeUndefined();
  });

  it('hands on nothing that could be used again', () => {
    expect(JSON.stringify(read(pressed()))).not.toMatch(/verification-token|hooks\.slack\.com/);
  });

  it('never throws, whatever is sent', () => {
    const bent = fc.oneof(fc.constant(pressed()), fc.constant(submitted()), fc.object()).chain((base) => fc.object({ maxDepth: 3 }).map((more) => ({ ...base, ...more })));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), bent.map((it) => JSON.stringify(it))), (payload) => {
        const interaction = readInteraction(payload);
        if (interaction !== undefined) expect(SlackInteraction.parse(interaction)).toEqual(interaction);
      }),
      { numRuns: 300 },
    );
  });
});
