import type { Approval, Brought } from '../contracts/approval.ts';
import type { Halt } from '../contracts/halt.ts';
import type { ChangeCounts, TargetRecord } from '../contracts/plan.ts';
import { peopleOf, wasBroken } from './approval.ts';
import { checkLines } from './checks.ts';
import { kindsOfRisks, rank } from './facts.ts';
import { askedWhileHalted } from './halt.ts';
import { countSentence, removalSentence } from './plan-sentence.ts';
import { missing, quorumSentence } from './quorum.ts';
import { revisionSentence } from './revision-plan.ts';

/** A question as mail, Slack and command line show it: who asks what, and what would happen. */
export interface Question {
  readonly approval: Approval;
  /** `alex → yes`, in order. */
  readonly answers: readonly string[];
  /** That the environment is halted, at most one line. */
  readonly halted: readonly string[];
  readonly needs: string;
  /** `1 more yes`, or why none is needed. */
  readonly stillNeeds: string;
  readonly totals: string;
  /** Lines, most dangerous first. */
  readonly risks: readonly string[];
  readonly targets: readonly { readonly title: string; readonly what: string }[];
  /** How the checks of the build ended. */
  readonly checks: readonly string[];
  /** What it takes to undo it, a sentence each. */
  readonly wayBack: readonly string[];
  readonly commits: readonly Brought[];
  readonly commitsTitle: string;
}

const none: ChangeCounts = { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 };

const sum = (records: readonly TargetRecord[]): ChangeCounts =>
  records.reduce(
    (all, { counts = none }) => ({ add: all.add + counts.add, modify: all.modify + counts.modify, replace: all.replace + counts.replace, mayReplace: all.mayReplace + counts.mayReplace, remove: all.remove + counts.remove, steps: (all.steps ?? 0) + (counts.steps ?? 0) }),
    none,
  );

/** `nothing changes`, the counts, or why nobody can tell yet. */
export function whatOf({ outcome, state, reason, revision, kept, counts = none }: Pick<TargetRecord, 'outcome' | 'state' | 'reason' | 'revision' | 'counts' | 'kept'>): string {
  if (state === 'deferred') return reason ?? 'planned later';
  if (outcome === 'no-changes') return 'nothing changes';
  if (outcome === 'removed') return 'gone already';
  if (kept !== undefined) return removalSentence(counts, kept.length);
  return revision === undefined ? countSentence(counts) : revisionSentence(revision);
}

const yes = (number: number): string => `${String(number)} ${number === 1 ? 'yes' : 'yeses'}`;

/** How many yeses are missing, counting nobody twice. */
export function missingYeses({ quorums, atLeast, votes }: Pick<Approval, 'quorums' | 'atLeast' | 'votes'>): number {
  const people = peopleOf(votes.filter(({ decision }) => decision === 'approve'));
  return Math.max(missing(quorums, people), atLeast - new Set(people.map(({ person }) => person)).size);
}

function stillNeeds(approval: Approval): string {
  if (approval.state !== 'waiting') return endSentence(approval);
  return `${yes(missingYeses(approval))} more`;
}

/** How a question ended, in a sentence; empty while it waits. */
export function endSentence(approval: Approval): string {
  const no = approval.votes.findLast(({ decision }) => decision === 'reject');
  switch (approval.state) {
    case 'waiting':
      return '';
    case 'approved':
      return wasBroken(approval) ? 'Approved by breaking the glass.' : 'Approved.';
    case 'rejected':
      return no === undefined ? 'Rejected.' : `Rejected by ${no.approver}${no.reason === '' ? '.' : `: ${no.reason}`}`;
    case 'expired':
      return 'Nobody answered in time, so the question has expired. Retry the release to ask again.';
    case 'superseded':
      if (approval.overtaken !== undefined) return approval.overtaken;
      return `${approval.supersededBy ?? 'A newer release'} took its place, so there is nothing to answer any more.`;
    case 'cancelled':
      return 'The release was cancelled, so there is nothing to answer any more.';
  }
}

/** What is asked, as a clause. */
export const wishOf = ({ application, environment, removes }: Pick<Approval, 'application' | 'environment' | 'removes'>): string =>
  removes === true ? `${application} is to be removed from ${environment}` : `${application} wants to go to ${environment}`;

const totalOf = ({ removes }: Pick<Approval, 'removes'>, records: readonly TargetRecord[]): string =>
  removes === true ? removalSentence(sum(records), records.reduce((all, { kept = [] }) => all + kept.length, 0)) : countSentence(sum(records));

function commitsTitle({ commits, otherCommits, historyCut, since, upload, removes }: Approval): string {
  if (removes === true) return since === undefined ? 'Several releases are there now' : `What is there now: ${since.release}`;
  if (upload !== undefined) return `${upload}, which has no history: the rest is what the uploader says`;
  const number = commits.length + otherCommits;
  const how = historyCut ? `more than ${String(number)}` : String(number);
  return since === undefined ? `First release here, with ${how} ${number === 1 ? 'commit' : 'commits'}` : `${how} ${number === 1 ? 'commit' : 'commits'} since ${since.release}`;
}

/** The lines of all targets, most dangerous first: one target's additions never hide another's deletion. */
function risksOfAll(records: readonly TargetRecord[]): string[] {
  const lines = records.flatMap(({ target, risks = [], facts = [] }) => {
    const kinds = kindsOfRisks(facts);
    return risks.map((risk, index) => {
      const kind = kinds[index];
      return { text: records.length > 1 ? `${target}: ${risk}` : risk, order: kind === undefined ? Number.MAX_SAFE_INTEGER : rank({ kind }) };
    });
  });
  return lines.sort((a, b) => a.order - b.order).map(({ text }) => text);
}

/** @param halt of the environment, as it is when the question is shown */
export function questionOf(approval: Approval, records: readonly TargetRecord[], halt?: Halt): Question {
  return {
    approval,
    answers: approval.votes.map(({ approver, decision, breakGlass, reason, channel, standsFor }) => {
      const forWhom = standsFor.length === 0 ? '' : ` (also for ${standsFor.join(', ')})`;
      return `${approver}${forWhom}: ${decision === 'approve' ? 'yes' : 'no'}${breakGlass ? ', breaking the glass' : ''}, by ${channel}${reason === '' ? '' : `: ${reason}`}`;
    }),
    halted: askedWhileHalted(halt, approval),
    needs: quorumSentence(approval.quorums, approval.atLeast),
    stillNeeds: stillNeeds(approval),
    totals: totalOf(approval, records),
    risks: risksOfAll(records),
    targets: records.map((record) => ({ title: `${record.stackName} in ${record.account}, ${record.region}`, what: whatOf(record) })),
    checks: checkLines(approval.checks),
    wayBack: approval.wayBack ?? [],
    commits: approval.commits,
    commitsTitle: commitsTitle(approval),
  };
}
