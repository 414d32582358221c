import * as z from 'zod';
import type { Notice } from '../aws/mail.ts';
import type { Memory } from '../aws/told.ts';
import { oneLine, subjectOf } from '../domain/mail.ts';
import { whatToDo } from '../domain/release-summary.ts';
import type { Notifier, Records } from './notifier.ts';

interface Uses {
  readonly records: Records;
  readonly memory: Memory;
  readonly publish: (notice: Notice) => Promise<void>;
  readonly now: () => Date;
}

const Published = z.object({ at: z.string() });

const name = 'topic';

/** An environment that ended so was told of when it was decided. */
const saidBefore = new Set(['rejected', 'expired', 'superseded', 'cancelled']);
/** A halt is told once for the environment, not for each release that is on its way there. */
const ofRelease = new Set(['queued', 'planned', 'built', 'halted', 'resumed']);

async function publishOnce({ memory, publish, now }: Uses, about: string, notice: Notice): Promise<void> {
  if ((await memory.recall(name, about, Published)) !== undefined) return;
  await publish(notice);
  await memory.keep(name, about, { at: now().toISOString() });
}

/** Notices for whoever subscribes to the topic: mailing lists, queues, other tools. Filters choose by kind, application, environment and outcome. */
export const topic: Notifier<Uses> = {
  name,
  wants: ({ about, kind, outcome }) => about !== 'target' && !ofRelease.has(kind) && !(about === 'environment' && (kind === 'started' || (outcome !== undefined && saidBefore.has(outcome)))),
  tell: async (uses, { application, environment, release, outcome, kind, approval, text }) => {
    // The same may happen again in another try at the release.
    const { attempt } = await uses.records.release(release);
    const about = `${release}#${String(attempt)}#${environment ?? ''}#${kind}#${outcome ?? ''}#${approval ?? ''}#${text.slice(0, 200)}`;
    const advice = whatToDo(outcome, release);
    await publishOnce(uses, about, {
      subject: subjectOf([kind === 'break-glass' ? 'GLASS BROKEN' : '', application, environment ?? '', outcome ?? kind].filter((part) => part !== '').join(' ')),
      text: [oneLine(text, 5000), ...(advice === undefined ? [] : ['', advice]), '', `The whole story: drawbridge show ${release}`].join('\n'),
      attributes: { kind, application, release, ...(environment === undefined ? {} : { environment }), ...(outcome === undefined ? {} : { outcome }) },
    });
  },
  tellOfEnvironment: async (uses, { environment, kind, at, text }) => {
    await publishOnce(uses, `${environment}#${kind}#${at}`, { subject: subjectOf(`${environment} ${kind}`), text: oneLine(text, 5000), attributes: { kind, environment } });
  },
};
