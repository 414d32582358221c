import type { TargetRecord } from '../contracts/plan.ts';

/** The attempt with its round of planning, as the machines hand it to a target. */
export const attemptOf = ({ attempt, round }: { readonly attempt: number; readonly round: number }) => `${String(attempt)}-${String(round)}`;

/** The same try at a release, whichever round of planning. */
export const sameAttempt = (left: string, right: string) => left.split('-')[0] === right.split('-')[0];

/** What this very round wrote. */
export const isOfRound = (record: Pick<TargetRecord, 'attempt'> | undefined, attempt: string) => record?.attempt === attempt;

/** Deployed, or removed, in an earlier round of the same attempt: it stays as it is and keeps its part in the digest. */
export const staysDeployed = (record: Pick<TargetRecord, 'attempt' | 'outcome'> | undefined, attempt: string) =>
  (record?.outcome === 'deployed' || record?.outcome === 'removed') && sameAttempt(record.attempt, attempt) && record.attempt !== attempt;
