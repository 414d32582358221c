import type { Approval } from '../contracts/approval.ts';
import type { TargetRecord } from '../contracts/plan.ts';
import type { Release } from '../contracts/release.ts';
import { isApproved } from './approval.ts';
import { environmentDigest, nothing } from './digest.ts';
import type { Gate } from './gate.ts';

/** What follows for the environment. */
export type Step = 'nothing' | 'go' | 'ask' | 'refused' | 'failed' | 'planned';

interface Judged {
  /** Names of all targets of the environment. */
  readonly targets: readonly string[];
  /** The records of the attempt that is judged. */
  readonly records: readonly TargetRecord[];
  readonly mode: Release['mode'];
  readonly gate: Pick<Gate, 'verdict' | 'demanded' | 'atLeast'>;
  /** The last approval of the same release and environment. */
  readonly approval: Given | undefined;
}

type Given = Pick<Approval, 'state' | 'digest' | 'quorums' | 'votes' | 'breakGlass'>;

/** Was a yes given to exactly this, by as many as are asked for now? */
export const covers = (approval: Given | undefined, digest: string | undefined, atLeast: number): boolean =>
  approval?.state === 'approved' && approval.digest === digest && isApproved({ ...approval, atLeast });

/** What cannot be planned yet is no part of what is judged now; planned, it makes another digest, which is judged anew. */
function digestOfRecord({ outcome, state, digest }: TargetRecord): string | undefined {
  if (outcome === 'no-changes') return nothing;
  // It was gone when it was looked at; one that this release removed keeps its part of what was approved.
  if (outcome === 'removed' && digest === undefined) return 'removed';
  return state === 'deferred' ? 'deferred' : digest;
}

/** The digest of an environment, or `undefined` while a target has neither a plan nor the answer that nothing changes. */
export function digestOf(targets: readonly string[], records: readonly TargetRecord[]): string | undefined {
  const digests = targets.map((target) => {
    const record = records.find((candidate) => candidate.target === target);
    return { target, digest: record === undefined ? undefined : digestOfRecord(record) };
  });
  const known = digests.filter((entry): entry is { target: string; digest: string } => entry.digest !== undefined);
  return known.length === targets.length ? environmentDigest(known) : undefined;
}

/** What follows from the plans of an environment, looked at together. */
export function judge({ targets, records, mode, gate, approval }: Judged): { readonly step: Step; readonly digest: string | undefined } {
  const digest = digestOf(targets, records);
  const step = (): Step => {
    // A change set that vanished while it was made: choosing the next wave plans it again.
    if (mode !== 'plan' && records.some(({ outcome }) => outcome === 'stale') && !records.some(failed)) return 'go';
    if (digest === undefined || records.some(failed)) return 'failed';
    if (records.every(({ outcome }) => isThere.has(outcome))) return 'nothing';
    if (mode === 'plan') return 'planned';
    // Nothing moves yet: choosing the next wave plans what was deferred.
    if (records.every(({ outcome, state }) => isThere.has(outcome) || state === 'deferred')) return 'go';
    if (!gate.demanded) return 'go';
    if (gate.verdict === 'refuse') return 'refused';
    return covers(approval, digest, gate.atLeast) ? 'go' : 'ask';
  };
  return { step: step(), digest };
}

/** Where the release wants it to be. */
const isThere: ReadonlySet<TargetRecord['outcome']> = new Set<TargetRecord['outcome']>(['no-changes', 'deployed', 'removed']);
const settledWell = new Set(['no-changes', 'deployed', 'removed', 'stale']);
const failed = ({ state, outcome }: TargetRecord) => (state === 'ended' ? outcome === undefined || !settledWell.has(outcome) : state !== 'planned' && state !== 'deferred');
