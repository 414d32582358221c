import type { DeploymentEnd } from '../contracts/outcome.ts';

/** A deployment as CodeDeploy describes it, in our words. */
export interface DescribedDeployment {
  readonly id: string;
  readonly status: string;
  readonly description: string | undefined;
  readonly completedAt: Date | undefined;
  /** The deployment that rolls this one back, where CodeDeploy made one. */
  readonly rollbackId: string | undefined;
  /** What CodeDeploy says of a rollback, for example that there is nothing to go back to. */
  readonly rollbackMessage: string | undefined;
  /** The events after which the group rolls back. */
  readonly rollsBackOn: readonly string[];
  /** There is an earlier revision to go back to. */
  readonly hasPrevious: boolean;
  readonly error: string | undefined;
}

type Phase = 'moving' | 'succeeded' | 'failed';

export const phases = {
  Created: 'moving',
  Queued: 'moving',
  InProgress: 'moving',
  Baking: 'moving',
  Ready: 'moving',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Stopped: 'failed',
} as const satisfies Record<string, Phase>;

/** What CodeDeploy may add one day is waited for, never taken for an end. */
export const phaseOf = (status: string): Phase => (Object.hasOwn(phases, status) ? phases[status as keyof typeof phases] : 'moving');

/** An automatic rollback is a deployment of its own, made right after the failure. This long it may take to appear. */
const rollbackAppearsInMs = 120_000;

const asksRollback: Readonly<Record<string, readonly string[]>> = { Failed: ['DEPLOYMENT_FAILURE'], Stopped: ['DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] };

/** Failed, and a rollback may be about to begin. */
export function mayYetRollBack({ status, completedAt, rollbackId, rollbackMessage, rollsBackOn, hasPrevious }: DescribedDeployment, now: Date): boolean {
  const asked = asksRollback[status]?.some((event) => rollsBackOn.includes(event)) === true;
  const said = rollbackMessage !== undefined && rollbackMessage !== '';
  return asked && hasPrevious && rollbackId === undefined && !said && (completedAt === undefined || now.getTime() - completedAt.getTime() < rollbackAppearsInMs);
}

/** How a deployment ended, or `undefined` while it, or its rollback, still moves. */
export function deploymentEnd(deployment: DescribedDeployment, rollback: DescribedDeployment | undefined, now: Date): DeploymentEnd | undefined {
  const { id: deploymentId, status, rollbackId, rollbackMessage } = deployment;
  const phase = phaseOf(status);
  if (phase === 'moving') return undefined;
  if (phase === 'succeeded') return { outcome: 'deployed', deploymentId, clean: true };
  if (rollbackId === undefined) {
    if (mayYetRollBack(deployment, now)) return undefined;
    return { outcome: 'failed', deploymentId, clean: false, reason: rollbackMessage === undefined || rollbackMessage === '' ? 'The group was not rolled back; look at its instances.' : sentence(rollbackMessage) };
  }
  const back = rollback === undefined ? 'moving' : phaseOf(rollback.status);
  if (back === 'moving') return undefined;
  if (back === 'succeeded') return { outcome: 'rolled-back', deploymentId, clean: true, reason: `CodeDeploy rolled it back with ${rollbackId}.` };
  return { outcome: 'failed', deploymentId, clean: false, reason: `Its rollback ${rollbackId} failed too; look at the group's instances.` };
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What one target of a deployment says of the lifecycle event that failed there. */
export interface Diagnosis {
  readonly target: string;
  readonly event: string;
  readonly script: string;
  readonly message: string;
  readonly logTail: string;
}

const linesShown = 3;
const longest = 600;

/** The agent puts where a line came from before it. */
const lastLines = (log: string): string[] =>
  log
    .split('\n')
    .filter((line) => !/^(LifecycleEvent|Script) - /.test(line))
    .map((line) => line.replace(/^\[std(out|err)\]/, '').trim())
    .filter((line) => line !== '')
    .slice(-linesShown);

/** Why a deployment failed: the event, the script and its last lines where an instance tells them, else what CodeDeploy says of the whole. */
export function failureSentence({ id, error }: Pick<DescribedDeployment, 'id' | 'error'>, diagnosis: Diagnosis | undefined): string {
  if (diagnosis === undefined) return `Deployment ${id} failed: ${sentence(error ?? 'CodeDeploy gives no reason')}`;
  const { target, event, script, message, logTail } = diagnosis;
  const lines = lastLines(logTail);
  const where = script === '' ? event : `${event} (${script})`;
  return `Deployment ${id} failed in ${where} on ${target}: ${sentence(message)}${lines.length === 0 ? '' : ` It said: ${sentence(lines.join(' | '))}`}`.slice(0, longest);
}
