import * as z from 'zod';
import { queueFor } from '../../aws/channel-queue.ts';
import { AnyReport, reportDetailType, reportSource } from '../../contracts/report.ts';
import { notifiers } from '../../notifiers/list.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';

const ReportEvent = z.object({ id: z.string(), source: z.literal(reportSource), 'detail-type': z.literal(reportDetailType), detail: AnyReport });
const real = { queueFor };

/** Queues a report for each channel that wants it: one that is down does not keep the others from being told. */
export async function sendNotices(uses: typeof real, queueUrl: string, { id, detail }: z.output<typeof ReportEvent>): Promise<void> {
  const wanted = notifiers.filter(({ wants, tellOfEnvironment }) => ('release' in detail ? wants(detail) : tellOfEnvironment !== undefined));
  await Promise.all(wanted.map(({ name }) => uses.queueFor(queueUrl, name, id, detail)));
}

export const handler = listener({ name: 'send-notices', event: ReportEvent, run: (event) => sendNotices(real, env('NOTICE_QUEUE_URL').NOTICE_QUEUE_URL, event) });
