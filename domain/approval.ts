import type { Approval, Vote } from '../contracts/approval.ts';
import { isMet, type Yes } from './quorum.ts';

export type Ruling =
  | { readonly accepted: true; readonly approval: Approval }
  | { readonly accepted: false; readonly because: Refusal; readonly sentence: string };

export type Refusal = 'ended' | 'expired' | 'not-an-approver' | 'author' | 'other-digest' | 'voted' | 'no-reason';

/** Who answers, as the newest registry knows them. */
export interface Person {
  /** Addresses and principal, as commits and pushes may name them. */
  readonly identities: readonly string[];
  /** Approvers who asked this person to answer in their place, and who did not write a commit themselves. */
  readonly standsFor: readonly string[];
}

const refused = (because: Refusal, sentence: string): Ruling => ({ accepted: false, because, sentence });

const ends: Readonly<Record<Exclude<Approval['state'], 'waiting'>, string>> = {
  approved: 'It was approved already.',
  rejected: 'It was rejected already.',
  expired: 'Nobody answered in time; it has expired.',
  superseded: 'It was superseded by a newer release.',
  cancelled: 'The release was cancelled.',
};

/** The shortest reason that says anything. */
const leastReason = 10;

export const isAuthor = ({ authors }: Pick<Approval, 'authors'>, { identities }: Pick<Person, 'identities'>): boolean => identities.some((identity) => authors.includes(identity.toLowerCase()));

/** Whose place in the quorums a person can fill: their own, and theirs who asked them. */
export const placesOf = (approver: string, { standsFor }: Pick<Person, 'standsFor'>): string[] => [approver, ...standsFor];

const asks = ({ quorums }: Pick<Approval, 'quorums'>, names: readonly string[]): boolean => quorums.some(({ approvers }) => names.some((name) => approvers.includes(name)));

/** May this person answer at all? */
export const mayAnswer = (approval: Pick<Approval, 'quorums' | 'breakGlass'>, approver: string, person: Pick<Person, 'standsFor'>): boolean =>
  asks(approval, placesOf(approver, person)) || approval.breakGlass.includes(approver);

/** May this person's answer count, for exactly this, now? And what follows from it? A rejection ends the wait at once. */
export function decide(approval: Approval, vote: Vote, person: Person, now: Date): Ruling {
  if (approval.state === 'superseded') return refused('ended', `It was superseded by ${approval.supersededBy ?? 'a newer release'}.`);
  if (approval.state !== 'waiting') return refused('ended', ends[approval.state]);
  if (now.toISOString() >= approval.expiresAt) return refused('expired', ends.expired);
  if (vote.breakGlass ? !approval.breakGlass.includes(vote.approver) : !mayAnswer(approval, vote.approver, person)) {
    return refused('not-an-approver', `${vote.approver} ${vote.breakGlass ? 'may not break the glass' : 'is not an approver'} for ${approval.environment}.`);
  }
  if (vote.digest !== approval.digest) return refused('other-digest', 'What was shown is not what waits now. Look at the plan again.');
  if (vote.breakGlass && vote.reason.trim().length < leastReason) return refused('no-reason', `Whoever breaks the glass says why, in at least ${String(leastReason)} characters.`);
  if (vote.decision === 'approve' && !vote.breakGlass && isAuthor(approval, person)) return refused('author', approval.removes === true ? 'Who asked for a removal cannot approve it.' : 'Who wrote or pushed a commit of the release cannot approve it.');
  if (!vote.breakGlass && vote.decision === 'approve' && !asks(approval, placesOf(vote.approver, person))) {
    return refused('not-an-approver', `${vote.approver} may say yes to ${approval.environment} only by breaking the glass.`);
  }
  // Who has said yes may still break the glass, and say no; the same answer twice is one answer.
  if (approval.votes.some((it) => it.approver === vote.approver && it.decision === vote.decision && it.breakGlass === vote.breakGlass)) return refused('voted', `${vote.approver} has answered already.`);
  const counted: Vote = { ...vote, standsFor: vote.breakGlass ? [] : [...person.standsFor], authored: isAuthor(approval, person) };
  const votes = [...approval.votes, counted];
  const state = vote.decision === 'reject' ? 'rejected' : isApproved({ ...approval, votes }) ? 'approved' : 'waiting';
  return { accepted: true, approval: { ...approval, votes, state } };
}

/** Enough yeses: each quorum met by people of its own, or two people who broke the glass, not both of them authors. */
export function isApproved({ quorums, atLeast, votes, breakGlass }: Pick<Approval, 'quorums' | 'atLeast' | 'votes' | 'breakGlass'>): boolean {
  const yeses = votes.filter(({ decision }) => decision === 'approve');
  return isMet(quorums, atLeast, peopleOf(yeses)) || isBroken(yeses, breakGlass);
}

/** An approver's place is filled once: by themselves where they answered, otherwise by the first who stands for them. */
export function peopleOf(yeses: readonly Vote[]): Yes[] {
  const usual = yeses.filter((vote) => !vote.breakGlass);
  const taken = new Set(usual.map(({ approver }) => approver));
  return usual.map(({ approver, standsFor }) => {
    const others = standsFor.filter((name) => !taken.has(name));
    for (const name of others) taken.add(name);
    return { person: approver, places: [approver, ...others] };
  });
}

function isBroken(yeses: readonly Vote[], mayBreak: readonly string[]): boolean {
  const broke = yeses.filter((vote) => vote.breakGlass && mayBreak.includes(vote.approver));
  return new Set(broke.map(({ approver }) => approver)).size >= 2 && broke.some(({ authored }) => !authored);
}

/** It was approved by breaking the glass, not in the usual way. */
export const wasBroken = ({ state, votes }: Pick<Approval, 'state' | 'votes'>): boolean => state === 'approved' && votes.at(-1)?.breakGlass === true;

export const approvalOperation = (id: string): string => `approval:${id}`;

/** Ends a waiting approval because a newer release took its place. */
export const supersede = (approval: Approval, by: string): Approval => ({ ...approval, state: 'superseded', supersededBy: by });

/** Ends a waiting approval because the environment is for its release no more. */
export const overtake = (approval: Approval, why: string): Approval => ({ ...approval, state: 'superseded', overtaken: why });

/** Ends a waiting approval because its release was called off. */
export const withdraw = (approval: Approval): Approval => ({ ...approval, state: 'cancelled' });

/** Ends a waiting approval that nobody answered; what was decided before stays decided. */
export const expire = (approval: Approval): Approval => (approval.state === 'waiting' ? { ...approval, state: 'expired' } : approval);
