import { writeObject } from '../../aws/artifacts.ts';
import { findProject } from '../../aws/codebuild.ts';
import { hasRepository } from '../../aws/codecommit.ts';
import { listDeployed } from '../../aws/deployed.ts';
import { lastEvent } from '../../aws/events-seen.ts';
import { listReleases } from '../../aws/heads.ts';
import { functionConcurrency, serviceQuotas } from '../../aws/quotas.ts';
import { findRegistry } from '../../aws/registry.ts';
import { findRelease, readTarget } from '../../aws/releases.ts';
import { configIsRecording, countStacks, readAs, trailIsLogging } from '../../aws/target-look.ts';
import { tryAsARelease, tryAsAStranger } from '../../aws/trial-session.ts';
import { DoctorRequest } from '../../contracts/doctor.ts';
import { canaryKey, canaryText } from '../../domain/doctor/session.ts';
import { commands, parsed } from '../../runtime/commands.ts';
import { env } from '../../runtime/env.ts';
import { http } from '../../runtime/http.ts';
import { doctor } from './doctor.ts';
import type { Uses } from './uses.ts';

function real(tableName: string, bucket: string): Uses {
  return {
    findRegistry: () => findRegistry(tableName),
    hasRepository,
    findProject,
    buildQuotas: () => serviceQuotas('codebuild'),
    functionConcurrency,
    newestConfiguration: async (application) => {
      const [newest] = await listReleases(tableName, application, 1);
      return newest === undefined ? undefined : (await findRelease(tableName, newest))?.configuration;
    },
    deployedTargets: async (application) => {
      const deployed = await listDeployed(tableName, application);
      const records = await Promise.all(deployed.map(({ release, environment, target }) => readTarget(tableName, release, environment, target)));
      return records.filter((record) => record !== undefined);
    },
    lastEvent: (where) => lastEvent(tableName, where),
    writeCanary: () => writeObject(bucket, canaryKey, canaryText),
    asARelease: (account, environment) => tryAsARelease(account, environment, bucket),
    asAStranger: (account, externalId) => tryAsAStranger(account, externalId, bucket),
    readCanary: (session) => readAs(session, bucket, canaryKey),
    countStacks,
    trailIsLogging,
    configIsRecording,
  };
}

export const handler = http({
  name: 'doctor',
  application: () => {
    const { TABLE_NAME, ARTIFACT_BUCKET, BUILD_PROJECT_PREFIX } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'BUILD_PROJECT_PREFIX');
    return commands().post('/doctor', async (c) => c.json(await doctor(real(TABLE_NAME, ARTIFACT_BUCKET), BUILD_PROJECT_PREFIX, await parsed(c, DoctorRequest))));
  },
});
