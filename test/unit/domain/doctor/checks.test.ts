import { describe, expect, it } from 'vitest';
import { answerOf, becauseOf, findingOf, good, remark, unknown, bad } from '../../../../domain/doctor/check.ts';
import { concurrentBuilds, concurrentFunctions, projectExists, quotaName, registered, repositoryExists } from '../../../../domain/doctor/tools-checks.ts';
import { artifactsReadable, demandsExternalId, demandsRightExternalId, planRole, roomForStacks } from '../../../../domain/doctor/target-checks.ts';
import { configRecords, trailLogs } from '../../../../domain/doctor/remarks.ts';
import { eventsArrive } from '../../../../domain/doctor/events-arrive.ts';
import { firstLook } from '../../../../domain/doctor/first-look.ts';
import { AccessDeniedError } from '../../../../domain/errors.ts';

const place = { account: '222222222222', region: 'eu-west-1', externalId: 'drawbridge-222222222222' };
const orders = { application: 'orders', repository: 'shop', project: 'drawbridge-build-orders' };
const small = { type: 'ARM_CONTAINER', computeType: 'BUILD_GENERAL1_SMALL' };
const armSmall = 'Concurrently running builds for ARM/Small environment';

describe('the tools account', () => {
  it('has environments registered, or nothing can go anywhere', () => {
    expect(registered.judge(undefined, {})).toEqual(bad('nothing is registered'));
    expect(registered.judge({ version: 3, registeredAt: '2026-01-01T00:00:00.000Z' }, {})).toEqual(good('version 3, since 2026-01-01'));
  });

  it('has a repository and a build project for each application', () => {
    expect([true, false].map((exists) => repositoryExists.judge(exists, orders).state)).toEqual(['good', 'bad']);
    expect([small, undefined].map((machine) => projectExists.judge(machine, orders).state)).toEqual(['good', 'bad']);
    expect(repositoryExists.todo(orders)).toContain('CodeCommit repository shop');
    expect(projectExists.todo(orders)).toContain('Application=orders Repository=shop');
  });

  it.each([
    ['several builds', [{ name: armSmall, value: 20 }], 'good', 'ARM/Small: 20'],
    ['one, so that others wait', [{ name: armSmall, value: 1 }], 'remark', 'further builds wait in line'],
    ['none at all', [{ name: armSmall, value: 0 }], 'bad', 'no build can start'],
    ['a number for another machine only', [{ name: 'Concurrently running builds for Linux/Small environment', value: 20 }], 'unknown', 'does not tell'],
  ] as const)('may run %s', (_, quotas, state, words) => {
    const judgement = concurrentBuilds.judge({ machines: [small, small], quotas }, {});
    expect(judgement.state).toBe(state);
    expect(judgement.says).toContain(words);
  });

  it('has no machine to ask for before there is a project', () => {
    expect(concurrentBuilds.judge({ machines: [], quotas: [] }, {}).state).toBe('unknown');
  });

  it('calls machines as Service Quotas does, and one that it does not know by its own name', () => {
    expect(quotaName({ type: 'LINUX_CONTAINER', computeType: 'BUILD_GENERAL1_2XLARGE' })).toBe('Concurrently running builds for Linux/2XLarge environment');
    expect(quotaName({ type: 'WINDOWS', computeType: 'ODD' })).toBe('Concurrently running builds for WINDOWS/ODD environment');
  });

  it.each([[1000, 1000, 'good'], [10, 10, 'remark'], [1000, 90, 'remark'], [1000, 0, 'bad']] as const)('with %i functions at once, %i of them not reserved, is %s', (limit, unreserved, state) => {
    expect(concurrentFunctions.judge({ limit, unreserved }, {}).state).toBe(state);
  });
});

