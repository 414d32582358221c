import type { Halt } from '../contracts/halt.ts';
import type { Outcome } from '../contracts/outcome.ts';
import type { Deployed, Removed, RevisionPlan, TargetRecord } from '../contracts/plan.ts';
import type { Release, Target } from '../contracts/release.ts';
import { type ChangeSetAnswer } from './change-set-answer.ts';
import type { Gate } from './gate.ts';
import { haltSentence } from './halt.ts';
import { covers } from './judge.ts';
import { placeOf } from './lookups.ts';
import { cancelledSentence } from './may-begin.ts';
import type { GroupLook } from './revision-plan.ts';

interface Closed {
  readonly answer: 'close';
  readonly outcome: Outcome;
  readonly reason: string;
  readonly halted?: true;
}
export type Check = { readonly answer: 'execute' } | Closed;
/** Of a deployment group, which goes another way. */
export type GroupCheck = { readonly answer: 'deploy' } | Closed;
/** Where the stack does not change, the steps after it are all there is to do. */
export type StepsCheck = { readonly answer: 'steps' } | Closed;

interface Checked {
  readonly sequence: number;
  readonly record: Pick<TargetRecord, 'state' | 'digest'> | undefined;
  readonly deployed: Pick<Deployed, 'sequence' | 'release'> | undefined;
  /** What was removed here last. */
  readonly removed?: Pick<Removed, 'sequence' | 'release'> | undefined;
  /** Why the branch's environment is not for this release any more. */
  readonly overtaken?: string | undefined;
  readonly refusal: string | undefined;
  readonly cancelled?: Release['cancelled'];
  readonly halt?: Halt | undefined;
  readonly gate: Pick<Gate, 'verdict' | 'demanded' | 'atLeast'>;
  readonly approval: Parameters<typeof covers>[0];
  readonly environmentDigest: string | undefined;
}

const close = (outcome: Outcome, reason: string): Closed => ({ answer: 'close', outcome, reason });

/** What our own records say, before the target is asked. Held under the lock, so nobody else moves this target meanwhile. */
export function checkRecords({ sequence, record, deployed, removed, overtaken, refusal, cancelled, halt, gate, approval, environmentDigest }: Checked): Check {
  if (record?.digest === undefined || (record.state !== 'planned' && record.state !== 'executing')) return close('stale', 'The plan is not the newest one of this target. It is planned again.');
  if (deployed !== undefined && deployed.sequence > sequence) return close('superseded', `The newer release ${deployed.release} is deployed here already. An older commit never overtakes a newer one.`);
  if (removed !== undefined && removed.sequence > sequence) return close('superseded', `The newer release ${removed.release} removed it. An older commit never brings it back.`);
  if (overtaken !== undefined) return close('superseded', overtaken);
  if (cancelled !== undefined) return close('cancelled', cancelledSentence(cancelled));
  if (refusal !== undefined) return close('frozen', `The registered environments changed since: ${refusal}. Retry the release to resolve it anew.`);
  if (gate.verdict === 'refuse') return close('frozen', 'A risk rule that was registered meanwhile refuses this. Retry the release to judge it anew.');
  if (halt !== undefined) return { ...close('frozen', haltSentence(halt)), halted: true };
  if (gate.demanded && !covers(approval, environmentDigest, gate.atLeast)) return close('stale', 'What was approved is not what is planned now. It is planned and asked again.');
  return { answer: 'execute' };
}

/** Somebody took back that the stack may be taken over. */
export const checkAdoption: Closed = close('stale', 'Somebody took back that it may take over the stack. It is planned again.');

/** What the target says: the change set must be there still, executable, and of equal content. */
export function checkChangeSet(answer: ChangeSetAnswer, planned: string | undefined, found: string | undefined): Check {
  if (answer !== 'ready') return close('stale', 'The change set that was approved is not executable any more: something else changed the stack. It is planned again.');
  if (planned !== found) return close('stale', 'The change set is not what was planned. It is planned again.');
  return { answer: 'execute' };
}

/** Where the stack does not change: it must be what it was, for its outputs are what the steps take. */
export function checkSteps(planned: string | undefined, found: string | undefined): StepsCheck {
  return planned === found ? { answer: 'steps' } : close('stale', 'The stack, or what was done after it, is not what it was when the steps were planned. It is planned again.');
}

/** What the target says: the group must be as it was when this was planned, and not have the revision by now. */
export function checkRevision(planned: string | undefined, found: Pick<RevisionPlan, 'digest' | 'revision'>, group: Pick<GroupLook, 'settled'>): GroupCheck {
  if (planned !== found.digest) return close('stale', 'Something else was deployed to the group since this was planned. It is planned again.');
  // It was planned while another release moved the group; what became of that is looked at without the lock.
  if (found.revision.before === found.revision.after && group.settled) return close('stale', 'The revision is there already. It is looked at again.');
  return { answer: 'deploy' };
}

type Looked = Pick<Target, 'lookups' | 'account' | 'accountName' | 'region'>;

/** What is looked up: a value that is another one by now would be deployed as the old one. */
export function checkLookups({ lookups = {}, ...target }: Looked, planned: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>): Check {
  const changed = Object.entries(lookups).find(([name]) => planned[name] !== found[name]);
  return changed === undefined ? { answer: 'execute' } : close('stale', `${placeOf(changed[1], target)}, which ${changed[0]} is taken from, changed since this was planned. It is planned again.`);
}
