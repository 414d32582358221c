import type { Trial } from '../../aws/trial-session.ts';
import type { Credentials } from '../../aws/sts.ts';
import type { Finding } from '../../contracts/doctor.ts';
import { type EventFact, eventsArrive } from '../../domain/doctor/events-arrive.ts';
import { configRecords, trailLogs } from '../../domain/doctor/remarks.ts';
import { canaryText } from '../../domain/doctor/session.ts';
import { artifactsReadable, demandsExternalId, demandsRightExternalId, type Place, planRole, type Refusal, roomForStacks } from '../../domain/doctor/target-checks.ts';
import { AccessDeniedError } from '../../domain/errors.ts';
import { examine } from '../../runtime/examine.ts';
import type { Uses } from './uses.ts';

/** Close to the right one, so that a trust that takes a pattern is found out. */
const wrong = (externalId: string) => `${externalId.slice(0, 1200)}-wrong`;

/** One account in one Region. The session is tried first; what needs it and cannot have it says so. */
export async function examinePlace(uses: Uses, place: Place, environment: string, patienceSeconds: number): Promise<Finding[]> {
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
    examine(artifactsReadable, place, !uses.hasArtifactBucket(region) ? () => Promise.resolve('no bucket' as const) : inside(async (session) => {
      await uses.writeCanary(region);
      const answer = await uses.readCanary(session, region);
      return 'refused' in answer ? answer : { read: answer.text === canaryText };
    })),
    examine(roomForStacks, place, inside((session) => uses.countStacks(session, region))),
    examine(eventsArrive, place, inside(async (session) => ({ canary: await flyCanary(uses, place, session, patienceSeconds), patienceSeconds, seenAt: (await uses.lastEvents(place)).seenAt }))),
    examine(trailLogs, place, inside((session) => uses.trailIsLogging(session, region))),
    examine(configRecords, place, inside((session) => uses.configIsRecording(session, region))),
  ]);
}

/** Sends a test event and waits for it at the other end. */
async function flyCanary(uses: Uses, place: Place, session: Credentials, patienceSeconds: number): Promise<EventFact['canary']> {
  const sentAt = uses.now().toISOString();
  if (!(await uses.sendCanary(session, place.region, sentAt))) return 'untried';
  for (let waited = 0; waited < patienceSeconds * 1000; waited += 500) {
    await uses.pause(500);
    // A later one proves the way too.
    if (((await uses.lastEvents(place)).canarySentAt ?? '') >= sentAt) return 'arrived';
  }
  return 'lost';
}

/** Whoever cannot even ask has not been let in; the check of the role itself says why. */
const allowed = async (trial: Promise<Trial>): Promise<boolean> => await trial.then((it) => it.allowed, () => false);

async function sessionOf(trial: Promise<Trial>): Promise<Credentials> {
  const it = await trial.catch(() => undefined);
  if (it?.allowed !== true) throw new AccessDeniedError('it needs the plan role');
  return it.credentials;
}
