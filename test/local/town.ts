import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { StatusAnswer, SweepAnswer } from '../../contracts/commands.ts';
import type { Sweep } from '../../contracts/sweep.ts';
import { knock } from '../../local/door.ts';
import type { Person } from '../../local/sample.ts';
import { bringUp, type System, type SystemOptions } from '../../local/system.ts';
import { until } from '../fakes/until.ts';
import { Ledger } from './ledger.ts';
import { buildQuickly } from './quick-build.ts';

const run = promisify(execFile);
const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** Milliseconds that a release may take on a machine that does other things too. */
const longest = 240_000;

interface Shown {
  readonly release: { readonly id: string; readonly state: string; readonly outcome?: string; readonly reason?: string; readonly commit: string; readonly artifact?: string; readonly checks?: readonly { readonly name: string; readonly passed: boolean }[] };
  readonly environments: readonly { readonly environment: string; readonly state: string; readonly outcome?: string; readonly reason?: string; readonly digest?: string }[];
  readonly targets: readonly { readonly environment: string; readonly target: string; readonly stackName: string; readonly outcome?: string; readonly clean?: boolean; readonly reason?: string; readonly counts?: Record<string, number>; readonly outputs?: Record<string, string>; readonly risks?: readonly string[] }[];
  readonly approvals: readonly { readonly id: string; readonly environment: string; readonly state: string; readonly digest: string; readonly because: readonly string[] }[];
  readonly votes: readonly { readonly approver: string; readonly channel: string; readonly decision: string; readonly reason: string; readonly digest: string; readonly from: string; readonly at: string; readonly breakGlass: boolean; readonly standsFor: readonly string[] }[];
  readonly story: readonly { readonly kind: string; readonly about: string; readonly text: string; readonly at: string; readonly outcome?: string }[];
}
export type { Shown };

/** A repository of one application in a local cloud, pushed to as a developer would. */
export class Application {
  readonly name: string;
  readonly folder: string;
  readonly #town: Town;

  constructor(town: Town, name: string, folder: string) {
    this.#town = town;
    this.name = name;
    this.folder = folder;
  }

  async git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', ['-c', 'init.defaultBranch=main', '-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', '-C', this.folder, ...args]);
    return stdout.trim();
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
  }

  /** Puts the example of its name there, without what tools have made in that. */
  async copyExample(): Promise<void> {
    await cp(join(examples, this.name), this.folder, { recursive: true, filter: (from) => !/node_modules|cdk\.out/.test(from) });
  }

  /** Commits the files and pushes them to `main`; answers the commit. */
  async push(files: Readonly<Record<string, string>>, message = 'Change'): Promise<string> {
    await this.write(files);
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '--message', message);
    await this.git('push', '--quiet', '--force', this.#town.system.cloud.gitRemote(this.name), 'HEAD:refs/heads/main');
    return await this.git('rev-parse', 'HEAD');
  }

  /** The release of a commit, as soon as there is one. */
  async releaseOf(commit: string): Promise<string> {
    return await until(`${this.name} has a release of ${commit.slice(0, 8)}`, async () => (await this.releases()).find((release) => release.commit === commit)?.id);
  }

  async releases(): Promise<readonly { id: string; commit: string; state: string; outcome?: string }[]> {
    const answer = (await this.#town.ask('GET', `/releases?application=${this.name}&limit=50`)) as { releases: { id: string; commit: string; state: string; outcome?: string }[] };
    return answer.releases;
  }

  /** Pushes, and waits until the release of the commit has ended. */
  async release(files: Readonly<Record<string, string>>, message?: string): Promise<Shown> {
    return await this.#town.ended(await this.releaseOf(await this.push(files, message)));
  }
}

/** The whole local cloud for one test file. */
export class Town {
  readonly system: System;
  readonly #folder: string;
  readonly #applications = new Map<string, Application>();
  readonly #ledger: Ledger;

  private constructor(system: System, folder: string) {
    this.system = system;
    this.#folder = folder;
    this.#ledger = new Ledger(this);
  }

  static async build(lookAgainSeconds = 900, builds?: SystemOptions['builds'], regions: readonly string[] = []): Promise<Town> {
    const folder = await mkdtemp(join(tmpdir(), 'drawbridge-town-'));
    return new Town(await bringUp({ stateDir: join(folder, 'cloud'), lookAgainSeconds, regions, ...(builds === undefined ? {} : { builds }) }), folder);
  }

