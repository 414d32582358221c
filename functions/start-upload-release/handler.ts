import { startRelease } from '../../aws/executions.ts';
import { nextSequence, readHead, writeRelease } from '../../aws/heads.ts';
import { findRegistry } from '../../aws/registry.ts';
import { report } from '../../aws/reports.ts';
import { newestVersion } from '../../aws/uploads.ts';
import { UploadEvent } from '../../contracts/source-events.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';
import { logger } from '../../runtime/logger.ts';
import { startUpload } from './start.ts';
import { askedBy } from './asked.ts';

const real = { findRegistry, newestVersion, readHead, nextSequence, writeRelease, startRelease, report, now: () => new Date() };

/** An event wakes, it does not prove: what is released is the newest version of the archive, looked up now. */
export async function startUploadRelease(uses: typeof real, event: UploadEvent): Promise<void> {
  const where = env('TABLE_NAME', 'UPLOAD_BUCKET', 'DEPLOY_RELEASE_MACHINE_ARN', 'BUS_NAME');
  const asked = askedBy(event, where.UPLOAD_BUCKET);
  const answer = 'refused' in asked ? asked : await startUpload(uses, where, asked);
  // Somebody may have meant it otherwise: a person finds the sentence in the log, and nobody is woken by an alarm.
  if ('refused' in answer) logger.warn(`Starting a release of an upload: ${answer.refused}`);
  else logger.info('an upload was looked at', answer);
}

export const handler = listener({ name: 'start-upload-release', event: UploadEvent, run: (event) => startUploadRelease(real, event) });
