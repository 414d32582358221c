import { readObject } from '../../aws/artifacts.ts';
import { findProject } from '../../aws/codebuild.ts';
import { hasRepository } from '../../aws/codecommit.ts';
import { listHalts } from '../../aws/halts.ts';
import { listReleases } from '../../aws/heads.ts';
import { askFunction } from '../../aws/invoke.ts';
import { functionConcurrency, serviceQuotas } from '../../aws/quotas.ts';
import { findRegistry } from '../../aws/registry.ts';
import { findRelease } from '../../aws/releases.ts';
import { DoctorRequest, ExaminedTargets, type ExamineTargets } from '../../contracts/doctor.ts';
import { templatesAtHome } from '../../domain/find-target.ts';
import { templateUses } from '../../domain/doctor/template-uses.ts';
import { commands, parsed } from '../../runtime/commands.ts';
import { env } from '../../runtime/env.ts';
import { http } from '../../runtime/http.ts';
import { doctor } from './doctor.ts';
import type { Uses } from './uses.ts';

/** Of these releases one was built, or nothing is said of names. */
const lookedThrough = 5;

function real(tableName: string, examiner: string): Uses {
  return {
    findRegistry: () => findRegistry(tableName),
    listHalts: () => listHalts(tableName),
    hasRepository,
    findProject,
    buildQuotas: () => serviceQuotas('codebuild'),
    functionConcurrency,
    newestConfiguration: async (application) => {
      const [newest] = await listReleases(tableName, application, 1);
      return newest === undefined ? undefined : (await findRelease(tableName, newest))?.configuration;
    },
    newestTemplates: async (application) => {
      const releases = await Promise.all((await listReleases(tableName, application, lookedThrough)).map((id) => findRelease(tableName, id)));
      const built = releases.find((release) => release?.artifact !== undefined && release.configuration !== undefined);
      const { artifact, configuration } = built ?? {};
      if (artifact === undefined || configuration === undefined) return [];
      const templates = templatesAtHome(artifact);
      const texts = await Promise.all(templates.map(async ({ key }) => [key, Buffer.from(await readObject(artifact.bucket, key)).toString()] as const));
      return templateUses(application, configuration, { templates }, new Map(texts));
    },
    examinePlace: async (place, environment) => {
      const asked: ExamineTargets = { places: [place], environment };
      return ExaminedTargets.parse(await askFunction(examiner, asked)).findings[0] ?? [];
    },
  };
}

export const handler = http({
  name: 'doctor',
  application: () => {
    const { TABLE_NAME, EXAMINE_TARGETS_FUNCTION, BUILD_PROJECT_PREFIX } = env('TABLE_NAME', 'EXAMINE_TARGETS_FUNCTION', 'BUILD_PROJECT_PREFIX');
    return commands().post('/doctor', async (c) => c.json(await doctor(real(TABLE_NAME, EXAMINE_TARGETS_FUNCTION), BUILD_PROJECT_PREFIX, await parsed(c, DoctorRequest))));
  },
});