  async close(): Promise<void> {
    await this.system.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async ask(method: 'GET' | 'POST', path: string, body?: unknown, person: Person = 'alex'): Promise<unknown> {
    return await knock(this.system.doorUrl, this.system.people[person], this.system.cloud.region, method, path, body);
  }

  async applications(...names: string[]): Promise<Application[]> {
    await this.system.addApplications(...names);
    return await Promise.all(
      names.map(async (name) => {
        const application = new Application(this, name, join(this.#folder, name));
        // Asked for again, an application goes on where it was.
        await mkdir(application.folder, { recursive: true });
        await application.git('init', '--quiet');
        this.#applications.set(name, application);
        return application;
      }),
    );
  }

  /** The same where how they are built is not what a test is about. */
  async quickApplications(...names: string[]): Promise<Application[]> {
    const applications = await this.applications(...names);
    await Promise.all(names.map((name) => buildQuickly(this.client(), name)));
    return applications;
  }

  /** One that was made before. */
  application(name: string): Application {
    const found = this.#applications.get(name);
    if (found === undefined) throw new Error(`no application ${name}`);
    return found;
  }

  /** What a client of the SDK needs to be an administrator of an account. */
  client(account: keyof System['cloud']['accounts'] = 'tools') {
    const { cloud } = this.system;
    return { endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(cloud.accounts[account]) };
  }

  async show(release: string): Promise<Shown> {
    return (await this.ask('GET', `/releases/${release}`)) as Shown;
  }

  /** Whoever waits looks into the ledger: asking the door is work for the machine, again and again. */
  async #isOver(release: string): Promise<boolean> {
    return (await this.#ledger.release(release))?.state === 'ended';
  }

  async ended(release: string, limit = longest): Promise<Shown> {
    await until(`${release} ends`, () => this.#isOver(release), limit);
    return await this.show(release);
  }

  /** Waits until a release asks for an approval; one that ends without asking fails at once, with its reason. */
  async waitsIn(release: string, environment: string): Promise<Shown> {
    await until(`${release} waits for an approval in ${environment}`, async () => (await this.#ledger.asked(release)).includes(environment) || (await this.#isOver(release)), longest);
    const shown = await this.show(release);
    if (shown.release.state === 'ended') throw new Error(`${release} ended without asking: ${JSON.stringify(shown.release)}`);
    return shown;
  }

  /** Has the sweep run, and answers what it did. */
  async sweep(): Promise<Sweep> {
    const { asked } = SweepAnswer.parse(await this.ask('POST', '/sweep', {}));
    return await until('it is swept', async () => {
      const last = StatusAnswer.parse(await this.ask('GET', '/status')).swept;
      return last !== undefined && last.at >= asked ? last : undefined;
    }, longest);
  }

  /** Waits until nothing goes on: no execution, no function, no event. */
  async comesToRest(): Promise<void> {
    let looks = 0;
    await until('nothing goes on', async () => {
      const { events, invocations, functions, executions } = await this.system.cloud.admin.work();
      // A function that ends may start what the look has passed already.
      looks = events + invocations + functions + executions === 0 ? looks + 1 : 0;
      return looks > 1;
    }, longest);
  }

  /** Somebody with rights of their own changes a stack behind our back. */
  async changeByHand(stack: string, account: 'dev' | 'staging' | 'prod', resources: Readonly<Record<string, unknown>>): Promise<void> {
    const client = new CloudFormationClient(this.client(account));
    await client.send(new UpdateStackCommand({ StackName: stack, TemplateBody: JSON.stringify({ Resources: resources }) }));
    await until(`${stack} is changed`, async () => {
      const status = (await client.send(new DescribeStacksCommand({ StackName: stack }))).Stacks?.[0]?.StackStatus;
      return status === 'UPDATE_COMPLETE' ? status : undefined;
    });
  }

  async decide(release: string, environment: string, decision: 'approve' | 'reject', person: Person = 'alex', reason = 'as tested'): Promise<unknown> {
    return await this.ask('POST', `/releases/${release}/environments/${environment}/decision`, { decision, reason }, person);
  }
}

export const outcomes = (shown: Shown): Record<string, string | undefined> => Object.fromEntries(shown.environments.map(({ environment, outcome }) => [environment, outcome]));
