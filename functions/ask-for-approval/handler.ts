import { approvalId, findApproval, findWaiting, setWaiting, writeApproval } from '../../aws/approvals.ts';
import { readDeployed } from '../../aws/deployed.ts';
import { findHalt } from '../../aws/halts.ts';
import { listReleases } from '../../aws/heads.ts';
import { readHistory } from '../../aws/history.ts';
import { readRegistry } from '../../aws/registry.ts';
import { listTargets, readEnvironment, readRelease, updateEnvironment } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeToken, completeWait, storeWait } from '../../aws/waits.ts';
import { withdrawQuestion } from '../../aws/withdraw.ts';
import type { Approval } from '../../contracts/approval.ts';
import type { History } from '../../domain/commit-history.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Release } from '../../contracts/release.ts';
import { EnvironmentWait } from '../../contracts/tasks.ts';
import { approvalOperation, isAuthor, supersede } from '../../domain/approval.ts';
import { attemptOf, isOfRound } from '../../domain/attempt.ts';
import { ConfigurationError, TransientError } from '../../domain/errors.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { askedFor, gateOf, rulesFor } from '../../domain/gate.ts';
import { askedWhileHalted } from '../../domain/halt.ts';
import { newApproval, oldestOf } from '../../domain/new-approval.ts';
import { personOf } from '../../domain/people.ts';
import { approversOf, isMet, quorumSentence } from '../../domain/quorum.ts';
import { registeredOf } from '../../domain/registered-name.ts';
import { sequenceOf } from '../../domain/release-id.ts';
import { withUnprovenAuthor } from '../../domain/uploads/unproven-author.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = {
  readRelease, readEnvironment, readRegistry, findHalt, readDeployed, readHistory, listReleases, listTargets, updateEnvironment, findApproval, findWaiting, setWaiting, writeApproval,
  storeWait, completeWait, completeToken, report, approvalId, now: () => new Date(),
};
type Uses = typeof real;
interface Where {
  readonly tableName: string;
  readonly keyArn: string;
  readonly busName: string;
}

/**
 * Puts the question and waits. Whom it reaches by which channel follows from the report, so that a channel that is
 * down keeps nobody waiting. An older question of the same application and environment ends, visibly.
 */
export async function askForApproval(uses: Uses, where: Where, { token, ...input }: EnvironmentWait): Promise<void> {
  const { tableName } = where;
  const release = await uses.readRelease(tableName, input.release);
  const id = { release: release.id, environment: input.environment };
  const record = await uses.readEnvironment(tableName, id.release, id.environment);
  const known = await uses.findApproval(tableName, record?.approval);
  const again = known !== undefined && known.digest === record?.digest && known.attempt === attemptOf(input) ? known : undefined;
  const now = uses.now();
  if (again !== undefined && again.state !== 'waiting') {
    // Asked by an earlier try of this task, and answered before that try had ended.
    await uses.completeToken(token, { answer: again.state });
    return;
  }
  // An earlier try may have died before it had written its question; what it left is found by the same name.
  const name = record?.approval !== undefined && known === undefined ? record.approval : uses.approvalId();
  const approval = again ?? (await questionFor(uses, tableName, release, input, { id: name, digest: record?.digest, now }));
  const { newer, before } = await takePlace(uses, where, approval);
  if (newer !== undefined) {
    if (!(await uses.writeApproval(tableName, supersede(approval, newer), again?.version ?? 0))) throw new TransientError('Asking for an approval: it was answered in this moment. It is looked at again.');
    await uses.updateEnvironment(tableName, id, { approval: approval.id }, now);
    await uses.completeToken(token, { answer: 'superseded' });
    return;
  }
  if (again === undefined) await uses.updateEnvironment(tableName, id, { approval: approval.id, state: 'waiting' }, now);
  // The token first, then the question: a fast answer can beat a later write.
  await uses.storeWait(where, { operation: approvalOperation(approval.id), about: id }, token, now);
  if (again === undefined) await uses.writeApproval(tableName, approval, 0);
  // Answered since it was read, whoever answered met the token of the earlier try.
  const answered = again === undefined ? undefined : await uses.findApproval(tableName, approval.id);
  if (answered !== undefined && answered.state !== 'waiting') {
    await uses.completeWait(where, approvalOperation(approval.id), { answer: answered.state });
    return;
  }
  // Of two that ask in the same moment one looks again, and finds the other.
  if (!(await uses.setWaiting(tableName, approval, before))) throw new TransientError('Asking for an approval: another release asks in this moment. It is looked at again.');
  const registry = (await uses.readRegistry(tableName)).content;
  const text = [`${release.mode === 'remove' ? 'The removal from ' : ''}${id.environment} waits for ${quorumSentence(approval.quorums, approval.atLeast)}.`, ...deadEnd(registry, approval), ...askedWhileHalted(await uses.findHalt(tableName, registeredOf(approval)), approval)].join(' ');
  // It may have been called off since it was read: then nobody withdraws the question but we.
  if ((await uses.readRelease(tableName, release.id)).cancelled !== undefined) {
    await withdrawQuestion(where, approval.id, uses);
    return;
  }
  // A repeated task reports again; whoever tells it knows what was told.
  await uses.report(where, { kind: 'waiting', about: 'environment', ...id, application: release.application, approval: approval.id, text }, uses.now());
}

