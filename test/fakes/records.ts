import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Adoption } from '../../contracts/adoption.ts';
import type { ApprovalRow } from '../../aws/approvals.ts';
import type { Approval } from '../../contracts/approval.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Halt } from '../../contracts/halt.ts';
import type { Deployed, Plan, Removed, TargetRecord } from '../../contracts/plan.ts';
import type { EnvironmentRecord, Release, Target } from '../../contracts/release.ts';
import type { Report } from '../../contracts/report.ts';
import type { Look } from '../../aws/change-set-look.ts';
import type { Looked } from '../../aws/keep-look.ts';
import type { Head } from '../../aws/heads.ts';
import type { Place, Waiter } from '../../aws/locks.ts';
import { count } from '../../domain/changes.ts';
import { type Deferred, siblingsOf } from '../../domain/deferral.ts';
import { DeploymentFailedError } from '../../domain/errors.ts';
import type { Lock } from '../../domain/lock.ts';
import { makePlan } from '../../domain/plan.ts';
import { plannedSteps } from '../../domain/steps.ts';
import { takenOf } from '../../domain/taken.ts';
import { BranchRows } from './branch-rows.ts';
import { aRelease, theRegistry } from './samples.ts';

const place = ({ account, region, stackName }: Place) => `${account}#${region}#${stackName}`;

/** The control plane's own records in memory, under the names that the functions use. */
export class FakeRecords {
  readonly where = { tableName: 'table', keyArn: 'key', busName: 'bus', bucket: 'artifacts', region: 'eu-west-1' };
  release: Release = aRelease();
  registry: Environments = theRegistry();
  readonly targets = new Map<string, TargetRecord>();
  readonly environments = new Map<string, EnvironmentRecord>();
  readonly deployed = new Map<string, Deployed>();
  /** By the place of the stack. */
  readonly adoptions = new Map<string, Adoption>();
  readonly findAdoption = (_: string, at: Place) => Promise.resolve(this.adoptions.get(place(at)));
  readonly removed = new Map<string, Removed>();
  readonly approvals = new Map<string, ApprovalRow>();
  readonly locks = new Map<string, Lock>();
  readonly line: (Waiter & { place: string })[] = [];
  readonly waits = new Map<string, { token: string; about: Readonly<Record<string, string>> }>();
  readonly completed: { token: string; answer: unknown }[] = [];
  readonly reports: Report[] = [];
  readonly plans: Plan[] = [];
  readonly running = new Set<string>();
  readonly eventsSeen = new Map<string, string>();
  /** An object that somebody changed after it was sealed. */
  altered: string | undefined;
  readonly canaries = new Map<string, string>();
  halt: Halt | undefined;
  /** Accounts and Regions that nothing was released to yet. */
  readonly unexamined = new Set<string>();
  readonly branches = new BranchRows();
  readonly readBranchEnvironment = this.branches.readBranchEnvironment;
  readonly takeUpBranchEnvironment = this.branches.takeUpBranchEnvironment;
  readonly changeBranchEnvironment = this.branches.changeBranchEnvironment;
  /** What was last released of the branch. */
  head: Head | undefined;
  readonly readHead = (_: string, __: string, ___: unknown) => Promise.resolve(this.head);
  stuck = 0;
  readonly visits: { purpose: string; approvers: readonly string[] }[] = [];
  clock = new Date('2026-01-01T00:00:00.000Z');

