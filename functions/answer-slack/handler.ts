import { findApproval } from '../../aws/approvals.ts';
import { takeAnswer } from '../../aws/decisions.ts';
import { findHalt } from '../../aws/halts.ts';
import { readRegistry } from '../../aws/registry.ts';
import { listTargets } from '../../aws/releases.ts';
import { readSlackSecret } from '../../aws/secrets.ts';
import { type SlackClient, slackDoor } from '../../aws/slack.ts';
import { SlackInteraction } from '../../contracts/slack.ts';
import { endSentence, questionOf } from '../../domain/question.ts';
import { yesWhileHalted } from '../../domain/halt.ts';
import { registeredOf } from '../../domain/registered-name.ts';
import { decisionDialog, detailsDialog, escaped } from '../../domain/slack-messages.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';
import { logger } from '../../runtime/logger.ts';

const real = { findApproval, findHalt, takeAnswer, readRegistry, listTargets, now: () => new Date() };

interface Where {
  readonly tableName: string;
  readonly keyArn: string;
  readonly busName: string;
}

/** What somebody did in Slack: shows a dialog, or takes their answer. Slack says who clicked; who that is, the registry says. */
export async function answerSlack(uses: typeof real, where: Where, slack: SlackClient, interaction: SlackInteraction): Promise<void> {
  const { user, workspace, channel, about } = interaction;
  const registry = (await uses.readRegistry(where.tableName)).content;
  if (registry.slack?.workspace !== workspace) {
    logger.warn('an answer from a Slack workspace that is not registered was dropped', { workspace });
    return;
  }
  const approver = Object.entries(registry.approvers).find(([, { slack: id }]) => id === user)?.[0];
  const say = (text: string) => slack.whisper(channel, user, escaped(text, 2000));
  const open = async (trigger: string, view: Parameters<SlackClient['open']>[1]) => {
    if ((await slack.open(trigger, view)) === 'too late') await say('That took too long for Slack. Press the button again.');
  };
  const approval = await uses.findApproval(where.tableName, about.approval);
  if (approval === undefined) { await say('There is no such question any more.'); return; }
  if (interaction.kind === 'button') {
    const question = questionOf(approval, await uses.listTargets(where.tableName, approval.release, approval.environment), await uses.findHalt(where.tableName, registeredOf(approval)));
    if (interaction.action === 'details') { await open(interaction.trigger, detailsDialog(question)); return; }
    if (approver === undefined) { await say('You are not registered as an approver. Ask the platform team to add your Slack user id to environments.yaml.'); return; }
    if (approval.state !== 'waiting') { await say(endSentence(approval)); return; }
    if (approval.digest !== about.digest) { await say('What was shown is not what waits now. Look at the newest message.'); return; }
    await open(interaction.trigger, decisionDialog(question, interaction.action, channel)); return;
  }
  if (approver === undefined) { await say('Your answer did not count: you are not registered as an approver.'); return; }
  const { decision, reason } = interaction;
  const ruling = await uses.takeAnswer(where, approval.id, { approver, decision, reason, digest: about.digest, channel: 'slack', from: `slack:${workspace}/${user}` }, uses.now());
  const note = ruling.accepted ? yesWhileHalted(await uses.findHalt(where.tableName, registeredOf(approval)), ruling.approval) : `Your answer did not count. ${ruling.sentence}`;
  if (note !== undefined) await say(note);
}

export const handler = listener({
  name: 'answer-slack',
  event: SlackInteraction,
  run: async (interaction) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME, SLACK_SECRET_ID } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME', 'SLACK_SECRET_ID');
    await answerSlack(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, slackDoor(await readSlackSecret(SLACK_SECRET_ID)), interaction);
  },
});
