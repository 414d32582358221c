import type { noteExamined } from '../../aws/examined.ts';
import type { findRelease } from '../../aws/releases.ts';
import type { report } from '../../aws/reports.ts';
import type { ExaminedTargets, ExamineTargets } from '../../contracts/doctor.ts';
import { patienceSeconds } from '../../domain/doctor/events-arrive.ts';
import { firstLook } from '../../domain/doctor/first-look.ts';
import { DeploymentFailedError } from '../../domain/errors.ts';
import { examinePlace } from './place.ts';
import type { Uses } from './uses.ts';

export interface Records {
  readonly findRelease: typeof findRelease;
  readonly noteExamined: typeof noteExamined;
  readonly report: typeof report;
}

/** Looks at accounts for the doctor, or before the first release into them: then what is wrong ends the planning, before anything was touched. */
export async function examineTargets(uses: Uses & Records, where: { tableName: string; busName: string }, { places, environment, release: id }: ExamineTargets): Promise<ExaminedTargets> {
  const patience = id === undefined ? patienceSeconds.doctor : patienceSeconds.release;
  const findings = await Promise.all(places.map((place) => examinePlace(uses, place, environment, patience)));
  if (id === undefined) return { findings };
  const looks = places.map((place, index) => ({ place, ...firstLook(place, environment, findings[index] ?? []) }));
  for (const { place, wrong } of looks) if (wrong === undefined) await uses.noteExamined(where.tableName, place, uses.now());
  const release = await uses.findRelease(where.tableName, id);
  for (const { says, wrong } of looks) {
    if (wrong !== undefined) throw new DeploymentFailedError(wrong);
    if (release !== undefined) await uses.report(where, { kind: 'started', about: 'environment', release: id, application: release.application, environment, text: says }, uses.now());
  }
  return { findings };
}
