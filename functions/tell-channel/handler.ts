import * as z from 'zod';
import { findApproval } from '../../aws/approvals.ts';
import { postpone } from '../../aws/channel-queue.ts';
import { listDelegations } from '../../aws/delegations.ts';
import { findHalt } from '../../aws/halts.ts';
import { makeLink } from '../../aws/links.ts';
import { publishNotice, sendMail } from '../../aws/mail.ts';
import { postComment, pullRequestsWith, updateComment } from '../../aws/pull-requests.ts';
import { readRegistry } from '../../aws/registry.ts';
import { listEnvironments, listTargets, readRelease } from '../../aws/releases.ts';
import { readSlackSecret } from '../../aws/secrets.ts';
import { slackDoor, SlackLimitError } from '../../aws/slack.ts';
import { memory } from '../../aws/told.ts';
import { AnyReport } from '../../contracts/report.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { type Means, notifiers } from '../../notifiers/list.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';

const Message = z.object({ channel: z.string(), report: AnyReport });
/** The queue hands over one message at a time, so that a message that fails holds up only its own group. */
const QueueEvent = z.object({ Records: z.array(z.object({ body: z.string(), receiptHandle: z.string(), attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }) })).length(1) });

function real(): Means {
  const { TABLE_NAME: tableName, MAIL_TOPIC_ARN, NOTICE_TOPIC_ARN, DOOR_URL, SLACK_SECRET_ID } = env('TABLE_NAME', 'MAIL_TOPIC_ARN', 'NOTICE_TOPIC_ARN', 'DOOR_URL', 'SLACK_SECRET_ID');
  const slack = async () => slackDoor(await readSlackSecret(SLACK_SECRET_ID));
  return {
    records: {
      registry: async () => (await readRegistry(tableName)).content,
      release: (id) => readRelease(tableName, id),
      environments: (release) => listEnvironments(tableName, release),
      targets: (release, environment) => listTargets(tableName, release, environment),
      approval: (id) => findApproval(tableName, id),
      halt: (environment) => findHalt(tableName, environment),
      delegations: () => listDelegations(tableName),
    },
    memory: memory(tableName),
    makeLink: (approval, approver) => makeLink(tableName, approval, approver),
    sendMail: (mail) => sendMail(MAIL_TOPIC_ARN, mail),
    publish: (notice) => publishNotice(NOTICE_TOPIC_ARN, notice),
    doorUrl: DOOR_URL,
    slack: { post: async (...it) => (await slack()).post(...it), update: async (...it) => (await slack()).update(...it) },
    pullRequests: pullRequestsWith,
    postComment,
    updateComment,
    now: () => new Date(),
  };
}

/** A channel that is down is asked again after a while, and less and less often: seconds. */
const pauses = [2, 5, 10, 20, 40, 60, 120, 300] as const;
export const pauseAfter = (tries: number): number => pauses[Math.min(Math.max(tries, 1), pauses.length) - 1] ?? 300;

interface Uses {
  readonly notifiers: typeof notifiers;
  means(): Means;
  postpone(receipt: string, seconds: number): Promise<void>;
}

/** Tells one channel one thing. What does not work comes back by the queue. */
export async function tellChannel(uses: Uses, { Records: [record] }: z.output<typeof QueueEvent>): Promise<void> {
  if (record === undefined) return;
  const { channel, report } = Message.parse(JSON.parse(record.body));
  const notifier = uses.notifiers.find(({ name }) => name === channel);
  if (notifier === undefined) throw new InvalidInputError(`Telling ${channel}: there is no such channel. The message is of another version; it ends in the dead-letter queue.`);
  try {
    await ('release' in report ? notifier.tell(uses.means(), report) : notifier.tellOfEnvironment?.(uses.means(), report));
  } catch (error) {
    await uses.postpone(record.receiptHandle, error instanceof SlackLimitError ? Math.max(1, Math.ceil(error.retryAfterSeconds)) : pauseAfter(record.attributes.ApproximateReceiveCount));
    throw error;
  }
}

export const handler = listener({
  name: 'tell-channel',
  event: QueueEvent,
  run: (event) => tellChannel({ notifiers, means: real, postpone: (receipt, seconds) => postpone(env('NOTICE_QUEUE_URL').NOTICE_QUEUE_URL, receipt, seconds) }, event),
});
