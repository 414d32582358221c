import * as z from 'zod';
import type { Memory } from '../aws/told.ts';
import type { Release } from '../contracts/release.ts';
import type { Report } from '../contracts/report.ts';
import { everybodyAsked } from '../domain/people.ts';
import { questionOf } from '../domain/question.ts';
import { registeredOf } from '../domain/registered-name.ts';
import { environmentLines } from '../domain/release-summary.ts';
import { haltMessage, loudMessage, releaseMessage } from '../domain/slack-notices.ts';
import { questionMessage, type SlackMessage } from '../domain/slack-messages.ts';
import type { Notifier, Records } from './notifier.ts';

/** What the channel does in Slack. */
export interface SlackDoor {
  readonly post: (channel: string, message: SlackMessage, thread?: string) => Promise<string>;
  /** `gone` when somebody deleted it. */
  readonly update: (channel: string, ts: string, message: SlackMessage) => Promise<'updated' | 'gone'>;
}

interface Uses {
  readonly records: Records;
  readonly memory: Memory;
  readonly slack: SlackDoor;
  readonly now: () => Date;
}

const Posted = z.object({ channel: z.string(), ts: z.string() });

const loud = ({ kind, outcome, about }: Report): boolean => kind === 'break-glass' || kind === 'reminder' || (about === 'environment' && kind === 'ended' && (outcome === 'failed' || outcome === 'rolled-back'));

const name = 'slack';

async function show({ memory, slack: door }: Uses, channel: string, about: string, message: SlackMessage): Promise<string> {
  const known = await memory.recall(name, about, Posted);
  if (known !== undefined && (await door.update(known.channel, known.ts, message)) === 'updated') return known.ts;
  const ts = await door.post(channel, message);
  await memory.keep(name, about, { channel, ts });
  return ts;
}

async function showQuestion(uses: Uses, channel: string, id: string): Promise<string | undefined> {
  const { records, now } = uses;
  const approval = await records.approval(id);
  if (approval === undefined) return undefined;
  const [registry, targets, delegations, halt] = await Promise.all([records.registry(), records.targets(approval.release, approval.environment), records.delegations(), records.halt(registeredOf(approval))]);
  const mentioned = everybodyAsked(approval, delegations, now()).flatMap((person) => registry.approvers[person]?.slack ?? []);
  return await show(uses, channel, `question#${id}`, questionMessage(questionOf(approval, targets, halt), mentioned));
}

async function showRelease(uses: Uses, channel: string, release: Release): Promise<void> {
  const { records } = uses;
  const [environments, targets] = await Promise.all([records.environments(release.id), records.targets(release.id)]);
  await show(uses, channel, `release#${release.id}`, releaseMessage(release, environmentLines(release, environments, targets)));
}

/** One message for a release and one for each question, changed in place; what is loud is said besides. */
export const slack: Notifier<Uses> = {
  name,
  wants: ({ about, kind }) => about !== 'target' && kind !== 'queued' && kind !== 'planned' && kind !== 'built',
  tell: async (uses, report) => {
    const { slack: registered, environments } = await uses.records.registry();
    if (registered === undefined) return;
    const release = await uses.records.release(report.release);
    const resolved = release.configuration?.environments.find(({ name: it }) => it === report.environment);
    const own = report.environment === undefined ? undefined : environments[resolved?.registered ?? report.environment]?.slack;
    const channel = own ?? registered.channel;
    const ts = report.approval === undefined ? undefined : await showQuestion(uses, channel, report.approval);
    await showRelease(uses, registered.channel, release);
    if (!loud(report)) return;
    // The same may happen again in another try at the release.
    const about = `loud#${report.release}#${String(release.attempt)}#${report.environment ?? ''}#${report.kind}#${report.approval ?? ''}#${report.text.slice(0, 200)}`;
    if ((await uses.memory.recall(name, about, Posted)) !== undefined) return;
    const said = await uses.slack.post(channel, loudMessage(report), report.kind === 'reminder' ? ts : undefined);
    await uses.memory.keep(name, about, { channel, ts: said });
  },
  tellOfEnvironment: async (uses, report) => {
    const { slack: registered, environments } = await uses.records.registry();
    if (registered === undefined) return;
    const { environment, kind, at } = report;
    const channel = environments[environment]?.slack ?? registered.channel;
    const about = `environment#${environment}#${kind}#${at}`;
    if ((await uses.memory.recall(name, about, Posted)) !== undefined) return;
    await uses.memory.keep(name, about, { channel, ts: await uses.slack.post(channel, haltMessage(report)) });
  },
};
