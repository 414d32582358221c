import { beforeEach, describe, expect, it } from 'vitest';
import type { DoctorAnswer, Finding } from '../../../contracts/doctor.ts';
import type { Environments } from '../../../contracts/environments.ts';
import type { Halt } from '../../../contracts/halt.ts';
import type { Report } from '../../../contracts/report.ts';
import { canaryText } from '../../../domain/doctor/session.ts';
import { doctor } from '../../../functions/doctor/doctor.ts';
import type { Uses } from '../../../functions/doctor/uses.ts';
import { examineTargets, type Records } from '../../../functions/examine-targets/examine-targets.ts';
import { examinePlace } from '../../../functions/examine-targets/place.ts';
import type { Uses as Looks } from '../../../functions/examine-targets/uses.ts';
import { examine } from '../../../runtime/examine.ts';
import { good } from '../../../domain/doctor/check.ts';
import { aRelease, theRegistry } from '../../fakes/samples.ts';

const credentials = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' };

/** A tools account and its targets in which everything is as it should be; each test breaks one thing. */
class Surgery implements Uses, Looks, Records {
  registry: Environments | undefined = theRegistry();
  readonly repositories = new Set(['orders']);
  /** External ids that an account lets in; `''` is none. */
  readonly trust = new Map<string, (id: string) => boolean>([['222222222222', (id: string) => id === 'drawbridge-222222222222']]);
  readonly canaries = new Map<string, string>();
  visits = 0;
  canarySentAt: string | undefined;
  forwards = true;
  maySend = true;
  readonly examined: string[] = [];
  readonly reports: Report[] = [];

