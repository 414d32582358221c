import type { findAdoption } from '../../aws/adoptions.ts';
import type { DescribedStack } from '../../aws/cloudformation.ts';
import type { readDeployed } from '../../aws/deployed.ts';
import type { Release, Target } from '../../contracts/release.ts';
import { type Claim, claimOn } from '../../domain/adoption.ts';
import { isTaggedFor } from '../../domain/owner-tags.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import type { Treatment } from '../../domain/stack-status.ts';

interface Uses {
  readonly readDeployed: typeof readDeployed;
  readonly findAdoption: typeof findAdoption;
}

interface Found {
  readonly release: Release;
  readonly environment: string;
  readonly target: Target;
  readonly stack: DescribedStack;
  readonly treatment: Treatment;
}

/** May the release deploy to the stack that is there? Our rows are read only where its tags do not say so already. */
export async function claim(uses: Uses, tableName: string, { release, environment, target, stack, treatment }: Found): Promise<Claim> {
  const { branch, targets } = findEnvironment(release, environment);
  const owned = { application: release.application, environment, branch };
  const tagged = isTaggedFor(stack.tags, owned);
  return claimOn({
    release: release.id,
    owned,
    target,
    stack,
    stillborn: treatment === 'remove-first',
    ambiguous: targets.some((it) => it.name !== target.name && it.stackName === target.stackName),
    deployed: tagged ? undefined : await uses.readDeployed(tableName, release.application, environment, target.name),
    adoption: tagged ? undefined : await uses.findAdoption(tableName, target),
  });
}
