import { readPlan, readTemplatesOf, storePlan } from '../../aws/plans.ts';
import { readTarget, updateTarget } from '../../aws/releases.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { counted, factsOf, risksOf } from '../../domain/facts.ts';
import { withComparison } from '../../domain/comparison.ts';
import { oneLine } from '../../domain/mail.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readTarget, updateTarget, readPlan, readTemplatesOf, storePlan, now: () => new Date() };

/** A row holds so many, and so much of each; the plan in the bucket holds all. */
const mostLines = 50;
const longestLine = 1000;
const firstLines = (lines: readonly string[]): string[] => (lines.length <= mostLines ? lines.map((line) => oneLine(line, longestLine)) : [...firstLines(lines.slice(0, mostLines)), `And ${String(lines.length - mostLines)} more lines like these.`]);

/** Reads from the templates what the change set does not say, and adds up what the risk rules look at. */
export async function compareTemplates(uses: typeof real, where: { tableName: string; bucket: string }, input: TargetTask): Promise<{ answer: 'compared' | 'nothing' }> {
  const record = await uses.readTarget(where.tableName, input.release, input.environment, input.target);
  if (!isOfRound(record, input.attempt) || record?.state !== 'planned' || record.planKey === undefined) return { answer: 'nothing' };
  const [plan, templates] = await Promise.all([uses.readPlan(where.bucket, record.planKey), uses.readTemplatesOf(where.bucket, record.planKey)]);
  if (plan === undefined || templates === undefined) return { answer: 'nothing' };
  const compared = withComparison(plan, templates);
  const facts = factsOf(compared);
  await uses.storePlan(where.bucket, compared);
  // Without these the plan counts as unknown, and unknown never goes alone.
  await uses.updateTarget(where.tableName, input, { risks: firstLines(risksOf(facts)), facts: counted(facts) }, uses.now());
  return { answer: 'compared' };
}

export const handler = task({
  name: 'compare-templates',
  input: TargetTask,
  run: (input) => {
    const { TABLE_NAME, ARTIFACT_BUCKET } = env('TABLE_NAME', 'ARTIFACT_BUCKET');
    return compareTemplates(real, { tableName: TABLE_NAME, bucket: ARTIFACT_BUCKET }, input);
  },
});
