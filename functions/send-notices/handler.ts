import * as z from 'zod';
import { Report, reportDetailType, reportSource } from '../../contracts/report.ts';
import { TransientError } from '../../domain/errors.ts';
import { notifiers } from '../../notifiers/list.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';
import { logger } from '../../runtime/logger.ts';

const ReportEvent = z.object({ source: z.literal(reportSource), 'detail-type': z.literal(reportDetailType), detail: Report });
const real = { notifiers };

/** Tells every channel. One that is down does not keep the others from being told. */
export async function sendNotices(uses: typeof real, { detail }: z.output<typeof ReportEvent>): Promise<void> {
  const { MAIL_TOPIC_ARN: mailTopicArn } = env('MAIL_TOPIC_ARN');
  const wanting = uses.notifiers({ mailTopicArn }).filter((notifier) => notifier.wants(detail));
  const told = await Promise.allSettled(wanting.map((notifier) => notifier.tell(detail)));
  const silent = told.flatMap((it, index) => (it.status === 'rejected' ? [{ name: wanting[index]?.name ?? '', why: it.reason as unknown }] : []));
  for (const { name, why } of silent) logger.error('a channel could not be told', { channel: name, error: why instanceof Error ? why : new Error(String(why)) });
  if (silent.length > 0) throw new TransientError(`Telling ${silent.map(({ name }) => name).join(', ')} about ${detail.release}: it did not work. EventBridge tries again.`);
}

export const handler = listener({ name: 'send-notices', event: ReportEvent, run: (event) => sendNotices(real, event) });
