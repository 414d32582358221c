import { buildOperation } from '../../domain/build-answer.ts';
import { executionArn, nestedExecutionName } from '../../domain/release-id.ts';
import type { ReleaseRemedy } from '../../domain/sweep/releases.ts';
import type { Uses, Where } from './uses.ts';

/** Says in the place of an execution that is gone how its release ended, and gives up what it held. What it had begun below it, and what still runs there, goes on to its end. */
export async function endGone(uses: Uses, where: Where, { release: id, attempt, reason }: Extract<ReleaseRemedy, { kind: 'end-release' }>): Promise<boolean> {
  const { tableName } = where;
  const release = await uses.findRelease(tableName, id);
  if (release === undefined || !(await uses.endRelease(tableName, id, attempt, reason))) return false;
  const { application, sequence, createdAt } = release;
  for (const record of await uses.listEnvironments(tableName, id)) {
    if (record.state === 'ended') continue;
    await uses.withdrawQuestion(where, record.approval);
    const nested = executionArn(where.environmentMachine, nestedExecutionName(id, record.environment, attempt));
    if ((await uses.executionStands(nested)) === 'runs' || !(await uses.endGoneEnvironment(tableName, record, reason, uses.now()))) continue;
    const branch = release.configuration?.environments.find(({ name }) => name === record.environment)?.branch;
    await uses.report(where, { kind: 'ended', about: 'environment', release: id, application, environment: record.environment, branch, outcome: 'failed', text: `${record.environment}: failed. ${reason}` }, uses.now());
  }
  await uses.leaveBuildLine(tableName, { release: id, attempt, application, sequence, since: createdAt });
  await uses.completeWait(where, buildOperation(id, attempt), { answer: 'failed' });
  await uses.report(where, { kind: 'ended', about: 'release', release: id, application, outcome: 'failed', text: `${id}: failed: ${reason}` }, uses.now());
  return true;
}
