import { approvalId, findApproval, findWaiting, setWaiting, writeApproval } from '../../aws/approvals.ts';
import { startEnvironment, startTarget } from '../../aws/attempts.ts';
import { changeBranchEnvironment, readBranchEnvironment, takeUpBranchEnvironment } from '../../aws/branch-environments.ts';
import { readDeployed, readRemoved } from '../../aws/deployed.ts';
import { findHalt } from '../../aws/halts.ts';
import { readHead } from '../../aws/heads.ts';
import { readRegistry } from '../../aws/registry.ts';
import { readEnvironment, readRelease, updateEnvironment, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeWait, storeWait } from '../../aws/waits.ts';
import type { Outcome } from '../../contracts/outcome.ts';
import type { Release, ResolvedEnvironment } from '../../contracts/release.ts';
import { approvalOperation, supersede } from '../../domain/approval.ts';
import { overtakenIn } from '../../domain/branch-life.ts';
import { branchEnvironmentName } from '../../domain/branch-name.ts';
import { whyNot } from '../../domain/may-begin.ts';
import { handler as closeTarget } from '../../functions/close-target/handler.ts';
import { handler as closeApproval } from '../../functions/close-approval/handler.ts';
import { handler as reportRelease } from '../../functions/report-release/handler.ts';
import { takeUpEnvironment } from '../../functions/take-up-environment/handler.ts';
import { handler as takeLock } from '../../functions/take-lock/handler.ts';
import { executionOf, type HistoryWorld } from './history-world.ts';
import { anApproval, aRecord, aRelease, aTarget } from './samples.ts';

const where = { tableName: 'table', busName: 'bus', keyArn: 'key' };
const context = {} as never;
const takingUp = {
  readRelease, readRegistry, readEnvironment, readDeployed, readRemoved, readHead, findHalt, takeUpBranchEnvironment, changeBranchEnvironment, startEnvironment, report,
  checkSealed: () => Promise.resolve(),
  wasExamined: () => Promise.resolve(true),
  now: () => new Date(),
};

type Step = 'read' | 'take up' | 'ask' | 'wait' | 'lock' | 'stand' | 'execute' | 'close' | 'report' | 'done';

/** How long branch environments live here. */
export const life = { timeToLiveSeconds: 72 * 3600, idleSeconds: 24 * 3600, atOnce: 5 };

/** One release on its way through the machines, a state at a time. What the states decide and write is ours; what they wait for is told. */
export class HistoryMachine {
  readonly release: string;
  readonly attempt: number;
  readonly #world: HistoryWorld;
  readonly #executed: string[];
  #step: Step = 'read';
  #environment = '';
  /** The one of its targets. */
  #target = 'main';
  #fence = 0;
  #outcome: Outcome = 'failed';

  constructor(world: HistoryWorld, executed: string[], { release, attempt }: { readonly release: string; readonly attempt: number }) {
    this.#world = world;
    this.#executed = executed;
    this.release = release;
    this.attempt = attempt;
  }

