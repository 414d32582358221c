import type { ModalView } from '@slack/types';
import type { SlackClient } from '../../aws/slack.ts';
import type { SlackMessage } from '../../domain/slack-messages.ts';

interface Posted {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | undefined;
  message: SlackMessage;
}

/** A Slack that keeps its messages: what is posted, changed, whispered and opened. */
export class FakeSlack implements SlackClient {
  readonly messages: Posted[] = [];
  readonly whispers: { channel: string; user: string; text: string }[] = [];
  readonly dialogs: { trigger: string; view: ModalView }[] = [];
  /** Triggers that have run out. */
  readonly late = new Set<string>();
  /** What the next calls throw. */
  readonly troubles: Error[] = [];

  /** Every text that was sent, as one. */
  get sent(): string {
    return JSON.stringify([this.messages, this.whispers, this.dialogs]);
  }

  readonly post: SlackClient['post'] = (channel, message, thread) => {
    this.#trouble();
    const ts = `1.${String(this.messages.length + 1)}`;
    this.messages.push({ channel, ts, thread, message });
    return Promise.resolve(ts);
  };

  readonly update: SlackClient['update'] = (channel, ts, message) => {
    this.#trouble();
    const posted = this.messages.find((it) => it.channel === channel && it.ts === ts);
    if (posted === undefined) return Promise.resolve('gone');
    posted.message = message;
    return Promise.resolve('updated');
  };

  readonly whisper: SlackClient['whisper'] = (channel, user, text) => {
    this.#trouble();
    this.whispers.push({ channel, user, text });
    return Promise.resolve();
  };

  readonly open: SlackClient['open'] = (trigger, view) => {
    this.#trouble();
    if (this.late.has(trigger)) return Promise.resolve('too late');
    this.dialogs.push({ trigger, view });
    return Promise.resolve('opened');
  };

  #trouble(): void {
    const trouble = this.troubles.shift();
    if (trouble !== undefined) throw trouble;
  }
}