  findRegistry = () => Promise.resolve(this.registry === undefined ? undefined : { version: 1, text: '', content: this.registry, registeredBy: 'somebody', registeredAt: '2026-01-01T00:00:00.000Z' });
  readonly halts: Halt[] = [];
  listHalts = () => Promise.resolve(this.halts);
  hasRepository = (name: string) => Promise.resolve(this.repositories.has(name));
  findProject = (name: string) => Promise.resolve(name === 'drawbridge-build-orders' ? { type: 'ARM_CONTAINER', computeType: 'BUILD_GENERAL1_SMALL' } : undefined);
  buildQuotas = () => Promise.resolve([{ name: 'Concurrently running builds for ARM/Small environment', value: 20 }]);
  functionConcurrency = () => Promise.resolve({ limit: 1000, unreserved: 1000 });
  newestConfiguration = () => Promise.resolve(undefined);
  newestTemplates = (): ReturnType<Uses['newestTemplates']> => Promise.resolve([{ application: 'orders', environment: 'dev', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', parameters: {}, template: {} }]);
  examinePlace = (place: Parameters<Uses['examinePlace']>[0], environment: string) => examinePlace(this, place, environment, 10);
  lastEvents = (): ReturnType<Looks['lastEvents']> => Promise.resolve({ seenAt: '2026-01-01T00:00:00.000Z', canarySentAt: this.canarySentAt });
  sendCanary = (_: unknown, __: string, sentAt: string) => {
    if (this.forwards) this.canarySentAt = sentAt;
    return Promise.resolve(this.maySend);
  };
  now = () => new Date('2026-01-02T00:00:00.000Z');
  pause = () => Promise.resolve();
  findRelease = () => Promise.resolve(aRelease());
  noteExamined = (_: string, { account }: { account: string }) => Promise.resolve(void this.examined.push(account));
  report = (_: unknown, what: Report) => Promise.resolve(void this.reports.push(what));
  readonly artifactRegions = new Set(['eu-west-1']);
  hasArtifactBucket = (region: string) => this.artifactRegions.has(region);
  writeCanary = (region: string) => Promise.resolve(void this.canaries.set(region, canaryText));
  asARelease = ({ account, externalId }: { account: string; externalId: string }): ReturnType<Looks['asARelease']> => {
    this.visits += 1;
    return Promise.resolve(this.trust.get(account)?.(externalId) === true ? { allowed: true, credentials } : { allowed: false, because: 'not authorized' });
  };
  asAStranger = (account: string, externalId = '') => Promise.resolve(this.trust.get(account)?.(externalId) === true);
  readCanary = (_: unknown, region: string) => Promise.resolve({ text: this.canaries.get(region) ?? '' });
  countStacks = () => Promise.resolve({ used: 3, limit: 2000 });
  trailIsLogging = () => Promise.resolve(true);
  configIsRecording = () => Promise.resolve(true);
}

let surgery: Surgery;
beforeEach(() => {
  surgery = new Surgery();
});

const see = (environment?: string) => doctor(surgery, 'drawbridge-build-', environment === undefined ? {} : { environment });
const findings = ({ groups }: DoctorAnswer): Finding[] => groups.flatMap((group) => group.findings);
const not = (state: Finding['state'], answer: DoctorAnswer) => findings(answer).filter((finding) => finding.state !== state).map(({ what, state: found }) => `${found}: ${what}`);

it('where everything is as it should be, everything is good', async () => {
  const answer = await see();
  expect(not('good', answer)).toEqual([]);
  expect(answer.healthy).toBe(true);
  expect(answer.groups.map(({ about }) => about)).toEqual(['tools account', 'target dev of dev: 222222222222, eu-west-1']);
});

it('an environment that is halted is something to think about', async () => {
  surgery.halts.push({ environment: 'dev', reason: 'the sale', by: 'alex', at: '2026-01-01T08:00:00.000Z' });
  const answer = await see();
  expect(not('good', answer)).toEqual(['remark: no environment is halted']);
  expect(findings(answer).find(({ state }) => state === 'remark')).toMatchObject({ says: 'dev since 2026-01-01 at 08:00 UTC by alex: the sale' });
  expect(answer.healthy).toBe(true);
});

it('each Region has a test object of its own, and one without a bucket is said', async () => {
  const targets = ['eu-west-1', 'us-east-1', 'us-west-2'].map((region) => ({ account: 'dev', region, wave: 1 }));
  surgery.registry = { ...theRegistry(), environments: { dev: { branches: ['main'], disposable: false, targets } } };
  surgery.artifactRegions.add('us-east-1');
  const answer = await see();
  expect(not('good', answer)).toEqual(['bad: sealed artifacts can be read and decrypted']);
  expect(findings(answer).find(({ state }) => state === 'bad')).toMatchObject({ says: 'there is no artifact bucket in us-west-2', todo: expect.stringContaining('infra/artifact-region.yaml') as string });
  expect([...surgery.canaries.keys()]).toEqual(['eu-west-1', 'us-east-1']);
});

it('before anything is registered only that is to mend', async () => {
  surgery.registry = undefined;
  const answer = await see('dev');
  expect(not('good', answer)).toEqual(['bad: environments are registered', 'unknown: several builds can run at once']);
  expect(answer.healthy).toBe(false);
});

it('an application without its repository is said by name', async () => {
  surgery.repositories.clear();
  expect(findings(await see()).filter(({ state }) => state === 'bad')).toMatchObject([{ says: 'orders: there is no CodeCommit repository orders' }]);
});

it('an application that is uploaded needs no repository, but its build project', async () => {
  Object.assign(surgery.registry ?? {}, { applications: { carts: { upload: { branch: 'main', starts: 'upload' } } } });
  expect(findings(await see()).filter(({ state }) => state === 'bad')).toMatchObject([{ says: 'carts: there is no CodeBuild project drawbridge-build-carts', todo: expect.stringContaining('Application=carts UploadBucket=') as string }]);
});

it('an application that is uploaded ready needs neither: nothing of it is built', async () => {
  Object.assign(surgery.registry ?? {}, { applications: { carts: { upload: { branch: 'main', starts: 'upload', ready: true } } } });
  expect(findings(await see()).filter(({ state }) => state === 'bad')).toEqual([]);
});

it.each([
  ['takes anybody', () => true, ['bad: the plan role is closed without an external id', 'bad: the plan role is closed to a wrong external id']],
  ['takes a pattern', (id: string) => id.startsWith('drawbridge-'), ['bad: the plan role is closed to a wrong external id']],
] as const)('a trust that %s is a hole', async (_, trust, holes) => {
  surgery.trust.set('222222222222', trust);
  expect(not('good', await see())).toEqual(holes);
});

it('what needs the role and cannot have it says so, and the rest is looked at', async () => {
  surgery.trust.clear();
  expect(not('good', await see())).toEqual([
    'bad: the plan role can be assumed',
    'unknown: the plan role is closed without an external id',
    'unknown: the plan role is closed to a wrong external id',
    'unknown: sealed artifacts can be read and decrypted',
    'unknown: there is room for stacks',
    'unknown: events arrive from there',
    'unknown: CloudTrail is on',
    'unknown: AWS Config is on',
  ]);
});

it('a look that fails is unknown with its words, whichever it is, and stops no other', async () => {
  const fails = () => Promise.reject(Object.assign(new Error('words of the API'), { name: 'InvalidAction' }));
  const looks = ['listHalts', 'hasRepository', 'findProject', 'buildQuotas', 'functionConcurrency', 'newestConfiguration', 'newestTemplates', 'lastEvents', 'sendCanary', 'writeCanary', 'asARelease', 'asAStranger', 'readCanary', 'countStacks', 'trailIsLogging', 'configIsRecording'] as const;
  for (const look of looks) {
    surgery = Object.assign(new Surgery(), { [look]: fails });
    const answer = await see();
    expect(answer.healthy, look).toBe(true);
    const failed = findings(answer).filter(({ state }) => state === 'unknown');
    expect(failed.length, look).toBeGreaterThan(0);
    expect(failed[0]?.says, look).toBe('cannot be checked here: InvalidAction: words of the API');
    expect(findings(answer)).toHaveLength(16);
  }
});

it('a look that does not come back is given up', async () => {
  const check = { what: 'x', why: 'y', todo: () => 'z', judge: () => good('never') };
  expect(await examine(check, {}, () => new Promise<void>(() => undefined), 5)).toMatchObject({ state: 'unknown', says: 'cannot be checked here: no answer within 0.005 seconds' });
});

it('an account that several environments share is looked at once, and shown in each', async () => {
  const { environments } = theRegistry();
  surgery.registry = { ...theRegistry(), environments: { dev: environments['dev'] ?? { branches: [], disposable: false, targets: [] }, test: environments['dev'] ?? { branches: [], disposable: false, targets: [] } } };
  const answer = await see();
  expect(surgery.visits).toBe(1);
  expect(answer.groups.slice(1).map(({ about }) => about.split(':')[0])).toEqual(['target dev of dev', 'target dev of test']);
  expect(answer.groups[1]?.findings).toEqual(answer.groups[2]?.findings);
  expect((await see('test')).groups).toHaveLength(2);
});

it('an environment that is not registered is not found', async () => {
  await expect(see('moon')).rejects.toThrow('there is no such environment. Registered: dev.');
});

it('a test event that is lost on its way is to mend', async () => {
  surgery.forwards = false;
  expect(not('good', await see())).toEqual(['bad: events arrive from there']);
});

it('an account that lets no test event be sent yet is not known', async () => {
  Object.assign(surgery, { forwards: false, maySend: false });
  expect(not('good', await see())).toEqual(['unknown: events arrive from there']);
});

it('a target that cannot be looked at at all stops no other', async () => {
  surgery.examinePlace = () => Promise.reject(new Error('the function is gone'));
  const answer = await see();
  expect(findings(answer).filter(({ state }) => state !== 'good')).toMatchObject([{ what: 'the target can be looked at', state: 'unknown', says: 'cannot be looked at: the function is gone' }]);
  expect(answer.healthy).toBe(true);
});

describe('before the first release into a target', () => {
  const where = { tableName: 'table', busName: 'bus' };
  const places = [{ account: '222222222222', region: 'eu-west-1', externalId: 'drawbridge-222222222222' }];
  const first = () => examineTargets(surgery, where, { places, environment: 'dev', release: aRelease().id });

  it('what is there is said in the story, and remembered', async () => {
    await first();
    expect(surgery.examined).toEqual(['222222222222']);
    expect(surgery.reports).toMatchObject([{ about: 'environment', environment: 'dev', text: expect.stringContaining('8 of 8 things are good') as string }]);
  });

  it('what is wrong ends it with what to do, and is looked at again next time', async () => {
    surgery.trust.clear();
    await expect(first()).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringMatching(/^Looking at 222222222222, eu-west-1, before the first release into it: drawbridge-plan in 222222222222 is missing .* Then retry the release\.$/s) as string });
    expect([surgery.examined, surgery.reports]).toEqual([[], []]);
  });

  it('a test event that is late by a little ends nothing, one that is lost does', async () => {
    surgery.forwards = false;
    let pauses = 0;
    surgery.pause = () => {
      pauses += 1;
      if (pauses === 25) surgery.canarySentAt = surgery.now().toISOString();
      return Promise.resolve();
    };
    expect((await first()).findings[0]?.map(({ state }) => state)).not.toContain('bad');
    surgery.canarySentAt = undefined;
    await expect(first()).rejects.toThrow(/a test event did not arrive within 15 seconds/);
  });

  it('the doctor alone remembers nothing and tells nobody', async () => {
    expect((await examineTargets(surgery, where, { places, environment: 'dev' })).findings[0]).toHaveLength(8);
    expect([surgery.examined, surgery.reports]).toEqual([[], []]);
  });
});
