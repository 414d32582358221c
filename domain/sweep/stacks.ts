import type { FoundStack } from '../../contracts/sweep.ts';
import { costDriver } from './cost.ts';
import { olderThan } from './young.ts';

/** A stack that only holds a change set which was never executed; a person may be thinking about it. */
const shellSeconds = 24 * 3600;

interface Knows {
  /** Registered environments of which something may be deployed without its being noted yet, and the branch environments that are there. */
  readonly environments: ReadonlySet<string>;
}

/**
 * What is to be said of a stack that is deployed by no release that is noted, or `undefined` when it is nobody's business yet.
 * @param account as `environments.yaml` calls it, or its id
 */
export function stackRemark({ stackName, status, createdAt, application, environment, types }: FoundStack, account: string, { environments }: Knows, now: Date): string | undefined {
  const where = `the stack ${stackName} in ${account}`;
  if (status === 'REVIEW_IN_PROGRESS') {
    return olderThan(createdAt, shellSeconds, now) ? `${where} was never made: it holds only a change set of ours, since ${createdAt.slice(0, 10)}. Delete it there; it costs nothing.` : undefined;
  }
  const whose = `${environment ?? 'some environment'} of ${application ?? 'some application'}`;
  const because = environments.has(`${application ?? ''} ${environment ?? ''}`) ? 'no release that is noted deployed it' : 'there is no such environment any more';
  return `${where} (${status}) is tagged as that of ${whose}, but ${because}. It holds ${costDriver(types)}.`;
}
