import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError, WebClient } from '@slack/web-api';
import type { ModalView } from '@slack/types';
import type { SlackSecret } from '../contracts/slack.ts';
import { ConfigurationError, TransientError } from '../domain/errors.ts';
import type { SlackMessage } from '../domain/slack-messages.ts';

/** Slack asks to be left alone for a while. */
export class SlackLimitError extends TransientError {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Slack's faults, in our words. Nothing of a request is in them: it carries the token. */
async function asking<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WebAPIRateLimitedError) throw new SlackLimitError(`${doing}: Slack asks to wait ${String(error.retryAfter)} s. It is tried again.`, error.retryAfter);
    if (error instanceof WebAPIHTTPError) throw new TransientError(`${doing}: Slack answered ${String(error.statusCode)}. It is tried again.`);
    if (error instanceof WebAPIRequestError) throw new TransientError(`${doing}: Slack cannot be reached (${error.original.message}). It is tried again.`);
    if (error instanceof WebAPIPlatformError) throw new ConfigurationError(`${doing}: Slack says ${error.data.error}. ${advice[error.data.error] ?? 'See docs/slack.md.'}`);
    throw error;
  }
}

const advice: Readonly<Record<string, string>> = {
  not_in_channel: 'Invite the app into the channel.',
  channel_not_found: 'Correct the channel id in environments.yaml, or invite the app into the private channel.',
  invalid_auth: 'Put the current bot token into the secret.',
  missing_scope: 'Give the app the scope chat:write and install it again.',
};

/** What is done in Slack. Retries are the queue's: a function that sleeps is paid for. */
export function slackDoor({ botToken, apiUrl }: SlackSecret) {
  const client = new WebClient(botToken, { ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }), retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 8000 });
  return {
    /** @returns the message's `ts`, by which it is changed */
    async post(channel: string, { text, blocks }: SlackMessage, thread?: string): Promise<string> {
      const answer = await asking('posting to Slack', () => client.chat.postMessage({ channel, text, blocks, unfurl_links: false, unfurl_media: false, ...(thread === undefined ? {} : { thread_ts: thread }) }));
      return answer.ts ?? '';
    },
    /** @returns `gone` when somebody deleted the message */
    async update(channel: string, ts: string, { text, blocks }: SlackMessage): Promise<'updated' | 'gone'> {
      try {
        await client.chat.update({ channel, ts, text, blocks });
        return 'updated';
      } catch (error) {
        if (error instanceof WebAPIPlatformError && error.data.error === 'message_not_found') return 'gone';
        return await asking('changing a message in Slack', () => Promise.reject(error as Error));
      }
    },
    /** Only this user sees it. */
    async whisper(channel: string, user: string, text: string): Promise<void> {
      await asking('answering in Slack', () => client.chat.postEphemeral({ channel, user, text }));
    },
    /** The trigger is good for three seconds (Slack: "Modals"); who was too late for it presses again. */
    async open(trigger: string, view: ModalView): Promise<'opened' | 'too late'> {
      try {
        await client.views.open({ trigger_id: trigger, view });
        return 'opened';
      } catch (error) {
        if (error instanceof WebAPIPlatformError && error.data.error.endsWith('trigger_id')) return 'too late';
        return await asking('opening a dialog in Slack', () => Promise.reject(error as Error));
      }
    },
  };
}
export type SlackClient = ReturnType<typeof slackDoor>;
