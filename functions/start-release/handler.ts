import { endBranchEnvironment, removeBranchEnvironment } from '../../aws/branch-ends.ts';
import { readBranchEnvironment } from '../../aws/branch-environments.ts';
import { branchHead, readCommit, tagCommit } from '../../aws/codecommit.ts';
import { listDeployed } from '../../aws/deployed.ts';
import { differs } from '../../aws/differences.ts';
import { startRelease } from '../../aws/executions.ts';
import { nextSequence, readHead, restHead, writeRelease } from '../../aws/heads.ts';
import { mergedBranches } from '../../aws/pull-requests.ts';
import { findRegistry } from '../../aws/registry.ts';
import { findRelease, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { BranchEvent } from '../../contracts/source-events.ts';
import { listener } from '../../runtime/listener.ts';
import { branchMerged, branchReleaseEnded, startReleases } from './events.ts';
import type { BranchUses } from './uses.ts';

const real: BranchUses = {
  findRelease, updateRelease, findRegistry, branchHead, tagCommit, differs, readCommit, readHead, nextSequence, writeRelease, startRelease, report,
  restHead, mergedBranches, listDeployed, readBranchEnvironment, endBranchEnvironment, removeBranchEnvironment,
  now: () => new Date(),
};

/** Each kind of event has its own way. */
export async function handle(uses: BranchUses, event: BranchEvent): Promise<void> {
  switch (event['detail-type']) {
    case 'CodeCommit Repository State Change':
      await startReleases(uses, event);
      return;
    case 'CodeCommit Pull Request State Change':
      await branchMerged(uses, event);
      return;
    case 'Drawbridge Report':
      await branchReleaseEnded(uses, event);
  }
}

export const handler = listener({ name: 'start-release', event: BranchEvent, run: (event) => handle(real, event) });
