import { findApproval } from '../../aws/approvals.ts';
import { describeStack } from '../../aws/cloudformation.ts';
import { readDeployed, readRemoved } from '../../aws/deployed.ts';
import { findHalt } from '../../aws/halts.ts';
import { findImports } from '../../aws/imports.ts';
import { readRegistry } from '../../aws/registry.ts';
import { listTargets, readEnvironment, readRelease, readTarget } from '../../aws/releases.ts';
import { listOwned } from '../../aws/stack-removal.ts';
import { clientFor } from '../../aws/target-client.ts';
import { LockedTask } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { checkRecords } from '../../domain/check-plan.ts';
import { findEnvironment, findTarget } from '../../domain/find-target.ts';
import { gateOf, rulesFor } from '../../domain/gate.ts';
import { checkRemoval, gone, groupStays, nothingThere, refused, type RemovalCheck } from '../../domain/removal/check.ts';
import { heldByImports } from '../../domain/removal/imports.ts';
import { mustStay } from '../../domain/removal/ownership.ts';
import { leaving, makeRemovalPlan } from '../../domain/removal/plan.ts';
import { registeredName } from '../../domain/registered-name.ts';
import { removalRefusal } from '../../domain/removal/still-allowed.ts';
import { removalTreatment } from '../../domain/removal/treatment.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, listTargets, readEnvironment, readRegistry, readDeployed, readRemoved, findHalt, findApproval, clientFor, describeStack, listOwned, findImports };
type Uses = typeof real;

/** Under the lock: may this stack still be removed, and would it still take along what was approved? */
export async function checkBeforeRemoval(uses: Uses, where: { tableName: string }, input: LockedTask): Promise<RemovalCheck> {
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
  const check = checkRecords({
    sequence: release.sequence,
    record,
    deployed,
    removed: await uses.readRemoved(tableName, release.application, name, target.name),
    refusal: removalRefusal(registry, environment),
    cancelled: release.cancelled,
    halt: await uses.findHalt(tableName, registeredName(environment)),
    gate: gateOf(environment.approval, rulesFor(registry, release, environment), ofAttempt),
    approval: await uses.findApproval(tableName, environmentRecord?.approval),
    environmentDigest: environmentRecord?.digest,
  });
  if (check.answer === 'close') return check;
  if (deployed === undefined) return nothingThere(target.name);
  if (target.codeDeploy !== undefined) return groupStays(target);

  const client = await uses.clientFor('plan', { release, environment: name, target });
  const stack = await uses.describeStack(client, record?.stackArn ?? target.stackName);
  const treatment = removalTreatment(stack?.status);
  if (treatment === 'wait') return { answer: 'busy' };
  if (stack === undefined || treatment === 'gone') return gone(target.stackName);
  const stays = mustStay(stack, { application: release.application, environment: name, target });
  if (stays !== undefined) return refused(stays);
  const stacks = await uses.listOwned(client, stack.arn);
  const plan = makeRemovalPlan({ release, environment: name, target, attempt, stackArn: stack.arn, stacks });
  const owns = checkRemoval(record?.digest, plan.digest);
  if (owns.answer !== 'remove') return owns;
  // CloudFormation refuses only when it is asked to delete the stack, after everything was emptied.
  const held = heldByImports(target, await uses.findImports(client, leaving(plan, stacks)));
  return held === undefined ? owns : refused(held);
}

export const handler = task({
  name: 'check-removal',
  input: LockedTask,
  run: (input) => checkBeforeRemoval(real, { tableName: env('TABLE_NAME').TABLE_NAME }, input),
});
