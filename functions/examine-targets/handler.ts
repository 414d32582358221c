import { writeObject } from '../../aws/artifacts.ts';
import { sendCanary } from '../../aws/canary-event.ts';
import { lastEvents } from '../../aws/events-seen.ts';
import { noteExamined } from '../../aws/examined.ts';
import { findRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { configIsRecording, countStacks, readAs, trailIsLogging } from '../../aws/target-look.ts';
import { tryAsARelease, tryAsAStranger } from '../../aws/trial-session.ts';
import { ExamineTargets } from '../../contracts/doctor.ts';
import { artifactBuckets } from '../../domain/artifact-regions.ts';
import { canaryKey, canaryText } from '../../domain/doctor/session.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { examineTargets, type Records } from './examine-targets.ts';
import type { Uses } from './uses.ts';

const real = (tableName: string, bucketIn: (region: string) => string | undefined, home: string): Uses & Records => ({
  lastEvents: (where) => lastEvents(tableName, where),
  sendCanary,
  hasArtifactBucket: (region) => bucketIn(region) !== undefined,
  writeCanary: (region) => writeObject(bucketIn(region) ?? home, canaryKey, canaryText, { region }),
  asARelease: (place, environment) => tryAsARelease(place, environment, bucketIn(place.region) ?? home),
  asAStranger: (account, externalId) => tryAsAStranger(account, externalId, home),
  readCanary: (session, region) => readAs(session, { bucket: bucketIn(region) ?? home, region }, canaryKey),
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
    const { TABLE_NAME, ARTIFACT_BUCKET: bucket, AWS_REGION: region, REGIONAL_ARTIFACT_BUCKETS, BUS_NAME } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'AWS_REGION', 'REGIONAL_ARTIFACT_BUCKETS', 'BUS_NAME');
    const buckets = artifactBuckets({ bucket, region }, REGIONAL_ARTIFACT_BUCKETS);
    return examineTargets(real(TABLE_NAME, (there) => buckets[there], bucket), { tableName: TABLE_NAME, busName: BUS_NAME }, input);
  },
});
