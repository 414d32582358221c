import type { Trial } from '../../aws/trial-session.ts';
import type { Credentials } from '../../aws/sts.ts';
import type { Finding, FindingGroup } from '../../contracts/doctor.ts';
import type { TargetRecord } from '../../contracts/plan.ts';
import { lastExecuted } from '../../domain/doctor/last-executed.ts';
import { configRecords, trailLogs } from '../../domain/doctor/remarks.ts';
import { canaryText } from '../../domain/doctor/session.ts';
import { artifactsReadable, demandsExternalId, demandsRightExternalId, eventsArrive, type Place, planRole, type Refusal, roomForStacks } from '../../domain/doctor/target-checks.ts';
import { AccessDeniedError } from '../../domain/errors.ts';
import { examine } from './examine.ts';
import type { Uses } from './uses.ts';

/** What every target needs alike, asked for once. */
export interface Shared {
  canary(): Promise<void>;
  deployed(): Promise<TargetRecord[]>;
}

/** Close to the right one, so that a trust that takes a pattern is found out. */
const wrong = (externalId: string) => `${externalId.slice(0, 1200)}-wrong`;

/** One account in one Region. The session is tried first; what needs it and cannot have it says so. */
export async function examinePlace(uses: Uses, shared: Shared, place: Place, environment: string): Promise<Finding[]> {
  const { account, region, externalId } = place;
  const trial = uses.asARelease(place, environment);
  const refusal = async (withThis: Promise<boolean>): Promise<Refusal> => {
    const [right, it] = await Promise.all([allowed(trial), withThis]);
    return { withRight: right, withThis: it };
  };
  const inside = <T>(look: (session: Credentials) => Promise<T>) => async () => look(await sessionOf(trial));
  return await Promise.all([
    examine(planRole, place, () => trial),
    examine(demandsExternalId, place, () => refusal(uses.asAStranger(account))),
    examine(demandsRightExternalId, place, () => refusal(uses.asAStranger(account, wrong(externalId)))),
    examine(artifactsReadable, place, inside(async (session) => {
      await shared.canary();
      const answer = await uses.readCanary(session);
      return 'refused' in answer ? answer : { read: answer.text === canaryText };
    })),
    examine(roomForStacks, place, inside((session) => uses.countStacks(session, region))),
    examine(eventsArrive, place, async () => {
      const [seenAt, records] = await Promise.all([uses.lastEvent(place), shared.deployed()]);
      return { seenAt, executed: lastExecuted(records, place) };
    }),
    examine(trailLogs, place, inside((session) => uses.trailIsLogging(session, region))),
    examine(configRecords, place, inside((session) => uses.configIsRecording(session, region))),
  ]);
}

/** Whoever cannot even ask has not been let in; the check of the role itself says why. */
const allowed = async (trial: Promise<Trial>): Promise<boolean> => await trial.then((it) => it.allowed, () => false);

async function sessionOf(trial: Promise<Trial>): Promise<Credentials> {
  const it = await trial.catch(() => undefined);
  if (it?.allowed !== true) throw new AccessDeniedError('it needs the plan role');
  return it.credentials;
}

export const groupOf = (environment: string, target: string, { account, region }: Place, findings: Finding[]): FindingGroup => ({
  about: `target ${target} of ${environment}: ${account}, ${region}`,
  findings,
});
