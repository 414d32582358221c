import * as z from 'zod';
import { ApprovalId, Decision } from './approval.ts';
import { Sha256 } from './names.ts';

/** What Slack sends when somebody presses a button or answers a dialog. Only what we use is parsed (Slack: "Interaction payloads"). */

const Team = z.object({ id: z.string().max(32) });
const User = z.object({ id: z.string().max(32) });

/** What a button and a dialog carry: which question, and the plan that was shown. */
export const SlackReference = z.object({ approval: ApprovalId, digest: Sha256 });
export type SlackReference = z.infer<typeof SlackReference>;
/** A dialog carries besides where it was opened and what it says. */
export const SlackDialog = SlackReference.extend({ channel: z.string().max(32), decision: Decision });

export const slackActions = ['approve', 'reject', 'details'] as const;
export const decisionCallback = 'decision';
export const reasonBlock = 'reason';
export const reasonAction = 'text';

export const BlockActions = z.object({
  type: z.literal('block_actions'),
  team: Team.nullish(),
  user: User,
  channel: z.object({ id: z.string().max(32) }).optional(),
  trigger_id: z.string().max(255),
  actions: z.array(z.object({ action_id: z.string().max(255), value: z.string().max(2000).optional() })).min(1).max(25),
});

export const ViewSubmission = z.object({
  type: z.literal('view_submission'),
  team: Team.nullish(),
  user: User,
  view: z.object({
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3000),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().max(3000).nullish() }))) }),
  }),
});

/** An interaction as the door hands it on: checked, and without what could be used again (`token`, `response_url`). */
export const SlackInteraction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('button'), workspace: z.string(), user: z.string(), channel: z.string(), trigger: z.string(), action: z.enum(slackActions), about: SlackReference }),
  z.object({ kind: z.literal('answer'), workspace: z.string(), user: z.string(), channel: z.string(), decision: Decision, reason: z.string().max(1000), about: SlackReference }),
]);
export type SlackInteraction = z.infer<typeof SlackInteraction>;

/** The secret that the app's owner puts into Secrets Manager. */
export const SlackSecret = z.object({
  botToken: z.string().min(10),
  signingSecret: z.string().min(10),
  /** Another address of the Web API, for example that of GovSlack. */
  apiUrl: z.url().optional(),
});
export type SlackSecret = z.infer<typeof SlackSecret>;
