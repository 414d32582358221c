import { findApproval, listWaiting, writeApproval } from '../../aws/approvals.ts';
import { endBranchEnvironment } from '../../aws/branch-ends.ts';
import { listBranchEnvironments, readBranchEnvironment } from '../../aws/branch-environments.ts';
import { leaveBuildLine, readBuildLine } from '../../aws/build-line.ts';
import { closeUnderLock } from '../../aws/close.ts';
import { branchHead, listBranches } from '../../aws/codecommit.ts';
import { listDeployed } from '../../aws/deployed.ts';
import { differs } from '../../aws/differences.ts';
import { endGoneEnvironment, endRelease } from '../../aws/end-release.ts';
import { executionStands, startRelease } from '../../aws/executions.ts';
import { listHeads, listReleases, readHead, restHead } from '../../aws/heads.ts';
import { askFunction, handOver } from '../../aws/invoke.ts';
import { dequeue, freeLock, readLock, waiters } from '../../aws/locks.ts';
import { keepLeft, listLeft } from '../../aws/left.ts';
import { removeOrphans } from '../../aws/orphans.ts';
import { findRegistry } from '../../aws/registry.ts';
import { findRelease, listEnvironments, listTargets } from '../../aws/releases.ts';
import { readRemovalRow } from '../../aws/removals.ts';
import { report } from '../../aws/reports.ts';
import { tellSweep } from '../../aws/sweeps.ts';
import { completeWait } from '../../aws/waits.ts';
import { withdrawQuestion } from '../../aws/withdraw.ts';

export const real = {
  findRegistry, listBranches, branchHead, differs, listHeads, listBranchEnvironments, listDeployed, listReleases, findRelease, listEnvironments, listTargets, readRemovalRow, executionStands, listWaiting, readLock, waiters, readBuildLine, listLeft,
  handOver, askFunction, removeOrphans, keepLeft, endBranchEnvironment, readBranchEnvironment, readHead, restHead, startRelease, endRelease, endGoneEnvironment, findApproval, writeApproval, withdrawQuestion, completeWait, closeUnderLock, freeLock, dequeue, leaveBuildLine, report, tellSweep,
  now: () => new Date(),
};
