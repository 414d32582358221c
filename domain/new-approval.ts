import type { Approval, Brought } from '../contracts/approval.ts';
import type { Deployed, TargetRecord } from '../contracts/plan.ts';
import type { Release, ResolvedEnvironment } from '../contracts/release.ts';
import type { Commit, History } from './commit-history.ts';
import type { Gate } from './gate.ts';
import { wayBack } from './going-back.ts';
import { oneLine } from './mail.ts';
import { objectName } from './source.ts';

interface Asked {
  readonly id: string;
  readonly release: Release;
  readonly environment: string;
  readonly registered?: string | undefined;
  /** With its round of planning. */
  readonly attempt: string;
  readonly digest: string;
  readonly approval: NonNullable<ResolvedEnvironment['approval']>;
  readonly gate: Gate;
  readonly targets: readonly TargetRecord[];
  readonly history: History;
  /** Whoever pushed a release before this one whose commits it brings along. */
  readonly pushers: readonly string[];
  readonly since: Pick<Deployed, 'release' | 'commit'> | undefined;
  readonly now: Date;
}

/** So many commits are listed; the authors of all of them count. */
const listed = 50;

/** What runs in an environment that has several targets: the oldest, so that no commit is left out. */
export function oldestOf(deployed: readonly (Deployed | undefined)[]): Deployed | undefined {
  const known = deployed.filter((it) => it !== undefined);
  return known.length < deployed.length ? undefined : known.sort((a, b) => a.sequence - b.sequence)[0];
}

const brought = ({ id, author, message }: Pick<Commit, 'id' | 'author' | 'message'>): Brought => ({ commit: id, author: oneLine(author.name, 100), message: oneLine(message, 200) });

/** The question as it is put. */
export function newApproval({ id, release, environment, registered, attempt, digest, approval, gate, targets, history, pushers, since, now }: Asked): Approval {
  const { quorums, breakGlass, expiresInSeconds, remindInSeconds, authorMayApprove } = approval;
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
  const authors = [release.author.email, ...history.commits.flatMap(({ author, committer }) => [author.email, committer.email]), ...pushers, ...(release.pushedBy === undefined ? [] : [release.pushedBy])];
  return {
    id,
    release: release.id,
    application: release.application,
    environment,
    ...(registered === undefined ? {} : { registered }),
    attempt,
    sequence: release.sequence,
    digest,
    changeSets: targets.flatMap(({ target, changeSetArn }) => (changeSetArn === undefined ? [] : [{ target, arn: changeSetArn }])),
    quorums,
    atLeast: gate.atLeast,
    verdict: gate.verdict,
    because: [...gate.because],
    breakGlass,
    authors: authorMayApprove ? [] : [...new Set(authors.filter((it) => it !== '').map((it) => it.toLowerCase()))],
    commits: release.mode !== 'remove' && release.source.kind === 's3' ? [brought({ ...release, id: release.commit })] : history.commits.slice(0, listed).map(brought),
    otherCommits: Math.max(0, history.commits.length - listed),
    historyCut: history.cut,
    ...(release.mode !== 'remove' && release.source.kind === 's3' ? { upload: objectName(release.source) } : {}),
    ...(release.mode === 'remove' ? { removes: true } : {}),
    ...(since === undefined ? {} : { since: { release: since.release, commit: since.commit } }),
    ...(release.artifact?.checks === undefined ? {} : { checks: release.artifact.checks }),
    ...(release.mode === 'deploy' && release.from === undefined ? { wayBack: wayBack(targets, { application: release.application, environment, since: since?.release }) } : {}),
    state: 'waiting',
    votes: [],
    createdAt: now.toISOString(),
    remindAt: later(remindInSeconds),
    expiresAt: later(expiresInSeconds),
  };
}