  readonly now = () => this.clock;
  readonly stuckWait = () => void (this.stuck += 1);
  readonly nonce = () => 'a'.repeat(32);
  readonly readRelease = (_: string, __: string) => Promise.resolve(this.release);
  readonly findHalt = () => Promise.resolve(this.halt);
  readonly readRegistry = (_: string) => Promise.resolve({ version: 1, text: '', content: this.registry, registeredBy: 'somebody', registeredAt: '2026-01-01T00:00:00.000Z' });
  readonly readTarget = (_: string, __: string, environment: string, target: string) => Promise.resolve(this.targets.get(`${environment}/${target}`));
  readonly listTargets = (_: string, __: string, environment?: string) => Promise.resolve([...this.targets.values()].filter((record) => environment === undefined || record.environment === environment));
  readonly startTarget = (_: string, record: TargetRecord) => Promise.resolve(void this.targets.set(`${record.environment}/${record.target}`, record));
  readonly updateTarget = (_: string, id: Pick<TargetRecord, 'release' | 'environment' | 'target'>, fields: Partial<TargetRecord>, now: Date) => {
    const before = this.targets.get(`${id.environment}/${id.target}`);
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    if (before !== undefined) this.targets.set(`${id.environment}/${id.target}`, { ...before, ...given, updatedAt: now.toISOString() });
    return Promise.resolve();
  };
  readonly readEnvironment = (_: string, __: string, environment: string) => Promise.resolve(this.environments.get(environment));
  readonly startEnvironment = (_: string, record: EnvironmentRecord) => Promise.resolve(void this.environments.set(record.environment, record));
  readonly updateEnvironment = (_: string, { release, environment }: { release: string; environment: string }, fields: Partial<EnvironmentRecord>, now: Date) => {
    const before = this.environments.get(environment) ?? { release, environment, state: 'planning', attempt: '1', updatedAt: '' };
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    this.environments.set(environment, { ...before, ...given, updatedAt: now.toISOString() });
    return Promise.resolve();
  };
  readonly findApproval = (_: string, id: string | undefined) => Promise.resolve(id === undefined ? undefined : this.approvals.get(id));
  readonly writeApproval = (_: string, approval: Approval, before: number) => {
    if ((this.approvals.get(approval.id)?.version ?? 0) !== before) return Promise.resolve(false);
    this.approvals.set(approval.id, { ...approval, version: before + 1 });
    return Promise.resolve(true);
  };
  readonly readDeployed = (_: string, __: string, environment: string, target: string) => Promise.resolve(this.deployed.get(`${environment}/${target}`));
  readonly readRemoved = (_: string, __: string, environment: string, target: string) => Promise.resolve(this.removed.get(`${environment}/${target}`));
  readonly forgetDeployed = (_: string, { release, fence }: Pick<Deployed, 'release' | 'fence'>, removed: Removed) => {
    const there = this.deployed.get(`${removed.environment}/${removed.target}`);
    if (there !== undefined && (there.release !== release || there.fence !== fence)) return Promise.resolve('changed' as const);
    this.#forget(removed);
    return Promise.resolve('forgotten' as const);
  };
  #forget(removed: Removed): void {
    this.deployed.delete(`${removed.environment}/${removed.target}`);
    this.removed.set(`${removed.environment}/${removed.target}`, removed);
  }
  /** Where what is deployed was looked at. */
  checkedIn: readonly string[] = [];
  readonly checkSealed = (_: string, __: unknown, regions: readonly string[]): Promise<void> => {
    this.checkedIn = regions;
    return this.altered === undefined ? Promise.resolve() : Promise.reject(new DeploymentFailedError(`${this.altered} is not what was built`));
  };
  readonly readSiblings = (_: string, { release, environment, target }: { release: Pick<Release, 'id'>; environment: string; target: Pick<Target, 'after' | 'lookups'> }) =>
    Promise.resolve(siblingsOf(release.id, target, Object.entries(target.after ?? {}).map(([stack, name]) => ({ stack, deployed: this.deployed.get(`${environment}/${name}`) }))));
  readonly readTaken = (_: string, { target }: { target: Pick<Target, 'takes'> }) => Promise.resolve(takenOf(target, (environment, name) => this.deployed.get(`${environment}/${name}`)));
  readonly report = (_: unknown, what: Report): Promise<void> => Promise.resolve(void this.reports.push(what));
  readonly clientFor = (purpose: string, { approvers = [] }: { approvers?: readonly string[] }) => {
    this.visits.push({ purpose, approvers });
    return Promise.resolve(new CloudFormationClient({ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } }));
  };

  readonly keepLook = async (_: unknown, looked: Looked, look: Look | Deferred, now: Date) => {
    const id = { release: looked.release.id, environment: looked.environment, target: looked.target.name };
    if (look.answer === 'pending') return 'pending' as const;
    if (look.answer === 'deferred') return await this.updateTarget('', id, { state: 'deferred', reason: look.reason }, now).then(() => 'settled' as const);
    if (look.answer === 'no-changes' && this.locks.get(place(looked.target))?.owner !== undefined) return 'moving' as const;
    if (look.answer === 'ready') {
      const plan = makePlan({ ...looked, steps: plannedSteps({ ...looked, outputs: { ...looked.outputs, ...looked.taken }, done: this.deployed.get(`${looked.environment}/${looked.target.name}`)?.steps ?? [] }) }, look.described);
      this.plans.push(plan);
      await this.updateTarget('', id, { state: 'planned', digest: plan.digest, changeSetArn: plan.changeSetArn, stackArn: plan.stackArn, counts: count(plan.changes) }, now);
    } else {
      const outcome = look.answer === 'gone' ? 'stale' : look.answer;
      await this.updateTarget('', id, { state: 'ended', outcome, clean: true, ...(look.answer === 'failed' ? { reason: look.reason } : {}) }, now);
    }
    return 'settled' as const;
  };

  readonly readLock = (_: string, at: Place) => Promise.resolve(this.locks.get(place(at)));
  readonly seizeLock = (_: string, at: Place, seen: Lock | undefined, mine: Required<Lock>) => {
    const now = this.locks.get(place(at));
    if (now?.fence !== seen?.fence || now?.owner !== seen?.owner) return Promise.resolve(false);
    this.locks.set(place(at), mine);
    return Promise.resolve(true);
  };
  readonly isRunning = (execution: string) => Promise.resolve(this.running.has(execution));
  readonly enqueue = (_: string, at: Place, execution: string, now: Date) => Promise.resolve(void this.line.push({ place: place(at), execution, sk: `WAITER#${now.toISOString()}#${execution}` }));
  readonly waiters = (_: string, at: Place) => Promise.resolve(this.line.filter((waiter) => waiter.place === place(at)));
  readonly dequeue = (_: string, __: Place, { sk }: Waiter) => Promise.resolve(void this.line.splice(this.line.findIndex((waiter) => waiter.sk === sk), 1));
  readonly closeUnderLock = async (
    _: string,
    { record, ended, deployed, removed, takenOver, lock }: { record: Pick<TargetRecord, 'release' | 'environment' | 'target'> & Place; ended: Readonly<Partial<TargetRecord>>; deployed?: Deployed | undefined; removed?: Removed | undefined; takenOver?: boolean | undefined; lock: { owner: string; fence: number } },
  ) => {
    const held = this.locks.get(place(record));
    if (held?.owner !== lock.owner || held.fence !== lock.fence) return 'lost' as const;
    this.locks.set(place(record), { fence: held.fence });
    await this.updateTarget('', record, ended, this.clock);
    if (deployed !== undefined) this.deployed.set(`${deployed.environment}/${deployed.target}`, deployed);
    if (removed !== undefined) this.#forget(removed);
    if (takenOver === true) this.adoptions.delete(place(record));
    return 'closed' as const;
  };

  readonly noteEvent = (_: string, { account, region }: { account: string; region: string }, now: Date) => Promise.resolve(void this.eventsSeen.set(`${account}#${region}`, now.toISOString()));

  readonly noteCanary = (_: string, { account, region }: { account: string; region: string }, sentAt: string) => Promise.resolve(void this.canaries.set(`${account}#${region}`, sentAt));
  readonly wasExamined = (_: string, { account, region }: { account: string; region: string }) => Promise.resolve(!this.unexamined.has(`${account}#${region}`));

  readonly storeWait = (_: unknown, wait: { operation: string; about: Readonly<Record<string, string>> }, token: string) => Promise.resolve(void this.waits.set(wait.operation, { token, about: wait.about }));
  readonly forgetWait = (_: string, operation: string) => Promise.resolve(void this.waits.delete(operation));
  readonly findWait = (_: string, operation: string) => Promise.resolve(this.waits.get(operation)?.about);
  readonly completeToken = (token: string, answer: unknown) => {
    this.completed.push({ token, answer });
    return Promise.resolve('completed' as const);
  };
  readonly completeWait = (_: unknown, operation: string, answer: unknown) => {
    const wait = this.waits.get(operation);
    if (wait === undefined) return Promise.resolve('nobody' as const);
    this.waits.delete(operation);
    return this.completeToken(wait.token, answer);
  };
}
