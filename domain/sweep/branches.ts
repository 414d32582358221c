import type { Outcome } from '../../contracts/outcome.ts';
import { isOver } from '../branch-life.ts';
import { isWanted, nextOfBranch } from '../branch-next.ts';
import { planBranchPrefix } from '../release-id.ts';
import { wasAnswered } from '../removal/release.ts';
import type { SeenBranch } from './seen.ts';
import { olderThan } from './young.ts';

export type BranchRemedy =
  /** `pushed`, `deleted`, `ended`: the event that was lost. */
  | { readonly kind: 'wake'; readonly because: 'pushed' | 'deleted'; readonly application: string; readonly repository: string; readonly branch: string }
  | { readonly kind: 'wake'; readonly because: 'ended'; readonly application: string; readonly repository: string; readonly branch: string; readonly release: string }
  | { readonly kind: 'end-environment'; readonly application: string; readonly environment: string; readonly branch: string };

/** A removal that AWS refused, or that was halted or called off, is asked for again once a day: by then a person may have put right what was in the way. */
const againSeconds = 24 * 3600;
const inTheWay: readonly (Outcome | undefined)[] = ['failed', 'frozen', 'cancelled'];

/**
 * A removal that goes on, or that something stood in the way of a while ago only, is left alone, and so is what a person
 * was asked about and has answered. One whose execution is gone is none of these.
 */
function isCaredFor({ removal, disposable }: SeenBranch, now: Date): boolean {
  if (removal === undefined) return false;
  if (removal.state === 'running') return removal.execution !== 'over';
  if (!disposable && wasAnswered(removal.outcome)) return true;
  return inTheWay.includes(removal.outcome) && !olderThan(removal.createdAt, againSeconds, now);
}

/** Was a push lost? The environments that take the branch have not had where it stands. */
function isUnreleased({ branch, commit, taken, head, concerned }: SeenBranch): boolean {
  if (commit === undefined || !taken || branch.startsWith(planBranchPrefix)) return false;
  return head === undefined || ((head.uploaded || head.commit !== commit) && concerned);
}

/** A release that is newer than the row has not come so far as to take it up. */
const newIsOnItsWay = ({ head, row }: SeenBranch): boolean => head !== undefined && row !== undefined && head.running && head.sequence > row.sequence;

/** What brings a branch and its environment together again, or `undefined` when they are, or something on its way brings them. */
export function branchRemedy(seen: SeenBranch, now: Date): BranchRemedy | undefined {
  const { application, repository, branch, commit, stands, head, row } = seen;
  const where = { application, repository, branch };
  if (isUnreleased(seen)) return { kind: 'wake', because: 'pushed', ...where };
  // What is on its way looks for this mark before it deploys.
  if (commit === undefined && head?.running === true && head.rests?.because !== 'deleted') return { kind: 'wake', because: 'deleted', ...where };
  if (row === undefined) return undefined;
  if (isWanted(stands, head?.rests) && seen.disposable && isOver(row, now) && !newIsOnItsWay(seen)) return { kind: 'end-environment', application, environment: row.name, branch };
  const step = nextOfBranch({ row, commit: stands, head, deployed: seen.deployed, disposable: seen.disposable });
  if (step === 'nothing' || (step === 'release' && !seen.taken)) return undefined;
  if (step === 'remove' && isCaredFor(seen, now)) return undefined;
  return commit === undefined ? { kind: 'wake', because: 'deleted', ...where } : { kind: 'wake', because: 'ended', ...where, release: row.release };
}

/** Environments of branches whose time is up but that no machine may remove, and removals that AWS refused: for people. */
export function branchRemark({ application, row, disposable, removal }: SeenBranch, now: Date): string | undefined {
  if (row === undefined || row.state === 'removed') return undefined;
  if (!disposable) {
    const why = isOver(row, now) ? 'its time is over' : removal?.state === 'ended' ? `its removal ${removal.release} ended as ${removal.outcome ?? ''}` : undefined;
    return why === undefined ? undefined : `${row.name} of ${application}: ${why}, and ${row.registered} is not registered as disposable any more. "drawbridge remove ${application} ${row.name}" asks whether it may go.`;
  }
  if (row.state !== 'removing' || removal?.state !== 'ended' || !inTheWay.includes(removal.outcome)) return undefined;
  return `${row.name} of ${application}: its removal ${removal.release} ended as ${removal.outcome ?? ''}. "drawbridge show ${removal.release}" says what is in the way; it is tried again once a day.`;
}
