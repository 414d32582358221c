import type { Approval } from '../contracts/approval.ts';
import type { Outcome } from '../contracts/outcome.ts';
import type { TargetRecord } from '../contracts/plan.ts';
import type { Release } from '../contracts/release.ts';

interface Ended {
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  readonly halted?: true | undefined;
}

interface Facts {
  readonly mode: Release['mode'];
  readonly records: readonly TargetRecord[];
  readonly approval: Approval | undefined;
  /** Why the risk rules refuse it, where they do. */
  readonly refusal?: string | undefined;
  /** The sentence of the error that stopped the environment. */
  readonly error?: string | undefined;
}

/** The worst that happened to a target names the environment's outcome. */
const worstFirst: readonly Outcome[] = ['failed', 'rolled-back', 'frozen', 'cancelled', 'superseded', 'stale'];

const spoken: Readonly<Partial<Record<Approval['state'], (approval: Approval) => string>>> = {
  rejected: ({ votes }) => {
    const vote = votes.findLast(({ decision }) => decision === 'reject');
    return vote === undefined ? 'Rejected.' : `Rejected by ${vote.approver}${vote.reason === '' ? '.' : `: ${vote.reason}`}`;
  },
  expired: ({ expiresAt }) => `Nobody decided until ${expiresAt}. Retry the release to ask again.`,
  superseded: ({ supersededBy, overtaken }) => overtaken ?? (supersededBy === undefined ? 'A newer release took its place.' : `The newer release ${supersededBy} took its place.`),
  cancelled: () => 'The release was cancelled.',
};

/** How an environment ended, and why, in one sentence. */
export function environmentOutcome({ mode, records, approval, refusal, error }: Facts): Ended {
  if (error !== undefined) return { outcome: 'failed', reason: error };
  for (const outcome of worstFirst) {
    const worst = records.find((record) => record.outcome === outcome);
    if (worst === undefined) continue;
    const alone = outcome === 'frozen' && records.every((record) => record.outcome !== 'frozen' || record.halted === true);
    return { outcome, reason: worst.reason === undefined ? undefined : `${worst.target}: ${worst.reason}`, ...(alone ? { halted: true } : {}) };
  }
  if (records.length > 0 && records.every(({ outcome }) => outcome === 'no-changes')) return { outcome: 'no-changes' };
  if (records.length > 0 && records.every(({ outcome }) => outcome === 'removed')) return { outcome: 'removed', ...keptBy(records) };
  if (records.some(({ outcome }) => outcome === 'deployed') && records.every(({ state }) => state === 'ended')) return { outcome: 'deployed' };
  if (mode === 'plan') return { outcome: 'planned' };
  if (refusal !== undefined) return { outcome: 'rejected', reason: refusal };
  const say = approval === undefined ? undefined : spoken[approval.state];
  if (approval !== undefined && say !== undefined && (approval.state === 'rejected' || approval.state === 'expired' || approval.state === 'superseded' || approval.state === 'cancelled')) {
    return { outcome: approval.state, reason: say(approval) };
  }
  return { outcome: 'failed', reason: `${unfinished(records)} broke off before the end. The log of its execution says where; then retry the release.` };
}

/** What outlives a removal is said with it. */
const keptBy = (records: readonly TargetRecord[]): { readonly reason?: string } => {
  const reasons = records.flatMap(({ reason, target }) => (reason === undefined ? [] : [records.length === 1 ? reason : `${target}: ${reason}`]));
  return reasons.length === 0 ? {} : { reason: reasons.join(' ') };
};

const unfinished = (records: readonly TargetRecord[]) => records.filter(({ state }) => state !== 'ended').map(({ target }) => target).join(', ') || 'Planning';
