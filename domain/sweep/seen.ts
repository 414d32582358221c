import type { Approval } from '../../contracts/approval.ts';
import type { BranchEnvironment, Rest } from '../../contracts/branch-environment.ts';
import type { Release } from '../../contracts/release.ts';

/** What a sweep looks at, as it was found. All of it may be different a moment later: whoever acts on it says so as a condition. */

/** How an execution stands. `missing`: Step Functions does not know it, never did or not any more. */
export type Execution = 'runs' | 'over' | 'missing';

export interface SeenRemoval {
  readonly release: string;
  readonly state: Release['state'];
  readonly outcome?: Release['outcome'];
  readonly createdAt: string;
  readonly execution: Execution;
}

/** A branch of an application that is there now, was released, or has an environment. */
export interface SeenBranch {
  readonly application: string;
  readonly repository: string;
  readonly branch: string;
  /** Where it stands, or `undefined` when there is none. */
  readonly commit?: string | undefined;
  /** The same for its environment: where it rests, as long as nothing of the application changed since. */
  readonly stands?: string | undefined;
  /** Some registered environment takes its releases. */
  readonly taken: boolean;
  /** Something changed in the application's paths since it was last released from here. */
  readonly concerned: boolean;
  readonly head?: { readonly commit: string; readonly sequence: number; readonly rests?: Rest | undefined; readonly uploaded: boolean; readonly running: boolean } | undefined;
  readonly row?: BranchEnvironment | undefined;
  /** Something of its environment is deployed, or was left half made. */
  readonly deployed: boolean;
  /** What its environment is an instance of is registered as disposable now. */
  readonly disposable: boolean;
  /** The newest removal of its environment. */
  readonly removal?: SeenRemoval | undefined;
}

/** A release that has not said how it ended. */
export interface SeenRelease {
  readonly release: Pick<Release, 'id' | 'application' | 'attempt' | 'createdAt'>;
  readonly execution: Execution;
}

/** A question that waits. */
export interface SeenQuestion {
  readonly approval: Pick<Approval, 'id' | 'release' | 'application' | 'environment' | 'expiresAt'>;
  readonly released: Release['state'] | undefined;
  /** Why the branch's environment that it asks about is not for its release any more. */
  readonly overtaken?: string | undefined;
  /** Of the execution that asked. */
  readonly execution: Execution;
}

export interface StackPlace {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

export interface SeenLock {
  readonly place: StackPlace;
  readonly fence: number;
  readonly owner?: { readonly execution: string; readonly stands: Execution } | undefined;
  /** Those who stand in line for it. */
  readonly line: readonly { readonly execution: string; readonly stands: Execution }[];
}

/** Who stands in line for a free build. */
export interface SeenBuildWaiter {
  readonly release: string;
  readonly attempt: number;
  readonly renewed: string;
  readonly execution: Execution;
}

export interface Seen {
  readonly branches: readonly SeenBranch[];
  readonly releases: readonly SeenRelease[];
  readonly questions: readonly SeenQuestion[];
  readonly locks: readonly SeenLock[];
  readonly builds: readonly SeenBuildWaiter[];
}
