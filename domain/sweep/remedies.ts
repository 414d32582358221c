import { type BranchRemedy, branchRemedy } from './branches.ts';
import { buildRemedy, type LineRemedy, lockRemedies } from './lines.ts';
import { type QuestionRemedy, questionRemedy } from './questions.ts';
import { type ReleaseRemedy, releaseRemedy } from './releases.ts';
import type { Seen } from './seen.ts';

export type Remedy = BranchRemedy | ReleaseRemedy | QuestionRemedy | LineRemedy;

const some = <T>(list: readonly (T | undefined)[]): T[] => list.filter((it) => it !== undefined);

/**
 * What puts right what events forgot. Each remedy holds for itself, in any order and also twice: it wakes what looks for
 * itself, or changes what is still as it was seen. What is on its way is left alone, so a second sweep finds nothing.
 */
export function remedies(seen: Seen, now: Date): Remedy[] {
  return [
    ...some(seen.releases.map((it) => releaseRemedy(it, now))),
    ...some(seen.questions.map((it) => questionRemedy(it, now))),
    ...seen.locks.flatMap(lockRemedies),
    ...some(seen.builds.map((it) => buildRemedy(it, now))),
    ...oncePerRepository(some(seen.branches.map((it) => branchRemedy(it, now)))),
  ];
}

/** An event of a branch is for every application of its repository. */
function oncePerRepository(list: readonly BranchRemedy[]): BranchRemedy[] {
  const keyOf = (it: BranchRemedy) => (it.kind === 'wake' && it.because !== 'ended' ? `${it.because} ${it.repository} ${it.branch}` : undefined);
  return list.filter((it, index) => keyOf(it) === undefined || list.findIndex((other) => keyOf(other) === keyOf(it)) === index);
}

const at = ({ account, stackName }: { account: string; stackName: string }) => `${stackName} in ${account}`;

/** For status and for the event. */
export function sentenceOf(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'wake':
      return { pushed: `released ${remedy.branch} of ${remedy.repository}, whose push was not heard of`, deleted: `told of the end of ${remedy.branch} of ${remedy.repository}`, ended: `looked after the environment of ${remedy.branch} of ${remedy.application}` }[remedy.because];
    case 'end-environment':
      return `ended ${remedy.environment} of ${remedy.application} (${remedy.branch}), whose time was over`;
    case 'start-release':
      return `started ${remedy.release}, whose start was lost`;
    case 'end-release':
      return `ended ${remedy.release}, whose execution is gone`;
    case 'expire':
      return `closed the question about ${remedy.environment} of ${remedy.release}, which nobody answered in time`;
    case 'withdraw':
      return `withdrew the question about ${remedy.environment} of ${remedy.release}, which has ended`;
    case 'overtake':
      return `ended the question about ${remedy.environment} of ${remedy.release}, because that environment has ended`;
    case 'free-lock':
      return `freed ${at(remedy.place)}`;
    case 'leave-lock-line':
      return `took an execution that is gone out of the line for ${at(remedy.place)}`;
    case 'leave-build-line':
      return `took ${remedy.release} out of the line for builds`;
  }
}
