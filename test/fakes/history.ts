import { endBranchEnvironment } from '../../aws/branch-ends.ts';
import { readBranchEnvironment } from '../../aws/branch-environments.ts';
import { readHead, restHead } from '../../aws/heads.ts';
import { findRelease } from '../../aws/releases.ts';
import { clearOutcome } from '../../aws/retry.ts';
import { startRelease } from '../../aws/executions.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Sweep } from '../../contracts/sweep.ts';
import { branchEnvironmentName } from '../../domain/branch-name.ts';
import { handler as startReleaseOn } from '../../functions/start-release/handler.ts';
import { handler as sweepNow } from '../../functions/sweep/handler.ts';
import type { Happening } from './happenings.ts';
import type { Branch } from './history-branches.ts';
import { HistoryMachine } from './history-machine.ts';
import { HistoryWorld, machineArn } from './history-world.ts';
import { theRegistry } from './samples.ts';

export const registry = (): Environments => ({
  ...theRegistry(),
  accounts: { ...theRegistry().accounts, sandbox: { id: '333333333333', externalId: 'drawbridge-333333333333' } },
  applications: { orders: { repository: 'shop' }, carts: { repository: 'shop' } },
  environments: {
    dev: { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] },
    sandbox: { branches: ['feature/*'], disposable: true, targets: [{ account: 'sandbox', region: 'eu-west-1', wave: 1 }] },
  },
});

const context = {} as never;

/** One history, and how it goes on when nothing more happens from outside. */
export class History {
  readonly world: HistoryWorld;
  readonly machines: HistoryMachine[] = [];
  /** Releases that changed something in an account, each time. */
  readonly executed: string[] = [];
  readonly #last = new Map<Branch, string>();

  constructor(world: HistoryWorld) {
    this.world = world;
  }

  async happen(it: Happening): Promise<void> {
    switch (it.kind) {
      case 'push':
        this.world.push(it.branch);
        return;
      case 'delete': {
        const commit = it.branch === 'main' ? undefined : this.world.delete(it.branch);
        if (commit !== undefined) this.#last.set(it.branch, commit);
        return;
      }
      case 'restore': {
        const commit = this.#last.get(it.branch);
        if (commit !== undefined) this.world.restore(it.branch, commit);
        return;
      }
      case 'merge':
        if (it.branch !== 'main') this.world.merge(it.branch);
        return;
      case 'stop':
        await this.#stop(it.branch);
        return;
      case 'later':
        this.world.later(it.hours * 60);
        return;
      case 'deliver':
        await this.#hear(it.number);
        return;
      case 'lose':
        this.world.pending.splice(it.number % Math.max(1, this.world.pending.length), 1);
        return;
      case 'double':
        this.world.pending.push(...this.world.pending.slice(it.number % Math.max(1, this.world.pending.length)).slice(0, 1));
        return;
      case 'advance':
        for (let state = 0; state < it.states; state += 1) await this.#pick(it.number)?.advance();
        return;
      case 'approve':
        this.#pick(it.number)?.approve();
        return;
      case 'kill':
        this.#pick(it.number)?.kill();
        return;
      case 'lose start':
        this.world.loseStarts = 1;
        return;
      case 'forget': {
        // Of a branch that is long gone all notes were lost, and one of its stacks was not.
        const environment = branchEnvironmentName('feature/old');
        this.world.stacks.set(`orders-${environment}`, { commit: 'a', application: 'orders', environment, branch: 'feature/old' });
        return;
      }
      case 'leave a shell':
        this.world.shells.set('orders-shell', 'orders-999-00000000-1-1');
        return;
      case 'sweep':
        await this.sweep();
    }
  }

  async sweep(): Promise<Sweep> {
    const told = (await sweepNow({}, context));
    this.#takeOn();
    return told;
  }

  /** What runs goes to its end, people answer what can lead anywhere, and what is told from now on is heard. */
  async comeToRest(): Promise<void> {
    for (let round = 0; round < 400; round += 1) {
      const running = this.machines.filter(({ runs }) => runs);
      const waiting = await Promise.all(running.map((machine) => machine.leadsNowhere()));
      if (waiting.every(Boolean) && this.world.pending.length === 0) return;
      while (this.world.pending.length > 0) await this.#hear(0);
      for (const machine of this.machines) {
        if (!(await machine.leadsNowhere())) machine.approve();
        await machine.advance();
      }
    }
    throw new Error('it does not come to rest');
  }

  /** Somebody reads that a release failed and does what it says. */
  async retryTheFailed(): Promise<void> {
    for (const application of ['orders', 'carts']) {
      for (const name of this.world.branches.keys()) {
        const head = await readHead('table', application, { branch: name });
        const release = head === undefined ? undefined : await findRelease('table', head.release);
        if (release?.outcome !== 'failed' && release?.outcome !== 'expired') continue;
        await clearOutcome('table', release.id, release.attempt);
        await startRelease(machineArn('deploy-release'), release.id, release.attempt + 1);
      }
    }
    this.#takeOn();
  }

  async #hear(number: number): Promise<void> {
    const [event] = this.world.pending.splice(number % Math.max(1, this.world.pending.length), 1);
    // A function that is killed loses the event: it is not told of again here.
    if (event !== undefined) await startReleaseOn(event, context).catch((error: unknown) => error);
    this.#takeOn();
  }

  /** As `drawbridge env stop` does. */
  async #stop(name: Branch): Promise<void> {
    const row = await readBranchEnvironment('table', 'orders', branchEnvironmentName(name));
    if (row?.state !== 'live') return;
    const head = await readHead('table', 'orders', { branch: name });
    if (head !== undefined) await restHead('table', 'orders', name, { commit: head.commit, because: 'ended' });
    await endBranchEnvironment({ tableName: 'table', busName: 'bus', machine: machineArn('deploy-release') }, row, { reason: 'Stopped.', by: 'kim' }).catch((error: unknown) => error);
    this.#takeOn();
  }

  #takeOn(): void {
    for (const started of this.world.started.splice(0)) this.machines.push(new HistoryMachine(this.world, this.executed, started));
  }

  #pick(number: number): HistoryMachine | undefined {
    const running = this.machines.filter(({ runs }) => runs);
    return running[number % Math.max(1, running.length)];
  }
}