describe('a target', () => {
  it('whose role cannot be assumed is told with its account, the external id and what to deploy', () => {
    expect(planRole.judge({ allowed: true }, place).state).toBe('good');
    expect(planRole.judge({ allowed: false, because: 'not authorized' }, place)).toEqual(bad('drawbridge-plan in 222222222222 is missing or does not trust Drawbridge with the registered external id: not authorized'));
    expect(planRole.todo(place)).toMatch(/infra\/target-account\.yaml.*222222222222.*ExternalId=drawbridge-222222222222/);
  });

  it.each([
    [{ withRight: true, withThis: false }, 'good'],
    [{ withRight: true, withThis: true }, 'bad'],
    // A role that lets nobody in proves nothing about strangers; one that lets only strangers in is open.
    [{ withRight: false, withThis: false }, 'unknown'],
    [{ withRight: false, withThis: true }, 'bad'],
  ] as const)('that is open to strangers has a hole: %o is %s', (refusal, state) => {
    for (const check of [demandsExternalId, demandsRightExternalId]) expect(check.judge(refusal, place).state).toBe(state);
  });

  it.each([[{ read: true }, 'good'], [{ read: false }, 'bad'], [{ refused: 'kms:Decrypt' }, 'bad']] as const)('that reads the test object so: %o is %s', (reading, state) => {
    expect(artifactsReadable.judge(reading, place).state).toBe(state);
  });

  it.each([[3, 'good'], [1799, 'good'], [1800, 'remark'], [1999, 'remark'], [2000, 'bad']] as const)('with %i of 2000 stacks is %s', (used, state) => {
    expect(roomForStacks.judge({ used, limit: 2000 }, place)).toEqual({ state, says: `${String(used)} of 2000` });
  });

  it('is never unhealthy because nobody watches it', () => {
    for (const check of [trailLogs, configRecords]) expect([true, false].map((on) => check.judge(on, place).state)).toEqual(['good', 'remark']);
  });
});

describe('events', () => {
  it.each([
    ['arrived', undefined, 'good', 'a test event arrived'],
    ['arrived', '2026-01-01T00:00:00.000Z', 'good', 'a test event arrived; the last one of a stack at 2026-01-01T00:00:00.000Z'],
    ['lost', '2026-01-01T00:00:00.000Z', 'bad', 'a test event did not arrive within 10 seconds'],
    ['untried', undefined, 'unknown', 'no test event can be sent there: its stack drawbridge-target is older than that'],
    ['untried', '2026-01-01T00:00:00.000Z', 'unknown', 'no test event can be sent there: its stack drawbridge-target is older than that; the last event of a stack came at 2026-01-01T00:00:00.000Z'],
  ] as const)('of which the test event %s, and a stack sent one at %s: %s', (canary, seenAt, state, says) => {
    expect(eventsArrive.judge({ canary, seenAt, patienceSeconds: 10 }, place)).toEqual({ state, says });
  });
});

describe('the first look at a target', () => {
  const finding = (judgement: ReturnType<typeof good>) => findingOf(planRole, place, judgement);

  it('says what is good and what is to think about, and stops nothing', () => {
    const { says, wrong } = firstLook(place, 'dev', [finding(good('x')), finding(remark('no trail')), finding(unknown('cannot be told'))]);
    expect(says).toBe('Looked at 222222222222, eu-west-1, before the first release into it: 1 of 3 things are good; to think about: the plan role can be assumed: no trail; the plan role can be assumed: cannot be told.');
    expect(wrong).toBeUndefined();
    expect(firstLook(place, 'dev', [finding(good('x'))]).says).toMatch(/1 of 1 things are good\.$/);
  });

  it('that finds something wrong says the first of it in a sentence, with what to do, and how to see the others', () => {
    const one = firstLook(place, 'dev', [finding(bad('drawbridge-plan is missing.'))]).wrong;
    expect(one).toMatch(/^Looking at 222222222222, eu-west-1, before the first release into it: drawbridge-plan is missing\. Deploy the stack drawbridge-target .* Then retry the release\.$/);
    expect(firstLook(place, 'dev', [finding(bad('a')), finding(bad('b'))]).wrong).toContain('1 more: "drawbridge doctor dev".');
  });
});

describe('the answer', () => {
  const finding = (judgement: ReturnType<typeof good>) => findingOf(registered, {}, judgement);

  it('is healthy unless something is bad', () => {
    const healthy = (...judgements: ReturnType<typeof good>[]) => answerOf([{ about: 'tools account', findings: [] }, { about: 'x', findings: judgements.map(finding) }]).healthy;
    expect(healthy(good('a'), remark('b'), unknown('c'))).toBe(true);
    expect(healthy(good('a'), bad('b'))).toBe(false);
  });

  it('carries why it matters and what to do', () => {
    expect(finding(bad('x'))).toEqual({ what: registered.what, state: 'bad', says: 'x', why: registered.why, todo: 'Run "drawbridge register environments.yaml".' });
  });

  it('says why a look failed on one bearable line', () => {
    expect(becauseOf(new AccessDeniedError('a\n  b'))).toBe('a b');
    expect(becauseOf(Object.assign(new Error('UnknownAnswer'), { name: 'InvalidAction' }))).toBe('InvalidAction: UnknownAnswer');
    expect(becauseOf(Object.assign(new Error('UnknownError'), { name: '404' }))).toBe('the service does not answer this (404)');
    expect(becauseOf('x'.repeat(300))).toHaveLength(241);
  });
});
