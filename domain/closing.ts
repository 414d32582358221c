import type { Outcome } from '../contracts/outcome.ts';
import type { Deployed, TargetRecord } from '../contracts/plan.ts';
import type { Release, Target } from '../contracts/release.ts';
import type { CloseTarget } from '../contracts/tasks.ts';
import { outcomeOf, sentenceOf } from './caught.ts';

interface Facts {
  readonly release: Release;
  readonly environment: string;
  readonly target: Target;
  readonly record: TargetRecord | undefined;
  readonly input: Pick<CloseTarget, 'outcome' | 'clean' | 'reason' | 'error'>;
  readonly fence: number;
  readonly now: Date;
}

interface Ended {
  readonly state: 'ended';
  readonly outcome: Outcome;
  readonly clean: boolean;
  readonly reason?: string | undefined;
  readonly updatedAt: string;
}

/** What is written when a target ends: its own row, and what runs there now if it was deployed. */
export function closing({ release, environment, target, record, input, fence, now }: Facts): { readonly ended: Ended; readonly deployed: Deployed | undefined } {
  const at = now.toISOString();
  const outcome = input.outcome ?? (input.error === undefined ? 'failed' : outcomeOf(input.error));
  const given = input.reason === undefined || input.reason === '' ? undefined : input.reason;
  const reason = given ?? (input.error === undefined ? undefined : sentenceOf(input.error));
  // An error before CloudFormation was asked left everything as it was.
  const clean = input.clean ?? (record?.executed !== true && record?.state !== 'executing');
  const ended = { state: 'ended', outcome, clean, ...(outcome === 'deployed' || reason === undefined ? {} : { reason }), updatedAt: at } as const;
  if (outcome !== 'deployed') return { ended, deployed: undefined };
  return {
    ended,
    deployed: {
      application: release.application,
      environment,
      target: target.name,
      account: target.account,
      region: target.region,
      stackName: target.stackName,
      release: release.id,
      commit: release.commit,
      branch: release.branch,
      tag: release.tag,
      sequence: release.sequence,
      fence,
      deployedAt: at,
      outputs: record?.outputs ?? {},
      steps: record?.steps,
    },
  };
}
