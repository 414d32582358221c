import { findApproval } from '../../aws/approvals.ts';
import { readDeployed } from '../../aws/deployed.ts';
import { readLock } from '../../aws/locks.ts';
import { writeParameters } from '../../aws/parameter-writes.ts';
import { readEnvironment, readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { credentialsFor } from '../../aws/sts.ts';
import { type Cursor, StepsTask } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { ConfigurationError, DeploymentFailedError, StalePlanError, TransientError } from '../../domain/errors.ts';
import { artifactOf, findTarget } from '../../domain/find-target.ts';
import { outputsOf } from '../../domain/outputs.ts';
import { stepPolicy } from '../../domain/step-session.ts';
import { brokenOff, knownStep, stepDigest } from '../../domain/steps.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { publishing, publishSome } from './publish.ts';

const real = {
  readRelease, readTarget, readEnvironment, readDeployed, readLock, updateTarget, findApproval, report, credentialsFor, writeParameters,
  ...publishing, now: () => new Date(),
};
type Uses = typeof real;
type Answer = { readonly answer: 'more'; readonly cursor: Cursor } | { readonly answer: 'done' };

/** Does the next part of what comes after a stack: one step, or as many files of it as there is time for. */
export async function runSteps(uses: Uses, where: { tableName: string; busName: string }, { cursor, ...input }: StepsTask): Promise<Answer> {
  const { tableName } = where;
  const { environment, target: name, attempt, fence } = input;
  const release = await uses.readRelease(tableName, input.release);
  const target = findTarget(release, environment, name);
  const record = await uses.readTarget(tableName, release.id, environment, name);
  const lock = await uses.readLock(tableName, target);
  if (lock?.owner === undefined || lock.fence !== fence || !isOfRound(record, attempt)) throw new StalePlanError(`Running the steps of ${name} in ${environment}: the lock was taken over by another execution. It is planned again.`);
  const { steps = [], stackName, account, region } = target;
  const outputs = outputsOf(record);
  const id = { release: release.id, environment, target: name };
  if (cursor.step === 0 && cursor.file === 0) {
    await uses.updateTarget(tableName, id, { state: 'executing' }, uses.now());
    const text = `Running ${String(steps.length)} ${steps.length === 1 ? 'step' : 'steps'} after ${stackName} of ${name} in ${environment}.`;
    await uses.report(where, { ...id, kind: 'executing', about: 'target', application: release.application, text }, uses.now());
  }
  const declared = steps[cursor.step];
  if (declared !== undefined) {
    try {
      const { bucket } = artifactOf(release);
      const step = knownStep(declared, outputs, stackName);
      const approval = await uses.findApproval(tableName, (await uses.readEnvironment(tableName, release.id, environment))?.approval);
      const approvers = (approval?.votes ?? []).filter(({ decision }) => decision === 'approve').map(({ approver }) => approver);
      const context = { release: release.id, environment, application: release.application, commit: release.commit, approvers };
      const credentials = await uses.credentialsFor(target, 'execute', context, stepPolicy(step, { account, region, application: release.application, artifactBucket: bucket }));
      if (step.kind === 'parameters') await uses.writeParameters(credentials, region, step.values);
      else {
        const digest = stepDigest(release, declared, outputs);
        const deployed = await uses.readDeployed(tableName, release.application, environment, name);
        const { file, copied } = await publishSome(uses, { release, step, bucket, credentials, region, cursor, isNew: deployed?.steps?.includes(digest) !== true, reference: `${digest.slice(0, 32)}-${release.id}-${attempt}` });
        if (file !== undefined) return { answer: 'more', cursor: { step: cursor.step, file, copied } };
      }
    } catch (error) {
      // A fault of ours stays one, so that the alarm rings.
      if (!(error instanceof Error) || error instanceof ConfigurationError || error instanceof TypeError) throw error;
      const sentence = brokenOff(steps, cursor.step, { stackName, release: release.id, why: error.message });
      throw error instanceof TransientError ? new TransientError(sentence, { cause: error }) : new DeploymentFailedError(sentence, { cause: error });
    }
  }
  if (cursor.step + 1 < steps.length) return { answer: 'more', cursor: { step: cursor.step + 1, file: 0, copied: 0 } };
  await uses.updateTarget(tableName, id, { steps: steps.map((step) => stepDigest(release, step, outputs)) }, uses.now());
  return { answer: 'done' };
}

export const handler = task({
  name: 'run-steps',
  input: StepsTask,
  run: (input) => {
    const { TABLE_NAME, BUS_NAME } = env('TABLE_NAME', 'BUS_NAME');
    return runSteps(real, { tableName: TABLE_NAME, busName: BUS_NAME }, input);
  },
});
