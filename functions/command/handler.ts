import { findRegistry } from '../../aws/registry.ts';
import { env } from '../../runtime/env.ts';
import { http } from '../../runtime/http.ts';
import { adopt } from './adopt.ts';
import { decide, delegate, delegations, inbox } from './answers.ts';
import { branchEnvironments, remove, stopBranchEnvironment } from './branches.ts';
import { cancel } from './cancel.ts';
import { deployed } from './deployed.ts';
import { door, type Uses } from './door.ts';
import { promote, rollback } from './going-on.ts';
import { halt, resume } from './halts.ts';
import { log } from './log.ts';
import { plan, releases, retry, show } from './releases.ts';
import { status } from './status.ts';
import { sweep } from './sweep.ts';

function real(): Uses {
  const variables = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME', 'DEPLOY_RELEASE_MACHINE_ARN', 'SWEEP_FUNCTION');
  const where = { tableName: variables.TABLE_NAME, keyArn: variables.WAIT_KEY_ARN, busName: variables.BUS_NAME, machine: variables.DEPLOY_RELEASE_MACHINE_ARN };
  return {
    registry: () => findRegistry(where.tableName),
    status: () => status(where),
    deployed: () => deployed(where),
    releases: (application, limit) => releases(where, application, limit),
    show: (id) => show(where, id),
    log: (id, place) => log(where, id, place),
    decide: (id, environment, answer, by) => decide(where, id, environment, answer, by),
    inbox: (by) => inbox(where, by),
    delegations: (by) => delegations(where, by),
    delegate: (request, by) => delegate(where, request, by),
    retry: (id, by) => retry(where, id, by),
    promote: (id, environment, by) => promote(where, id, environment, by),
    cancel: (id, reason, by) => cancel(where, id, reason, by),
    rollback: (application, environment, request, by) => rollback(where, application, environment, request, by),
    halt: (environment, reason, by) => halt(where, environment, reason, by),
    resume: (environment, by) => resume(where, environment, by),
    plan: (request) => plan(where, request),
    remove: (request, by) => remove(where, request, by),
    adopt: (request, by) => adopt(where, request, by),
    sweep: (by) => sweep(variables.SWEEP_FUNCTION, by),
    branchEnvironments: (application) => branchEnvironments(where, application),
    stop: (application, environment, request, by) => stopBranchEnvironment(where, application, environment, request, by),
  };
}

export const handler = http({ name: 'command', application: () => door(real()) });
