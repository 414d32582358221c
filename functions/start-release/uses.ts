import type { endBranchEnvironment, removeBranchEnvironment } from '../../aws/branch-ends.ts';
import type { readBranchEnvironment } from '../../aws/branch-environments.ts';
import type { branchHead, readCommit, tagCommit } from '../../aws/codecommit.ts';
import type { listDeployed } from '../../aws/deployed.ts';
import type { differs } from '../../aws/differences.ts';
import type { startRelease } from '../../aws/executions.ts';
import type { nextSequence, readHead, restHead, writeRelease } from '../../aws/heads.ts';
import type { mergedBranches } from '../../aws/pull-requests.ts';
import type { findRegistry } from '../../aws/registry.ts';
import type { findRelease, updateRelease } from '../../aws/releases.ts';
import type { report } from '../../aws/reports.ts';

/** What a release of a branch or a tag is started with. */
export interface Uses {
  readonly findRelease: typeof findRelease;
  readonly updateRelease: typeof updateRelease;
  readonly findRegistry: typeof findRegistry;
  readonly branchHead: typeof branchHead;
  readonly tagCommit: typeof tagCommit;
  readonly differs: typeof differs;
  readonly readCommit: typeof readCommit;
  readonly readHead: typeof readHead;
  readonly nextSequence: typeof nextSequence;
  readonly writeRelease: typeof writeRelease;
  readonly startRelease: typeof startRelease;
  readonly report: typeof report;
  readonly now: () => Date;
}

/** And what an end of a branch, or of its environment, takes besides. */
export interface BranchUses extends Uses {
  readonly restHead: typeof restHead;
  readonly mergedBranches: typeof mergedBranches;
  readonly listDeployed: typeof listDeployed;
  readonly readBranchEnvironment: typeof readBranchEnvironment;
  readonly endBranchEnvironment: typeof endBranchEnvironment;
  readonly removeBranchEnvironment: typeof removeBranchEnvironment;
}
