import { stringify } from 'yaml';
import { type Person, sampleEnvironments, slackIds } from '../../local/sample.ts';
import type { SlackMessage } from '../../local/slack.ts';
import { until } from '../fakes/until.ts';
import type { Town } from './town.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The sample's registry with environments of the test's own, by name; each is in the account of that name or in staging. */
export function registryWith(town: Town, applications: readonly string[], environments: Readonly<Record<string, Fields>>, more: Fields = {}): string {
  const { cloud } = town.system;
  const { content } = sampleEnvironments(cloud, applications);
  const all = Object.entries(environments).map(([name, fields]) => [name, { branches: ['main'], targets: [{ account: name in content.accounts ? name : 'staging', region: cloud.region }], ...fields }] as const);
  return stringify({ ...content, ...more, environments: Object.fromEntries(all) });
}

/** The address in the newest mail to an approver about a release. */
export async function linkOf(town: Town, approver: string, release: string, subject = 'waits for you'): Promise<string> {
  return await until(`a mail to ${approver} about ${release}`, async () => {
    const mail = (await town.system.cloud.admin.mails()).findLast((it) => it.to.startsWith(approver) && it.subject.includes(subject) && it.subject.includes(release));
    return /https?:\/\/\S+\/approvals\/\S+/.exec(mail?.body ?? '')?.[0];
  });
}

const hidden = (page: string, name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';

/** Opens a link and answers on its page, as a browser would. */
export async function answerByLink(link: string, decision: 'approve' | 'reject', reason = ''): Promise<{ status: number; page: string }> {
  const page = await (await fetch(link)).text();
  const answered = await fetch(link, { method: 'POST', redirect: 'error', body: new URLSearchParams({ digest: hidden(page, 'digest'), nonce: hidden(page, 'nonce'), decision, reason }) });
  return { status: answered.status, page: await answered.text() };
}

const textOf = (message: SlackMessage): string => JSON.stringify(message.blocks);

/** A person in the stand-in Slack. */
export class SlackUser {
  readonly #town: Town;
  readonly #user: string;

  constructor(town: Town, person: Person | 'stranger') {
    this.#town = town;
    this.#user = person === 'stranger' ? slackIds.stranger : slackIds.users[person];
  }

  get #slack() {
    return this.#town.system.slackApp.slack;
  }

  /** The message that asks about a release, as soon as it is as the test expects. */
  async question(release: string, is: (text: string) => boolean = () => true): Promise<SlackMessage> {
    return await until(`Slack asks about ${release}`, () => Promise.resolve(this.#slack.messages().find((it) => textOf(it).includes('Plan `') && textOf(it).includes(release) && is(textOf(it)))));
  }

  async press(release: string, actionId: 'approve' | 'reject' | 'details'): Promise<void> {
    const { ts, channel } = await this.question(release, (text) => text.includes('"actions"'));
    const { status } = await this.#slack.press({ user: this.#user, channel, ts, actionId });
    if (status !== 200) throw new Error(`Slack was answered ${String(status)}`);
  }

  /** Presses the button, fills in the reason, and submits. */
  async answer(release: string, decision: 'approve' | 'reject', reason = ''): Promise<void> {
    await this.press(release, decision);
    const view = await until('the dialog opens', () => Promise.resolve(this.#slack.views(this.#user).at(-1)));
    const { status, errors } = await this.#slack.submit({ user: this.#user, viewId: view.id, values: { reason: { text: reason } } });
    if (status !== 200) throw new Error(`Slack was answered ${String(status)} ${JSON.stringify(errors)}`);
  }

  /** What only this user was told, as soon as something says so. */
  async told(words: RegExp): Promise<string> {
    return await until(`${this.#user} is told ${String(words)}`, () => Promise.resolve(this.#slack.ephemerals(this.#user).find(({ text }) => words.test(text))?.text));
  }

  closeDialogs(): readonly unknown[] {
    return this.#slack.views(this.#user);
  }
}
