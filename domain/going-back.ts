import type { TargetRecord } from '../contracts/plan.ts';
import type { Release } from '../contracts/release.ts';
import { goesOn } from './next-environment.ts';

/** A release as it once went to an environment. */
export interface Past {
  readonly release: Pick<Release, 'id' | 'sequence' | 'from' | 'artifact'>;
  /** How it ended there. */
  readonly outcome: string | undefined;
}

/**
 * The release that ran there before what runs there now. What was gone back to counts as what it is: going back once
 * more leads further back, never to what was left.
 * @param past releases of the application, newest first
 */
export function before(present: Past['release'], past: readonly Past[]): Past['release'] | undefined {
  const sequence = (present.from === undefined ? undefined : past.find(({ release }) => release.id === present.from)?.release.sequence) ?? present.sequence;
  return past.find(({ release, outcome }) => release.sequence < sequence && release.from === undefined && wasThere(outcome) && release.artifact !== undefined && release.artifact.digest !== present.artifact?.digest)?.release;
}

export const wasThere = (outcome: string | undefined): boolean => outcome !== undefined && goesOn.has(outcome) && outcome !== 'planned';

export const wayBackTitle = 'To go back afterwards';

interface Back {
  readonly id: string;
  readonly sequence: number;
  readonly environment: string;
  readonly registryVersion: number;
  /** Who goes back counts as an author: somebody else has to say yes. */
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** A release that takes an earlier one's artifact, and its files as they were, to one environment. */
export function backTo(earlier: Release, { id, sequence, environment, registryVersion, by, reason, at }: Back): Release {
  const { application, source, branch, tag, commit, author, message, artifact } = earlier;
  return {
    id, application, source, ...(branch === undefined ? {} : { branch }), ...(tag === undefined ? {} : { tag }), commit, author, artifact, sequence, registryVersion,
    mode: 'deploy', from: earlier.id, only: environment, pushedBy: by, message: `Back to ${earlier.id}: ${reason === '' ? message : reason}`, createdAt: at, attempt: 1, state: 'running',
  };
}

const things = (count: number, what: string) => `${String(count)} ${what}${count === 1 ? '' : 's'}`;
const lost = new Set(['deletes-stateful', 'replaces-stateful', 'may-replace-stateful']);

/**
 * What going back would do after this was executed, a sentence each. CloudFormation plans from what is there only, so
 * this is the way forward read backwards; the real plan is made, and shown, when somebody goes back.
 */
export function wayBack(records: readonly Pick<TargetRecord, 'counts' | 'facts' | 'createdShell'>[], { application, environment, since }: { application: string; environment: string; since: string | undefined }): string[] {
  const sum = (key: 'add' | 'modify' | 'remove' | 'steps') => records.reduce((all, { counts }) => all + (counts?.[key] ?? 0), 0);
  const replaced = records.reduce((all, { counts }) => all + (counts?.replace ?? 0) + (counts?.mayReplace ?? 0), 0);
  if (since === undefined) return [`Nothing ran in ${environment} before, so there is nothing to go back to.`];
  const parts = [
    ...(sum('add') > 0 ? [`deletes ${things(sum('add'), 'resource')} that this adds`] : []),
    ...(sum('modify') > 0 ? [`changes ${things(sum('modify'), 'resource')} back`] : []),
    ...(replaced > 0 ? [`replaces ${things(replaced, 'resource')} once more`] : []),
    ...(sum('remove') > 0 ? [`makes ${things(sum('remove'), 'resource')} anew that this deletes`] : []),
    ...(sum('steps') > 0 ? ['does the steps of that release again'] : []),
  ];
  const empty = records.some(({ facts = [] }) => facts.some(({ kind }) => lost.has(kind)));
  return [
    `drawbridge rollback ${application} ${environment} --to ${since} ${parts.length === 0 ? 'takes what is changed back' : parts.join(', ')}.`,
    ...(empty ? ['What a deleted or replaced resource held does not come back with it: restore it from a backup.'] : []),
  ];
}
