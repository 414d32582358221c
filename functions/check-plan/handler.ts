import { readBranchEnvironment } from '../../aws/branch-environments.ts';
import { describeGroup } from '../../aws/code-deploy.ts';
import { codeDeployFor } from '../../aws/code-deploy-client.ts';
import { describeChangeSet } from '../../aws/described-change-set.ts';
import { findAdoption } from '../../aws/adoptions.ts';
import { describeStack } from '../../aws/cloudformation.ts';
import { readDeployed, readRemoved } from '../../aws/deployed.ts';
import { findHalt } from '../../aws/halts.ts';
import { findApproval } from '../../aws/approvals.ts';
import { lookUp } from '../../aws/parameter-store.ts';
import { checkSealed } from '../../aws/sealed.ts';
import { readSiblings } from '../../aws/siblings.ts';
import { readTaken } from '../../aws/taken.ts';
import { readRegistry } from '../../aws/registry.ts';
import { listTargets, readEnvironment, readRelease, readTarget } from '../../aws/releases.ts';
import { clientFor } from '../../aws/target-client.ts';
import { LockedTask } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { overtakenIn } from '../../domain/branch-life.ts';
import { changeSetAnswer } from '../../domain/change-set-answer.ts';
import { type Check, checkAdoption, checkChangeSet, checkLookups, checkRecords, checkRevision, checkSteps, type GroupCheck, type StepsCheck } from '../../domain/check-plan.ts';
import { askedFor, gateOf, rulesFor } from '../../domain/gate.ts';
import { artifactOf, bucketFor, findEnvironment, findTarget, templateOf } from '../../domain/find-target.ts';
import { fingerprints } from '../../domain/lookups.ts';
import { registeredName } from '../../domain/registered-name.ts';
import { makePlan, makeStepsPlan } from '../../domain/plan.ts';
import { groupOf, makeRevisionPlan, revisionOf } from '../../domain/revision-plan.ts';
import { treatmentOf } from '../../domain/stack-status.ts';
import { plannedSteps } from '../../domain/steps.ts';
import { refusal } from '../../domain/still-allowed.ts';
import { foundIn } from '../../domain/taken.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { checkSealed, readRelease, readTarget, listTargets, readEnvironment, readRegistry, readDeployed, readRemoved, readBranchEnvironment, findHalt, findApproval, findAdoption, codeDeployFor, describeGroup, clientFor, describeStack, describeChangeSet, lookUp, readSiblings, readTaken };
type Uses = typeof real;

/** Under the lock: is what was approved still there, still the same, and still the newest? */
export async function checkPlan(uses: Uses, where: { tableName: string }, input: LockedTask): Promise<(Check & { readonly steps?: number }) | GroupCheck | StepsCheck> {
  const { tableName } = where;
  const { environment: name, attempt } = input;
  const release = await uses.readRelease(tableName, input.release);
  const environment = findEnvironment(release, name);
  const target = findTarget(release, name, input.target);
  const found = await uses.readTarget(tableName, release.id, name, target.name);
  const record = isOfRound(found, attempt) ? found : undefined;
  const environmentRecord = await uses.readEnvironment(tableName, release.id, name);
  const registry = (await uses.readRegistry(tableName)).content;
  const ofAttempt = (await uses.listTargets(tableName, release.id, name)).filter((it) => isOfRound(it, attempt));
  const deployed = await uses.readDeployed(tableName, release.application, name, target.name);
  const ofBranch = environment.branch === undefined ? undefined : await uses.readBranchEnvironment(tableName, release.application, name);
  const check = checkRecords({
    sequence: release.sequence,
    record,
    deployed,
    removed: await uses.readRemoved(tableName, release.application, name, target.name),
    overtaken: ofBranch === undefined ? undefined : overtakenIn(ofBranch, release.sequence),
    refusal: refusal(registry, release, environment),
    cancelled: release.cancelled,
    halt: await uses.findHalt(tableName, registeredName(environment)),
    gate: gateOf(askedFor(registry, environment, ofAttempt), rulesFor(registry, release, environment), ofAttempt),
    approval: await uses.findApproval(tableName, environmentRecord?.approval),
    environmentDigest: environmentRecord?.digest,
  });
  if (check.answer === 'close' || record === undefined) return check;

  if (record.takesOver !== undefined && (await uses.findAdoption(tableName, target)) === undefined) return checkAdoption;
  await uses.checkSealed(release.id, artifactOf(release), [target.region]);
  if (target.codeDeploy !== undefined) {
    const group = await uses.describeGroup(await uses.codeDeployFor('plan', { release, environment: name, target }), target.codeDeploy);
    const wanted = { release, environment: name, target: groupOf(target), attempt, bucket: bucketFor(release, target), revision: revisionOf(release, groupOf(target)) };
    return checkRevision(record.digest, makeRevisionPlan(wanted, group), group);
  }
  const client = await uses.clientFor('plan', { release, environment: name, target });
  const template = templateOf(release, name, target);
  const facts = { release, templateSha256: template.sha256, noEcho: template.noEcho, environment: name, target, attempt, takesOver: record.takesOver } as const;
  const stack = target.steps === undefined ? undefined : await uses.describeStack(client, target.stackName);
  const taken = await uses.readTaken(tableName, { release, target });
  const steps = plannedSteps({ release, target, outputs: { ...stack?.outputs, ...taken.values }, done: deployed?.steps ?? [] });
  if (record.stepsOnly === true) {
    const settled = stack !== undefined && treatmentOf(stack.status) === 'update';
    return checkSteps(record.digest, settled ? makeStepsPlan({ ...facts, operation: 'UPDATE', steps, stackArn: stack.arn }).digest : undefined);
  }
  const described = await uses.describeChangeSet(client, { stackName: target.stackName, changeSet: record.changeSetArn ?? '' });
  if (described === undefined) return checkChangeSet('gone', record.digest, undefined);
  const operation = record.createdShell === true ? 'CREATE' : 'UPDATE';
  const { digest } = makePlan({ ...facts, operation, steps }, described);
  const same = checkChangeSet(changeSetAnswer(described), record.digest, digest);
  if (same.answer === 'close') return same;
  // The change set keeps the values that it was opened with, so it cannot tell that they are other ones by now.
  const { lookups = {} } = target;
  const valuesNow = { ...(await uses.lookUp(client, lookups)), ...(await uses.readSiblings(tableName, { release, environment: name, target })).found, ...foundIn(taken, target) };
  const asked = checkLookups(target, record.lookedUp ?? {}, fingerprints(valuesNow, lookups, template.noEcho));
  return asked.answer === 'execute' && steps.length > 0 ? { ...asked, steps: steps.length } : asked;
}

export const handler = task({
  name: 'check-plan',
  input: LockedTask,
  run: (input) => checkPlan(real, { tableName: env('TABLE_NAME').TABLE_NAME }, input),
});
