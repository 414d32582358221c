import type { Approval, Vote } from '../contracts/approval.ts';

export type Ruling =
  | { readonly accepted: true; readonly approval: Approval }
  | { readonly accepted: false; readonly because: Refusal; readonly sentence: string };

export type Refusal = 'ended' | 'expired' | 'not-an-approver' | 'author' | 'other-digest' | 'voted';

interface Person {
  readonly email?: string | undefined;
}

const refused = (because: Refusal, sentence: string): Ruling => ({ accepted: false, because, sentence });

const ends: Readonly<Record<Exclude<Approval['state'], 'waiting'>, string>> = {
  approved: 'It was approved already.',
  rejected: 'It was rejected already.',
  expired: 'Nobody answered in time; it has expired.',
  superseded: 'It was superseded by a newer release.',
};

/** May this person's answer count, for exactly this, now? And what follows from it? A rejection ends the wait at once. */
export function decide(approval: Approval, vote: Vote, person: Person, now: Date): Ruling {
  if (approval.state === 'superseded') return refused('ended', `It was superseded by ${approval.supersededBy ?? 'a newer release'}.`);
  if (approval.state !== 'waiting') return refused('ended', ends[approval.state]);
  if (now.toISOString() >= approval.expiresAt) return refused('expired', ends.expired);
  if (!approval.approvers.includes(vote.approver)) return refused('not-an-approver', `${vote.approver} is not an approver of ${approval.environment}.`);
  if (vote.digest !== approval.digest) return refused('other-digest', 'What was shown is not what waits now. Look at the plan again.');
  const email = person.email?.toLowerCase();
  if (vote.decision === 'approve' && email !== undefined && approval.authors.includes(email)) return refused('author', 'Who wrote a commit of the release cannot approve it.');
  if (approval.votes.some(({ approver }) => approver === vote.approver)) return refused('voted', `${vote.approver} has answered already.`);
  const votes = [...approval.votes, vote];
  const yeses = new Set(votes.filter(({ decision }) => decision === 'approve').map(({ approver }) => approver)).size;
  const state = vote.decision === 'reject' ? 'rejected' : yeses >= approval.required ? 'approved' : 'waiting';
  return { accepted: true, approval: { ...approval, votes, state } };
}

export const approvalOperation = (id: string): string => `approval:${id}`;

/** Ends a waiting approval because a newer release took its place. */
export const supersede = (approval: Approval, by: string): Approval => ({ ...approval, state: 'superseded', supersededBy: by });

/** Ends a waiting approval that nobody answered; what was decided before stays decided. */
export const expire = (approval: Approval): Approval => (approval.state === 'waiting' ? { ...approval, state: 'expired' } : approval);
