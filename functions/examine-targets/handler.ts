import { writeObject } from '../../aws/artifacts.ts';
import { sendCanary } from '../../aws/canary-event.ts';
import { lastEvents } from '../../aws/events-seen.ts';
import { noteExamined } from '../../aws/examined.ts';
import { findRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { configIsRecording, countStacks, readAs, trailIsLogging } from '../../aws/target-look.ts';
import { tryAsARelease, tryAsAStranger } from '../../aws/trial-session.ts';
import { ExamineTargets } from '../../contracts/doctor.ts';
import { canaryKey, canaryText } from '../../domain/doctor/session.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { examineTargets, type Records } from './examine-targets.ts';
import type { Uses } from './uses.ts';

const real = (tableName: string, bucket: string): Uses & Records => ({
  lastEvents: (where) => lastEvents(tableName, where),
  sendCanary,
  writeCanary: () => writeObject(bucket, canaryKey, canaryText),
  asARelease: (account, environment) => tryAsARelease(account, environment, bucket),
  asAStranger: (account, externalId) => tryAsAStranger(account, externalId, bucket),
  readCanary: (session) => readAs(session, bucket, canaryKey),
  countStacks,
  trailIsLogging,
  configIsRecording,
  findRelease,
  noteExamined,
  report,
  now: () => new Date(),
  pause: (milliseconds) => new Promise<void>((done) => setTimeout(done, milliseconds)),
});

export const handler = task({
  name: 'examine-targets',
  input: ExamineTargets,
  run: (input) => {
    const { TABLE_NAME, ARTIFACT_BUCKET, BUS_NAME } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'BUS_NAME');
    return examineTargets(real(TABLE_NAME, ARTIFACT_BUCKET), { tableName: TABLE_NAME, busName: BUS_NAME }, input);
  },
});
