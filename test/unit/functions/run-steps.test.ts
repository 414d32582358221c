import { beforeEach, describe, expect, it } from 'vitest';
import type { Published, Site } from '../../../aws/publish.ts';
import type { DeclaredStep } from '../../../contracts/steps.ts';
import type { Cursor } from '../../../contracts/tasks.ts';
import { AccessDeniedError, ConfigurationError, TransientError } from '../../../domain/errors.ts';
import { runSteps } from '../../../functions/run-steps/handler.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { aRecord, aRelease, aTarget, task } from '../../fakes/samples.ts';

/** Buckets, distributions and parameters of a target account, and the session that each step was given. */
class FakeTarget {
  readonly objects = new Map<string, string>();
  readonly copies: string[] = [];
  readonly invalidated: { distribution: string; reference: string }[] = [];
  readonly parameters = new Map<string, string>();
  readonly policies: string[] = [];
  trouble: Error | undefined;

  readonly credentialsFor = (_: unknown, __: unknown, ___: unknown, policy = '') => {
    this.policies.push(policy);
    return Promise.resolve({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' });
  };
  readonly siteFor = (_: unknown, __: unknown, { bucket, prefix }: { bucket: string; prefix: string }) => ({ bucket, prefix }) as Site;
  readonly publishFile = ({ bucket, prefix }: Pick<Site, 'bucket' | 'prefix'>, { path, sha256 }: Published) => {
    if (this.trouble !== undefined) return Promise.reject(this.trouble);
    const key = `${bucket}/${prefix}${path}`;
    if (this.objects.get(key) === sha256) return Promise.resolve(false);
    this.objects.set(key, sha256);
    this.copies.push(path);
    return Promise.resolve(true);
  };
  readonly deleteOthers = ({ bucket, prefix }: Pick<Site, 'bucket' | 'prefix'>, files: ReadonlySet<string>) => {
    const others = [...this.objects.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`) && !files.has(key.slice(`${bucket}/${prefix}`.length)));
    for (const key of others) this.objects.delete(key);
    return Promise.resolve(others.length);
  };
  readonly invalidate = (_: unknown, __: unknown, distribution: string, reference: string) => Promise.resolve(void this.invalidated.push({ distribution, reference }));
  readonly writeParameters = (_: unknown, __: unknown, values: Readonly<Record<string, string>>) => {
    for (const [path, value] of Object.entries(values)) this.parameters.set(path, value);
    return Promise.resolve();
  };
}

const publish: DeclaredStep = { kind: 'publish', folder: 'web', bucket: '${outputs.Site}', prefix: '', invalidate: '${outputs.Copies}', delete: false, immutable: [] };
const write: DeclaredStep = { kind: 'parameters', values: { '/orders/site': '${outputs.Site}' } };
const outputs = { Site: 'orders-site', Copies: 'E123' };
const start: Cursor = { step: 0, file: 0, copied: 0 };

let records: FakeRecords;
let target: FakeTarget;
let listing: { path: string; key: string; sha256: string; bytes: number }[];

const filesOf = (...paths: string[]) => paths.map((path) => ({ path, key: `sealed/orders/${path}`, sha256: `sha of ${path}`, bytes: 1 }));
const readObject = () => Promise.resolve(new Uint8Array(Buffer.from(JSON.stringify({ version: 1, files: listing }))));
const run = (cursor = start) => runSteps(Object.assign(records, target, { readObject }), records.where, { ...task, fence: 1, cursor });

/** Until nothing is left; answers how many calls it took. */
async function runAll(): Promise<number> {
  let answer = await run();
  for (let calls = 1; ; calls += 1) {
    if (answer.answer === 'done') return calls;
    answer = await run(answer.cursor);
  }
}

function declare(...steps: DeclaredStep[]): void {
  const release = aRelease();
  records.release = aRelease({
    configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets: [aTarget({ steps })] }], remarks: [] },
    ...(release.artifact === undefined ? {} : { artifact: { ...release.artifact, folders: [{ folder: 'web', key: 'sealed/orders/listing', sha256: 'a'.repeat(64), files: listing.length }] } }),
  });
}

beforeEach(() => {
  records = new FakeRecords();
  target = new FakeTarget();
  listing = filesOf('index.html', 'app.js');
  records.targets.set('dev/main', aRecord({ state: 'executing', outputs }));
  records.locks.set('222222222222#eu-west-1#orders-dev', { owner: 'me', fence: 1, nonce: 'a' });
  declare(publish, write);
});

describe('the steps after a stack', () => {
  it('are done one after the other, with the outputs of the stack, and are noted as done', async () => {
    expect(await runAll()).toBe(2);
    expect(target.copies).toEqual(['app.js', 'index.html']);
    expect(target.parameters).toEqual(new Map([['/orders/site', 'orders-site']]));
    expect(target.invalidated).toMatchObject([{ distribution: 'E123' }]);
    expect(records.targets.get('dev/main')?.steps).toHaveLength(2);
    expect(records.reports.map(({ text }) => text)).toEqual(['Running 2 steps after orders-dev of main in dev.']);
  });

  it('take what the plan took from an earlier environment', async () => {
    declare({ kind: 'parameters', values: { '/orders/first': '${environments.first.outputs.Url}' } });
    records.targets.set('dev/main', aRecord({ state: 'executing', outputs, taken: { 'environments.first.outputs.Url': 'https://first.example' } }));
    await runAll();
    expect(target.parameters).toEqual(new Map([['/orders/first', 'https://first.example']]));
  });

  it('have a session each, for what each names', async () => {
    await runAll();
    expect(target.policies.map((policy) => [policy.includes('arn:aws:s3:::orders-site/*'), policy.includes('ssm:PutParameter')])).toEqual([[true, false], [false, true]]);
  });

  it('publish so many files in a call, pages last, and invalidate when all are there', async () => {
    listing = filesOf('index.html', ...Array.from({ length: 600 }, (_, index) => `assets/${String(index)}.js`));
    declare(publish);
    expect(await runAll()).toBe(3);
    expect(target.copies).toHaveLength(601);
    expect(target.copies.at(-1)).toBe('index.html');
    expect(target.invalidated).toHaveLength(1);
  });

  it('that are repeated copy nothing twice, and invalidate nothing that was done', async () => {
    await runAll();
    const done = records.targets.get('dev/main')?.steps ?? [];
    records.deployed.set('dev/main', { application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: 'orders-11-00000000', commit: 'c', sequence: 11, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs, steps: done });
    await runAll();
    expect(target.copies).toHaveLength(2);
    expect(target.invalidated).toHaveLength(1);
  });

  it('make up for an invalidation that an earlier try did not come to, under the same name', async () => {
    await runAll();
    await runAll();
    expect(target.copies).toHaveLength(2);
    expect(target.invalidated).toHaveLength(2);
    expect(new Set(target.invalidated.map(({ reference }) => reference)).size).toBe(1);
  });

  it('delete other files only where that is asked for, and only below the prefix', async () => {
    target.objects.set('orders-site/old.js', 'x').set('orders-site/site/old.js', 'x');
    await runAll();
    expect(target.objects.has('orders-site/old.js')).toBe(true);
    declare({ ...publish, delete: true, prefix: 'site/' });
    await runAll();
    expect([...target.objects.keys()].filter((key) => key.endsWith('old.js'))).toEqual(['orders-site/old.js']);
  });
});

describe('a step that fails', () => {
  it('says what was done, what was not, and what to do', async () => {
    declare(write, publish);
    await run();
    target.trouble = new AccessDeniedError('copying app.js: Access Denied.');
    await expect(run({ step: 1, file: 0, copied: 0 })).rejects.toMatchObject({
      name: 'DeploymentFailedError',
      message: 'The stack orders-dev is deployed, but step 2 of 2 (publish web into ${outputs.Site}) failed: copying app.js: Access Denied. Done before it: write /orders/site. Steps are safe to repeat: mend it, then drawbridge retry orders-12-3f2a9c1b goes on with them.',
    });
    expect(records.targets.get('dev/main')?.steps).toBeUndefined();
  });

  it('is tried again where it may pass, and a fault of ours stays one', async () => {
    target.trouble = new TransientError('copying app.js: SlowDown. It is tried again.');
    await expect(run()).rejects.toMatchObject({ name: 'TransientError' });
    target.trouble = new ConfigurationError('broken');
    await expect(run()).rejects.toMatchObject({ name: 'ConfigurationError', message: 'broken' });
  });

  it('is one that takes an output which the stack does not have', async () => {
    records.targets.set('dev/main', aRecord({ state: 'executing', outputs: {} }));
    await expect(run()).rejects.toMatchObject({ message: expect.stringContaining('the stack orders-dev has no output Site') as string });
    expect(target.policies).toEqual([]);
  });

  it('is not even begun when the lock was taken over', async () => {
    records.locks.set('222222222222#eu-west-1#orders-dev', { owner: 'other', fence: 2, nonce: 'b' });
    await expect(run()).rejects.toMatchObject({ name: 'StalePlanError' });
    expect(target.copies).toEqual([]);
  });
});
