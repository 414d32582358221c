import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import type { Standing } from '../../aws/build-line.ts';
import type { Build, BuildOrder, BuildStart } from '../../aws/codebuild.ts';
import type { Ended, Ending } from '../../aws/branch-ends.ts';
import type { Head } from '../../aws/heads.ts';
import type { BranchEnvironment, Rest } from '../../contracts/branch-environment.ts';
import type { NewestVersion } from '../../aws/uploads.ts';
import type { SourceFiles } from '../../aws/source-files.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Deployed } from '../../contracts/plan.ts';
import type { EnvironmentRecord, Release, Source } from '../../contracts/release.ts';
import type { Report } from '../../contracts/report.ts';
import type { Commit } from '../../domain/commit-history.ts';
import { type BuildWaiter, sameWaiter } from '../../domain/build-line.ts';
import { ConfigurationError, InvalidInputError } from '../../domain/errors.ts';
import { type Reference, shortName } from '../../domain/reference.ts';
import type { LastUpload } from '../../domain/uploads/order.ts';
import { BranchRows } from './branch-rows.ts';
import { aRelease, theRegistry } from './samples.ts';

/** The variables that the template gives these functions. */
export function stubVariables(): void {
  const variables = { TABLE_NAME: 'table', BUS_NAME: 'bus', ARTIFACT_BUCKET: 'artifacts', AWS_REGION: 'eu-west-1', REGIONAL_ARTIFACT_BUCKETS: 'arn:aws:s3:::artifacts-us-east-1', WAIT_KEY_ARN: 'key', UPLOAD_BUCKET: 'uploads', BUILD_PROJECT_PREFIX: 'drawbridge-build-', DEPLOY_RELEASE_MACHINE_ARN: 'machine', SWEEP_FUNCTION: 'sweep' };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

export const commitOf = (text: string): string => createHash('sha1').update(text).digest('hex');
export const token = 'a-token-that-nobody-may-see';

/** Repository, table, builds and bucket in memory, under the names that the functions of a release use. */
export class ReleaseWorld {
  registry: Environments | undefined = theRegistry();
  /** What happened, in order: the order is what some tests are about. */
  readonly log: string[] = [];
  readonly branches = new Map<string, string>();
  readonly tags = new Map<string, string>();
  /** Path and content of each file of a commit; a commit that is not here is gone. */
  readonly trees = new Map<string, Readonly<Record<string, string>>>();
  /** The newest version of each archive, by its key. */
  readonly uploads = new Map<string, NewestVersion>();
  /** What is in each version of an archive. */
  readonly archives = new Map<string, Uint8Array>();
  readonly heads = new Map<string, Head>();
  readonly releases = new Map<string, Release>();
  readonly environments: EnvironmentRecord[] = [];
  readonly started: string[] = [];
  readonly reports: Report[] = [];
  readonly builds = new Map<string, Build>();
  readonly orders: BuildOrder[] = [];
  readonly objects = new Map<string, Uint8Array>();
  readonly waits = new Map<string, string>();
  readonly completed: { token: string; answer: unknown }[] = [];
  files: SourceFiles = { drawbridge: undefined, samconfig: undefined, template: undefined };
  folderRead: string | undefined;
  lastWords: string | undefined;
  stuck = 0;
  line: Standing[] = [];
  readonly served: Record<string, string> = {};
  /** How many more builds CodeBuild takes. */
  room = Infinity;
  /** Runs while somebody waits a moment: a build may end meanwhile. */
  meanwhile: () => void | Promise<void> = () => undefined;
  readonly environmentsOfBranches = new BranchRows();
  readonly readBranchEnvironment = this.environmentsOfBranches.readBranchEnvironment;
  /** Which environments were asked to be removed, and by whom. */
  readonly removals: string[] = [];
  /** What each pull request has merged. */
  readonly merged = new Map<string, { repository: string; branch: string; commit: string }[]>();
  #sequence = 0;
  /** Runs before a head is written: somebody else may be faster. */
  beforeWrite: () => void = () => undefined;
  /** A build as it is right after it was started. */
  begun: Partial<Build> = { status: 'IN_PROGRESS' };

  put(fields: Partial<Release> = {}): Release {
    const release = aRelease(fields);
    this.releases.set(release.id, release);
    return release;
  }

  release(id = aRelease().id): Release {
    const release = this.releases.get(id);
    if (release === undefined) throw new ConfigurationError(`no release ${id}`);
    return release;
  }

  build(fields: Partial<Build> = {}): Build {
    const build: Build = {
      id: 'drawbridge-build-orders:uuid-1',
      project: 'drawbridge-build-orders',
      status: 'SUCCEEDED',
      commit: aRelease().commit,
      source: { type: 'CODECOMMIT', location: '', version: '' },
      variables: { DRAWBRIDGE_RELEASE: aRelease().id, DRAWBRIDGE_ATTEMPT: '1' },
      exported: {},
      trouble: undefined,
      logs: undefined,
      log: { group: 'group', stream: 'stream' },
      ...fields,
    };
    this.builds.set(build.id, build);
    return build;
  }

  clock = new Date('2026-01-01T00:00:00.000Z');
  readonly now = () => this.clock;
  readonly findRegistry = (_: string) => Promise.resolve(this.registry === undefined ? undefined : { version: 3, text: '', content: this.registry, registeredBy: 'alex', registeredAt: '2026-01-01T00:00:00.000Z' });
  readonly readRegistry = async (table: string) => {
    const registration = await this.findRegistry(table);
    if (registration === undefined) throw new ConfigurationError('nothing is registered');
    return registration;
  };
  deployed: Deployed[] = [];
  /** What a release left out, as it is said. */
  left: string[] = [];
  readonly noticeLeftByFiles = (_: unknown, release: Release) => Promise.resolve(this.left.map((text) => `${text} after ${release.id}`));
  readonly listDeployed = (_: string, application: string) => Promise.resolve(this.deployed.filter((row) => row.application === application));
  readonly branchHead = (repository: string, branch: string) => Promise.resolve(this.branches.get(`${repository}/${branch}`));
  readonly tagCommit = (repository: string, tag: string) => Promise.resolve(this.tags.get(`${repository}/${tag}`));
  readonly differs = (_: string, before: string, after: string, matters: (path: string) => boolean): Promise<'yes' | 'no' | 'unknown'> => {
    const [old, young] = [this.trees.get(before), this.trees.get(after)];
    if (old === undefined || young === undefined) return Promise.resolve('unknown');
    return Promise.resolve(Object.keys({ ...old, ...young }).some((path) => old[path] !== young[path] && matters(path)) ? 'yes' : 'no');
  };
  readonly readCommit = (_: string, id: string): Promise<Commit> => {
    const kim = { name: 'Kim', email: 'kim@example.com' };
    return Promise.resolve({ id, parents: [], author: kim, committer: kim, message: `Message of ${id.slice(0, 8)}`, committedAt: 1_767_225_600 });
  };
  readonly readHead = (_: string, application: string, reference: Reference) => Promise.resolve(this.heads.get(`${application}/${shortName(reference)}`));
  readonly nextSequence = (_: string, __: string) => Promise.resolve((this.#sequence += 1));
  readonly newestVersion = (_: string, key: string) => Promise.resolve(this.uploads.get(key));
  readonly readVersion = ({ version }: { version: string }, _: number): Promise<Uint8Array> => {
    const archive = this.archives.get(version);
    return archive === undefined ? Promise.reject(new InvalidInputError(`Reading version ${version}: somebody deleted it. Upload another archive.`)) : Promise.resolve(archive);
  };
  readonly writeRelease = (_: string, release: Release, before: Head | undefined, upload?: LastUpload) => {
    this.beforeWrite();
    const key = `${release.application}/${shortName(release)}`;
    if (this.heads.get(key)?.version !== before?.version) return Promise.resolve(false);
    const rests = before?.rests?.because === 'ended' && before.rests.commit === release.commit ? { rests: before.rests } : {};
    this.heads.set(key, { ...rests, commit: release.commit, release: release.id, version: (before?.version ?? 0) + 1, ...(upload === undefined ? {} : { upload: { ...upload, same: [...upload.same] } }) });
    this.releases.set(release.id, release);
    return Promise.resolve(true);
  };
  readonly restHead = (_: string, application: string, branch: string, rests: Rest) => {
    const head = this.heads.get(`${application}/${branch}`);
    if (head === undefined) return Promise.resolve(undefined);
    const rested = { ...head, rests, version: head.version + 1 };
    this.heads.set(`${application}/${branch}`, rested);
    return Promise.resolve(rested);
  };
  readonly mergedBranches = (id: string) => Promise.resolve(this.merged.get(id) ?? []);
  readonly endBranchEnvironment = async (context: unknown, row: BranchEnvironment, why: Ending): Promise<Ended> => {
    const fields = { state: 'removing', sequence: await this.nextSequence('', row.application), reason: why.reason } as const;
    if (!(await this.environmentsOfBranches.changeBranchEnvironment('', row, fields))) return { answer: 'changed' };
    return await this.removeBranchEnvironment(context, { ...row, ...fields, version: row.version + 1 }, why);
  };
  readonly removeBranchEnvironment = async (_: unknown, row: BranchEnvironment, { reason, by }: Ending): Promise<Ended> => {
    if (this.deployed.some(({ environment }) => environment === row.name)) {
      if (row.state !== 'removing' && !(await this.environmentsOfBranches.changeBranchEnvironment('', row, { state: 'removing' }))) return { answer: 'changed' };
      this.removals.push(`${row.name} by ${by}: ${reason}`);
      return { answer: 'removing', release: 'orders-99-00000000' };
    }
    return (await this.environmentsOfBranches.changeBranchEnvironment('', row, { state: 'removed' })) ? { answer: 'removed' } : { answer: 'changed' };
  };
  readonly startRelease = (_: string, release: string, attempt: number) => Promise.resolve(void this.started.push(`${release}-${String(attempt)}`));
  readonly report = (_: unknown, what: Report) => Promise.resolve(void this.reports.push(what));
  readonly readRelease = (_: string, id: string) => Promise.resolve(this.release(id));
  readonly findRelease = (_: string, id: string) => Promise.resolve(this.releases.get(id));
  readonly updateRelease = (_: string, id: string, fields: Partial<Release>) => {
    this.log.push(`update ${Object.keys(fields).join(',')}`);
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    this.releases.set(id, { ...this.release(id), ...given });
    return Promise.resolve();
  };
  readonly listEnvironments = (_: string, __: string) => Promise.resolve(this.environments);
  readonly readSourceFiles = (_: Source, __: string, folder?: string) => {
    this.folderRead = folder;
    return Promise.resolve(this.files);
  };
  readonly storeWait = (_: unknown, { operation }: { operation: string }, kept: string) => {
    this.log.push('store');
    this.waits.set(operation, kept);
    return Promise.resolve();
  };
  readonly forgetWait = (_: string, operation: string) => Promise.resolve(void this.waits.delete(operation));
  readonly readProgram = () => Promise.resolve('await build();');
  /** What CodeBuild says of every order. */
  trouble: Error | undefined;
  readonly startBuild = (order: BuildOrder): Promise<BuildStart> => {
    this.log.push('start');
    this.orders.push(order);
    if (this.trouble !== undefined) return Promise.reject(this.trouble);
    if (this.room < 1) return Promise.resolve({ answer: 'refused', limit: 1 } as const);
    this.room -= 1;
    return Promise.resolve({ answer: 'started', id: this.build(this.begun).id } as const);
  };
  readonly readBuildLine = (_: string) => Promise.resolve({ waiters: [...this.line], served: { ...this.served } });
  readonly joinBuildLine = async (_: string, standing: Standing) => {
    await this.leaveBuildLine('', standing);
    this.line.push(standing);
  };
  readonly leaveBuildLine = (_: string, waiter: BuildWaiter, seen?: { renewed: string }) => {
    this.line = this.line.filter((it) => !sameWaiter(it, waiter) || (seen !== undefined && seen.renewed !== it.renewed));
    return Promise.resolve();
  };
  readonly noteServed = (_: string, application: string, now: Date) => Promise.resolve(void (this.served[application] = now.toISOString()));
  readonly pause = async (_: number) => { await this.meanwhile(); };
  readonly readBuild = (id: string) => Promise.resolve(this.builds.get(id));
  readonly readLastWords = (_: unknown) => Promise.resolve(this.lastWords);
  readonly completeToken = (kept: string, answer: unknown) => {
    this.log.push('complete');
    this.completed.push({ token: kept, answer });
    return Promise.resolve('completed' as const);
  };
  readonly completeWait = (_: unknown, operation: string, answer: unknown) => {
    const kept = this.waits.get(operation);
    if (kept === undefined) return Promise.resolve('nobody' as const);
    this.waits.delete(operation);
    return this.completeToken(kept, answer);
  };
  readonly stuckWait = () => void (this.stuck += 1);
  readonly listKeys = (_: string, prefix: string) => Promise.resolve([...this.objects.keys()].filter((key) => key.startsWith(prefix)));
  readonly readObject = (_: string, key: string) => Promise.resolve(this.objects.get(key) ?? new Uint8Array());
  /** What is in another bucket than the control plane's own has the bucket before its key. */
  readonly writeOnce = (bucket: string, key: string, body: Uint8Array | string, region = 'eu-west-1') => {
    if (bucket !== (region === 'eu-west-1' ? 'artifacts' : `artifacts-${region}`)) throw new Error(`${bucket} is not in ${region}`);
    const at = bucket === 'artifacts' ? key : `${bucket}/${key}`;
    if (!this.objects.has(at)) this.objects.set(at, Buffer.from(body));
    return Promise.resolve();
  };
}
