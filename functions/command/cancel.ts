import { leaveBuildLine } from '../../aws/build-line.ts';
import { noteCancelled, stopBuild } from '../../aws/cancel.ts';
import { readRegistry } from '../../aws/registry.ts';
import { listEnvironments } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeWait } from '../../aws/waits.ts';
import { withdrawQuestion } from '../../aws/withdraw.ts';
import type { CancelAnswer } from '../../contracts/commands.ts';
import type { Release } from '../../contracts/release.ts';
import { buildOperation } from '../../domain/build-answer.ts';
import { callerName } from '../../domain/callers.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { cancelledSentence } from '../../domain/may-begin.ts';
import { known, type Where } from './releases.ts';

/**
 * Calls a release off. What has begun in an account goes on to its end, for half a change is worse than a whole one;
 * nothing else begins. Safe to repeat: what an interrupted call left open is ended by the next one.
 */
export async function cancel(where: Where, id: string, reason: string, by: string): Promise<CancelAnswer> {
  const release = await known(where.tableName, id);
  const cancelled = { by: callerName((await readRegistry(where.tableName)).content, by), at: new Date().toISOString(), reason };
  const noted = await noteCancelled(where.tableName, id, cancelled);
  if (!noted && (release.state === 'ended' || release.cancelled === undefined)) throw new InvalidInputError(`Cancelling ${id}: it has ended (${release.outcome ?? 'just now'}), so there is nothing to call off.`);
  const sentences = [...(await endBuild(where, release)), ...(await endQuestions(where, release, by))];
  if (noted) await report(where, { kind: 'cancelled', about: 'release', release: id, application: release.application, text: [cancelledSentence(cancelled), ...sentences].join(' ') }, new Date(), by);
  return { release: id, sentences: [`Nothing more of ${id} begins.`, ...sentences] };
}

async function endBuild(where: Where, { id, application, sequence, attempt, artifact, buildId, createdAt }: Release): Promise<string[]> {
  if (artifact !== undefined) return [];
  if (buildId !== undefined) await stopBuild(buildId);
  await leaveBuildLine(where.tableName, { release: id, attempt, application, sequence, since: createdAt });
  const ended = await completeWait(where, buildOperation(id, attempt), { answer: 'failed' });
  return ended === 'completed' ? [buildId === undefined ? 'It does not wait for a build any more.' : 'Its build is stopped.'] : [];
}

async function endQuestions(where: Where, { id, application }: Release, by: string): Promise<string[]> {
  const sentences: string[] = [];
  for (const { environment, approval, state } of await listEnvironments(where.tableName, id)) {
    if (state !== 'ended' && approval !== undefined && (await withdrawQuestion(where, approval))) {
      const text = `The question about ${environment} is withdrawn.`;
      await report(where, { kind: 'cancelled', about: 'environment', release: id, application, environment, approval, text }, new Date(), by);
      sentences.push(text);
    } else if (state === 'executing') sentences.push(`What has begun in ${environment} goes on to its end.`);
  }
  return sentences;
}
