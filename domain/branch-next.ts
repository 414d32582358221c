import type { BranchEnvironment, Rest } from '../contracts/branch-environment.ts';

export interface BranchStanding {
  readonly row: Pick<BranchEnvironment, 'state' | 'sequence'>;
  /** Where the branch stands now, or `undefined` when there is none. */
  readonly commit: string | undefined;
  /** What was last released from the branch, and whether it is to stay without its environment. */
  readonly head: { readonly sequence: number; readonly rests?: Rest | undefined } | undefined;
  /** Something of the environment is deployed, or was left half made. */
  readonly deployed: boolean;
  /** What it is an instance of is registered as disposable now. */
  readonly disposable: boolean;
}

/** `end`: take it out of use and remove what is there. `close`: nothing is there, so it only has to be noted. */
export type BranchStep = 'nothing' | 'release' | 'end' | 'remove' | 'close';

/** Is a branch to have its environment? Not when it is gone, and not while it stands where it was merged or stopped. */
export const isWanted = (commit: string | undefined, rests: Rest | undefined): boolean => commit !== undefined && !(rests?.because === 'ended' && rests.commit === commit);

/** Does it keep a release of this commit from its environment? */
export const restsAt = (rests: Rest | undefined, commit: string): boolean => rests !== undefined && (rests.because === 'deleted' || rests.commit === commit);

/** For a sentence. */
export const restReason = (branch: string, rests: Rest | undefined): string => `The branch ${branch} ${rests?.because === 'deleted' ? 'was deleted' : 'was merged, or its environment was ended'} before this release came so far.`;

/**
 * What brings the environment to what the branch says, from wherever it stands. Pushes, deletions and removals may end in
 * any order, so this is asked again whenever one of them has ended, and it never looks at what it was woken by.
 */
export function nextOfBranch({ row, commit, head, deployed, disposable }: BranchStanding): BranchStep {
  // No release may have it any more, so it is over as soon as nothing is there, whatever the branch says.
  if (!disposable && !deployed) return row.state === 'removed' ? 'nothing' : 'close';
  if (isWanted(commit, head?.rests)) {
    if (row.state === 'live') return 'nothing';
    // A release that is newer than the end is on its way.
    return head !== undefined && head.sequence > row.sequence ? 'nothing' : 'release';
  }
  if (row.state === 'live') return 'end';
  // An older release was past its last look when the environment ended.
  if (deployed) return 'remove';
  return row.state === 'removed' ? 'nothing' : 'close';
}
