import { BlockActions, decisionCallback, reasonAction, reasonBlock, slackActions, SlackDialog, SlackInteraction, SlackReference, ViewSubmission } from '../contracts/slack.ts';

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What somebody did in Slack, or `undefined` when it is nothing of ours. */
export function readInteraction(payload: string): SlackInteraction | undefined {
  const content = readJson(payload);
  const pressed = BlockActions.safeParse(content);
  if (pressed.success) {
    const { team, user, channel, trigger_id, actions } = pressed.data;
    const action = slackActions.find((name) => name === actions[0]?.action_id);
    const about = SlackReference.safeParse(readJson(actions[0]?.value ?? ''));
    if (action === undefined || !about.success) return undefined;
    return SlackInteraction.parse({ kind: 'button', workspace: team?.id ?? '', user: user.id, channel: channel?.id ?? '', trigger: trigger_id, action, about: about.data });
  }
  const submitted = ViewSubmission.safeParse(content);
  if (!submitted.success || submitted.data.view.callback_id !== decisionCallback) return undefined;
  const { team, user, view } = submitted.data;
  const dialog = SlackDialog.safeParse(readJson(view.private_metadata));
  if (!dialog.success) return undefined;
  const { channel, decision, approval, digest } = dialog.data;
  const reason = (view.state.values[reasonBlock]?.[reasonAction]?.value ?? '').slice(0, 1000);
  return SlackInteraction.parse({ kind: 'answer', workspace: team?.id ?? '', user: user.id, channel, decision, reason, about: { approval, digest } });
}
