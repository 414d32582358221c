import type { Outcome } from '../contracts/outcome.ts';
import type { Deployed, Removed, TargetRecord } from '../contracts/plan.ts';
import type { Release, ResolvedEnvironment, Target } from '../contracts/release.ts';
import type { CloseTarget } from '../contracts/tasks.ts';
import { outcomeOf, sentenceOf } from './caught.ts';
import { deployedIn } from './deployed-in.ts';

interface Facts {
  readonly release: Release;
  readonly environment: Pick<ResolvedEnvironment, 'name' | 'registered'>;
  readonly target: Target;
  readonly record: TargetRecord | undefined;
  readonly input: Pick<CloseTarget, 'outcome' | 'clean' | 'halted' | 'reason' | 'error'>;
  readonly fence: number;
  readonly now: Date;
}

interface Ended {
  readonly state: 'ended';
  readonly outcome: Outcome;
  readonly clean: boolean;
  readonly halted?: boolean;
  readonly reason?: string | undefined;
  readonly updatedAt: string;
}

interface Closing {
  readonly ended: Ended;
  readonly deployed?: Deployed;
  readonly removed?: Removed;
  /** What was adopted is deployed to, so it is the application's now. */
  readonly takenOver?: boolean;
}

/** What outlives its stack is said where people look. */
const stays = (kept: readonly string[] = []): string | undefined => (kept.length === 0 ? undefined : `Left behind, as their DeletionPolicy says: ${kept.join(', ')}.`);

/** What is written when a target ends: its own row, and what runs there now if it was deployed or removed. */
export function closing({ release, environment, target, record, input, fence, now }: Facts): Closing {
  const at = now.toISOString();
  const outcome = input.outcome ?? (input.error === undefined ? 'failed' : outcomeOf(input.error));
  const given = input.reason === undefined || input.reason === '' ? undefined : input.reason;
  const reason = given ?? (input.error === undefined ? (outcome === 'removed' ? stays(record?.kept) : undefined) : sentenceOf(input.error));
  // An error before CloudFormation was asked left everything as it was.
  const clean = input.clean ?? (record?.executed !== true && record?.state !== 'executing');
  const ended = { state: 'ended', outcome, clean, ...(input.halted === true ? { halted: true } : {}), ...(outcome === 'deployed' || reason === undefined ? {} : { reason }), updatedAt: at } as const;
  if (outcome === 'removed') return { ended, removed: { application: release.application, environment: environment.name, target: target.name, release: release.id, sequence: release.sequence, at } };
  // What the first creation of a branch's stack left goes with the branch, so it must be found then.
  const broken = outcome !== 'deployed' && environment.registered !== undefined && release.mode === 'deploy' && record?.executed === true && record.createdShell === true;
  if (outcome !== 'deployed' && !broken) return { ended };
  return {
    ended,
    ...(outcome === 'deployed' && record?.takesOver !== undefined ? { takenOver: true } : {}),
    deployed: {
      ...deployedIn(release, environment, target),
      ...(broken ? { broken } : {}),
      ...(record?.stackArn === undefined ? {} : { stackArn: record.stackArn }),
      fence,
      deployedAt: at,
      outputs: record?.outputs ?? {},
      steps: record?.steps,
    },
  };
}