  get #execution(): string {
    return executionOf('deploy-release', `${this.release}-${String(this.attempt)}`);
  }

  get #nested(): string {
    return executionOf('deploy-environment', `${this.release}-${this.#environment}-${String(this.attempt)}`);
  }

  get #moving(): string {
    return executionOf('execute-plan', `${this.release}-${this.#environment}-${this.#target}-${String(this.attempt)}-1`);
  }

  get runs(): boolean {
    return this.#world.executions.get(this.#execution) === 'RUNNING';
  }

  /** It waits for people. */
  get asks(): boolean {
    return this.runs && this.#step === 'wait' && !this.#world.answers.has(this.#nested);
  }

  /** Somebody stops it by hand, and what is nested with it. */
  kill(): void {
    for (const execution of [this.#execution, this.#nested, this.#moving]) this.#world.end(execution, 'ABORTED');
  }

  /** It waits for people in the environment of a branch that is for another release by now, or for none. */
  async leadsNowhere(): Promise<boolean> {
    if (!this.asks) return false;
    const release = await readRelease('table', this.release);
    const row = await readBranchEnvironment('table', release.application, this.#environment);
    return row !== undefined && overtakenIn(row, release.sequence) !== undefined;
  }

  approve(): void {
    if (this.asks) this.#world.answers.set(this.#nested, { answer: 'approved' });
  }

  /** Goes on by one state. A wait that is not over looks again. */
  async advance(): Promise<void> {
    if (!this.runs) return;
    const release = await readRelease('table', this.release);
    this.#step = await this.#next(release);
  }

  async #next(release: Release): Promise<Step> {
    switch (this.#step) {
      case 'read':
        if (release.mode === 'deploy') await updateRelease('table', this.release, { artifact: aRelease().artifact, configuration: { environments: [goesTo(release)], remarks: [] } });
        return 'take up';
      case 'take up':
        return await this.#takeUp(release);
      case 'ask':
        return await this.#ask(release);
      case 'wait':
        return await this.#wait();
      case 'lock':
      case 'stand':
        return await this.#takeLock();
      case 'execute':
        return await this.#execute(release);
      case 'close':
        await closeTarget({ release: this.release, environment: this.#environment, target: this.#target, attempt: `${String(this.attempt)}-1`, execution: this.#moving, fence: this.#fence, outcome: this.#outcome, clean: true }, context);
        this.#world.end(this.#moving, 'SUCCEEDED');
        return await this.#endEnvironment(release);
      case 'report':
        await reportRelease({ release: this.release, attempt: this.attempt }, context);
        this.#world.end(this.#execution, 'SUCCEEDED');
        return 'done';
      case 'done':
        return 'done';
    }
  }

  async #takeUp({ configuration, mode }: Release): Promise<Step> {
    this.#environment = configuration?.environments[0]?.name ?? '';
    this.#target = configuration?.environments[0]?.targets[0]?.name ?? 'main';
    this.#world.executions.set(this.#nested, 'RUNNING');
    const { answer } = await takeUpEnvironment(takingUp, where, { release: this.release, environment: this.#environment, attempt: this.attempt, round: 1 });
    if (answer === 'plan') return configuration?.environments[0]?.approval !== undefined && mode === 'deploy' ? 'ask' : 'lock';
    this.#world.end(this.#nested, 'SUCCEEDED');
    return 'report';
  }

  /** The newest question supersedes older ones, and is never superseded by one. */
  async #ask(release: Release): Promise<Step> {
    const { id, application, sequence } = release;
    const before = await findWaiting('table', application, this.#environment);
    if (before?.state === 'waiting' && before.sequence > sequence) {
      this.#outcome = 'superseded';
      return await this.#endEnvironment(release);
    }
    if (before?.state === 'waiting' && (await writeApproval('table', supersede(before, id), before.version))) await completeWait(where, approvalOperation(before.id), { answer: 'superseded' });
    const approval = anApproval({ id: approvalId(), release: id, application, environment: this.#environment, sequence, attempt: `${String(this.attempt)}-1`, createdAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 12 * 3_600_000).toISOString() });
    await storeWait(where, { operation: approvalOperation(approval.id), about: {} }, this.#nested, new Date());
    await writeApproval('table', approval, 0);
    await setWaiting('table', approval, before?.id);
    await updateEnvironment('table', { release: id, environment: this.#environment }, { state: 'waiting', approval: approval.id }, new Date());
    return 'wait';
  }

  async #wait(): Promise<Step> {
    const record = await readEnvironment('table', this.release, this.#environment);
    const asked = await findApproval('table', record?.approval);
    let answer = (this.#world.answers.get(this.#nested) as { answer: string } | undefined)?.answer;
    if (answer === undefined && asked !== undefined && new Date().toISOString() >= asked.expiresAt) ({ answer } = await closeApproval({ release: this.release, environment: this.#environment, attempt: this.attempt, round: 1 }, context));
    if (answer === undefined) return 'wait';
    if (asked !== undefined) {
      if (asked.state === 'waiting' && answer === 'approved') await writeApproval('table', { ...asked, state: 'approved' }, asked.version);
      await completeWait(where, approvalOperation(asked.id), { answer });
    }
    if (answer === 'approved') return 'lock';
    this.#outcome = answer as Outcome;
    return await this.#endEnvironment(await readRelease('table', this.release));
  }

  async #takeLock(): Promise<Step> {
    this.#world.executions.set(this.#moving, 'RUNNING');
    this.#world.answers.delete(this.#moving);
    await takeLock({ release: this.release, environment: this.#environment, target: this.#target, attempt: `${String(this.attempt)}-1`, execution: this.#moving, token: this.#moving }, context);
    const answer = this.#world.answers.get(this.#moving) as { answer: string; fence: number } | undefined;
    if (answer?.answer !== 'taken') return 'stand';
    this.#fence = answer.fence;
    return 'execute';
  }

  /** Under the lock: is it still the newest? Then it happens in the account. */
  async #execute(release: Release): Promise<Step> {
    const { application, commit, mode, sequence } = release;
    const stackName = `${application}-${this.#environment}`;
    const row = release.branch === undefined ? undefined : await readBranchEnvironment('table', application, this.#environment);
    const [deployed, removed] = [await readDeployed('table', application, this.#environment, this.#target), await readRemoved('table', application, this.#environment, this.#target)];
    const closed = whyNot({ release, refused: undefined, halt: undefined, deployed: [deployed], removed: [removed] });
    const overtaken = mode !== 'deploy' || row === undefined ? undefined : overtakenIn(row, sequence);
    if (closed !== undefined || overtaken !== undefined) {
      this.#outcome = 'superseded';
      return 'close';
    }
    const before = this.#world.stacks.get(stackName);
    await startTarget('table', aRecord({ release: this.release, environment: this.#environment, target: this.#target, account: release.configuration?.environments[0]?.targets[0]?.account ?? '', attempt: `${String(this.attempt)}-1`, stackName, state: 'executing', stackArn: `arn:aws:cloudformation:eu-west-1:222222222222:stack/${stackName}/1`, executed: true, ...(before === undefined ? { createdShell: true } : {}) }));
    await updateEnvironment('table', { release: this.release, environment: this.#environment }, { state: 'executing' }, new Date());
    if (mode === 'remove') this.#world.stacks.delete(stackName);
    else if (before?.commit !== commit) {
      this.#executed.push(this.release);
      this.#world.stacks.set(stackName, { commit, application, environment: this.#environment, ...(this.#environment === 'dev' || release.branch === undefined ? {} : { branch: release.branch }) });
    }
    this.#outcome = mode === 'remove' ? 'removed' : 'deployed';
    return 'close';
  }

  async #endEnvironment({ application, configuration }: Release): Promise<Step> {
    const of = configuration?.environments[0]?.branch;
    await updateEnvironment('table', { release: this.release, environment: this.#environment }, { state: 'ended', outcome: this.#outcome }, new Date());
    await report(where, { kind: 'ended', about: 'environment', release: this.release, application, environment: this.#environment, ...(of === undefined ? {} : { branch: of }), outcome: this.#outcome, text: '' }, new Date());
    this.#world.end(this.#nested, 'SUCCEEDED');
    return 'report';
  }
}

const inSandbox = { account: '333333333333', accountName: 'sandbox', externalId: 'drawbridge-333333333333' };

/** What its files would say: `main` goes to `dev`, which asks; every other branch to an environment of its own. */
function goesTo({ application, branch = 'main' }: Release): ResolvedEnvironment {
  const registered = branch === 'main' ? undefined : { registered: 'sandbox', branch, life };
  const name = branch === 'main' ? 'dev' : branchEnvironmentName(branch);
  const approval = { quorums: [{ from: 'approvers', approvers: ['alex'], required: 1 }], breakGlass: [], expiresInSeconds: 43_200, remindInSeconds: 3600, authorMayApprove: false };
  return {
    name,
    ...registered,
    targets: [aTarget({ stackName: `${application}-${name}`, ...(registered === undefined ? {} : inSandbox) })],
    // In sandboxes `carts` asks too.
    ...(registered === undefined || application === 'carts' ? { approval } : {}),
  };
}