async function questionFor(uses: Uses, tableName: string, release: Release, input: Omit<EnvironmentWait, 'token'>, { id, digest, now }: { id: string; digest: string | undefined; now: Date }): Promise<Approval> {
  const environment = findEnvironment(release, input.environment);
  const registry = (await uses.readRegistry(tableName)).content;
  const targets = (await uses.listTargets(tableName, release.id, environment.name)).filter((record) => isOfRound(record, attemptOf(input)));
  const approval = askedFor(registry, environment, targets);
  if (approval === undefined || digest === undefined) throw new ConfigurationError(`Asking for an approval of ${input.environment}: there is no plan that needs one. Retry the release.`);
  const deployed = await Promise.all(environment.targets.map(({ name }) => uses.readDeployed(tableName, release.application, environment.name, name)));
  const since = oldestOf(deployed);
  const gate = gateOf(approval, rulesFor(registry, release, environment), targets);
  const asked = { id, release, environment: environment.name, registered: environment.registered, attempt: attemptOf(input), digest, approval, targets, since, now };
  // A removal brings no commits along: who asked for it is its only author.
  if (release.mode === 'remove') return newApproval({ ...asked, gate, history: noHistory, pushers: [] });
  // What is gone back to was looked at when it came; it brings nothing along.
  const history = release.from === undefined && release.source.kind === 'codecommit' ? await uses.readHistory(release.source.repository, release.commit, since?.commit) : noHistory;
  const pushers = release.from !== undefined ? [] : await pushersOf(uses, tableName, release, history, since?.sequence ?? 0);
  return newApproval({ ...asked, gate: withUnprovenAuthor(gate, release, approval.authorMayApprove), history, pushers });
}

/** No repository knows what came before an upload. */
const noHistory: History = { commits: [], cut: false };

/** So many releases before this one are looked at. */
const mostReleases = 300;

/**
 * Who pushed what this release brings along, also in releases that never got here: a commit says its author itself, a
 * push does not. Of uploads, whom the earlier ones name: nothing tells what of them is in this one.
 */
async function pushersOf(uses: Uses, tableName: string, { application, sequence, source }: Release, { commits, cut }: History, after: number): Promise<string[]> {
  const brought = new Set(commits.map(({ id }) => id));
  const ids = (await uses.listReleases(tableName, application, mostReleases)).filter((id) => sequenceOf(id) > after && sequenceOf(id) < sequence);
  const releases = await Promise.all(ids.map((id) => uses.readRelease(tableName, id)));
  if (source.kind === 's3') return releases.map(({ author }) => author.email);
  return releases.flatMap(({ commit, pushedBy }) => (pushedBy !== undefined && (cut || brought.has(commit)) ? [pushedBy] : []));
}

/** Says so at once when no yes can ever be enough: of those who are asked too many wrote a commit. */
function deadEnd(registry: Environments, { quorums, atLeast, authors, upload, removes }: Approval): string[] {
  const able = approversOf(quorums).filter((name) => !isAuthor({ authors }, personOf(registry, name, [], authors)));
  if (isMet(quorums, atLeast, able.map((person) => ({ person, places: [person] })))) return [];
  if (upload !== undefined) return ['Too few of them may say yes: an upload takes two people, and whom it names as its author is none of them. Register more approvers, let authors approve, or break the glass.'];
  if (removes === true) return ['Too few of them may say yes: whoever asked for a removal is none of them. Register more approvers, delegate, or let somebody else ask.'];
  return ['Too few of them may say yes: the others wrote or pushed a commit of the release. Register more approvers, delegate, or break the glass.'];
}

/**
 * Ends the question that an older release of the application still puts in the same environment.
 * @returns the newer release that waits there already, if there is one, and the question that was put there before
 */
async function takePlace(uses: Uses, where: Where, approval: Approval): Promise<{ readonly newer?: string; readonly before?: string }> {
  const { application, environment, release, sequence } = approval;
  const other = await uses.findWaiting(where.tableName, application, environment);
  if (other === undefined) return {};
  const before = other.id;
  if (other.release === release) return { before };
  // Ended by an earlier try of this task, which may have died before it ended the wait.
  const mine = other.state === 'superseded' && other.supersededBy === release;
  if (other.state !== 'waiting' && !mine) return { before };
  if (!mine && other.sequence > sequence) return { newer: other.release };
  // Answered in this very moment: then it is not ours to end.
  if (!mine && !(await uses.writeApproval(where.tableName, supersede(other, release), other.version))) return { before };
  await uses.completeWait(where, approvalOperation(other.id), { answer: 'superseded' });
  const text = `The question about ${other.release} ended: ${release} took its place.`;
  await uses.report(where, { kind: 'superseded', about: 'environment', release: other.release, environment, application, approval: other.id, text }, uses.now());
  return { before };
}

export const handler = task({
  name: 'ask-for-approval',
  input: EnvironmentWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME');
    return askForApproval(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, input);
  },
});
