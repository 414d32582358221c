import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BranchEnvironment } from '../../../contracts/branch-environment.ts';
import { branchRemark, branchRemedy } from '../../../domain/sweep/branches.ts';
import { costDriver } from '../../../domain/sweep/cost.ts';
import { lockRemedies } from '../../../domain/sweep/lines.ts';
import { questionRemedy } from '../../../domain/sweep/questions.ts';
import { releaseRemedy } from '../../../domain/sweep/releases.ts';
import { remedies, sentenceOf } from '../../../domain/sweep/remedies.ts';
import type { Execution, SeenBranch, SeenQuestion } from '../../../domain/sweep/seen.ts';
import { stackRemark } from '../../../domain/sweep/stacks.ts';

const now = new Date('2026-05-01T12:00:00.000Z');
const ago = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();
const row: BranchEnvironment = {
  application: 'orders', name: 'login-k3xq2ab', registered: 'sandbox', branch: 'feature/login', repository: 'shop', createdAt: ago(60), releasedAt: ago(60), expiresAt: ago(-60), release: 'orders-3-aaaaaaaa', sequence: 3, by: 'Kim', state: 'live', version: 1,
};
const head = { commit: 'a', sequence: 3, uploaded: false, running: false };
const seen = (fields: Partial<SeenBranch> = {}): SeenBranch => ({ application: 'orders', repository: 'shop', branch: 'feature/login', commit: 'a', taken: true, concerned: true, head, row, deployed: true, disposable: true, stands: 'commit' in fields ? fields.commit : 'a', ...fields });
const removing = { ...row, state: 'removing', sequence: 4 } as const;
const refused = { release: 'orders-4-aaaaaaaa', state: 'ended', outcome: 'failed', createdAt: ago(60), execution: 'over' } as const;
const overdue = { ...row, expiresAt: ago(1) };

describe('a branch', () => {
  it.each<[string, Partial<SeenBranch>, string | undefined]>([
    ['that stands where it was released, with its environment', {}, undefined],
    ['that was never released', { head: undefined, row: undefined }, 'pushed'],
    ['that stands at another commit', { commit: 'b' }, 'pushed'],
    ['that stands at another commit, in which nothing of the application changed', { commit: 'b', concerned: false }, undefined],
    ['of which an upload was released last', { head: { ...head, uploaded: true } }, 'pushed'],
    ['that no environment takes', { commit: 'b', taken: false }, undefined],
    ['that "drawbridge plan" made', { branch: 'drawbridge-plan/1', head: undefined, row: undefined }, undefined],
    ['that is gone', { commit: undefined }, 'deleted'],
    ['that is gone and has no environment any more', { commit: undefined, row: { ...row, state: 'removed', sequence: 4 }, deployed: false }, undefined],
    ['that is gone while its first release is on its way', { commit: undefined, row: undefined, head: { ...head, running: true } }, 'deleted'],
    ['that is gone, of which that was noted', { commit: undefined, row: undefined, head: { ...head, running: true, rests: { commit: 'a', because: 'deleted' } } }, undefined],
    ['that was merged, but its environment did not hear of it', { head: { ...head, rests: { commit: 'a', because: 'ended' } } }, 'ended'],
    ['that was stopped, and in which nothing of the application changed since', { commit: 'b', stands: 'a', concerned: false, row: { ...row, state: 'removed', sequence: 4 }, deployed: false, head: { ...head, rests: { commit: 'a', because: 'ended' } } }, undefined],
    ['that was stopped, and in which something of it changed since', { commit: 'b', row: { ...row, state: 'removed', sequence: 4 }, deployed: false, head: { ...head, rests: { commit: 'a', because: 'ended' } } }, 'pushed'],
    ['that was made again while its environment was removed', { row: { ...row, state: 'removed', sequence: 4 }, deployed: false }, 'ended'],
    ['whose environment is being removed', { commit: undefined, row: removing, removal: { ...refused, state: 'running', outcome: undefined, execution: 'runs' } }, undefined],
    ['whose removal was stopped', { commit: undefined, row: removing, removal: { ...refused, state: 'running', outcome: undefined, execution: 'over' } }, 'deleted'],
    ['whose removal AWS refused an hour ago', { commit: undefined, row: removing, removal: refused }, undefined],
    ['whose removal was halted an hour ago', { commit: undefined, row: removing, removal: { ...refused, outcome: 'frozen' } }, undefined],
    ['whose removal AWS refused a day ago', { commit: undefined, row: removing, removal: { ...refused, createdAt: ago(1441) } }, 'deleted'],
    ['whose environment’s time is up', { row: overdue }, 'end-environment'],
    ['whose environment’s time is up while a newer release is on its way there', { row: overdue, head: { ...head, sequence: 5, running: true } }, undefined],
    ['whose environment’s time is up, where it is not disposable any more', { row: overdue, disposable: false }, undefined],
    ['whose removal a person refused, for it is not disposable any more', { commit: undefined, row: removing, disposable: false, removal: { ...refused, outcome: 'rejected', createdAt: ago(9000) } }, undefined],
    ['whose removal a person refused before it was disposable again', { commit: undefined, row: removing, removal: { ...refused, outcome: 'rejected' } }, 'deleted'],
  ])('%s', (_, fields, expected) => {
    const remedy = branchRemedy(seen(fields), now);
    expect(remedy?.kind === 'wake' ? remedy.because : remedy?.kind).toBe(expected);
  });

  it('is never anything that a machine ends where its environment is not registered as disposable, and people are told', () => {
    const any = fc.record({ commit: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }), taken: fc.boolean(), concerned: fc.boolean(), deployed: fc.boolean() });
    fc.assert(fc.property(any, (fields) => branchRemedy(seen({ ...fields, row: overdue, disposable: false }), now)?.kind !== 'end-environment'));
    expect(branchRemark(seen({ row: overdue, disposable: false }), now)).toMatch(/sandbox is not registered as disposable any more/);
    expect(branchRemark(seen({ commit: undefined, row: removing, disposable: false, removal: { ...refused, outcome: 'rejected' } }), now)).toBe('login-k3xq2ab of orders: its removal orders-4-aaaaaaaa ended as rejected, and sandbox is not registered as disposable any more. "drawbridge remove orders login-k3xq2ab" asks whether it may go.');
    expect(branchRemark(seen({ commit: undefined, row: removing, removal: refused }), now)).toMatch(/its removal orders-4-aaaaaaaa ended as failed/);
  });
});

describe('a release that has not said how it ended', () => {
  it.each<[string, Execution, number, number, string | undefined]>([
    ['is left alone while it runs', 'runs', 600, 1, undefined],
    ['is given time when it is young', 'missing', 4, 1, undefined],
    ['is started by its name where it never was', 'missing', 6, 1, 'start-release'],
    ['is ended where its execution is over', 'over', 6, 1, 'end-release'],
    ['is ended where it is older than Step Functions remembers', 'missing', 90 * 1440, 1, 'end-release'],
  ])('%s', (_, execution, minutes, attempt, expected) => {
    expect(releaseRemedy({ release: { id: 'orders-7-aaaaaaaa', application: 'orders', attempt, createdAt: ago(minutes) }, execution }, now)?.kind).toBe(expected);
  });

  it('is ended with one sentence that says what to do', () => {
    expect(releaseRemedy({ release: { id: 'orders-7-aaaaaaaa', application: 'orders', attempt: 2, createdAt: ago(60) }, execution: 'over' }, now)).toMatchObject({ attempt: 2, reason: expect.stringMatching(/^Its execution orders-7-aaaaaaaa-2 .*run "drawbridge retry orders-7-aaaaaaaa"\.$/) as string });
  });
});

it.each<[string, Partial<SeenQuestion>, number, string | undefined]>([
  ['whose execution runs is that one’s business', { execution: 'runs' }, 100, undefined],
  ['that nobody waits with and that is over is closed', {}, 100, 'expire'],
  ['that is over since a moment is given time', {}, 1, undefined],
  ['of a release that has ended is withdrawn', { released: 'ended' }, -100, 'withdraw'],
  ['of a release that goes on is left', {}, -100, undefined],
  ['whose branch’s environment has ended leads nowhere any more', { execution: 'runs', overtaken: 'login was ended.' }, -100, 'overtake'],
])('a question %s', (_, fields, minutesOver, expected) => {
  const approval = { id: 'f'.repeat(32), release: 'orders-7-aaaaaaaa', application: 'orders', environment: 'prod', expiresAt: ago(minutesOver) };
  expect(questionRemedy({ approval, released: 'running', execution: 'over', ...fields }, now)?.kind).toBe(expected);
});

it('a lock is freed only where its holder is gone, with the fence that was seen', () => {
  const place = { account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev' };
  expect(lockRemedies({ place, fence: 3, line: [] })).toEqual([]);
  expect(lockRemedies({ place, fence: 3, owner: { execution: 'a', stands: 'runs' }, line: [{ execution: 'b', stands: 'runs' }] })).toEqual([]);
  expect(lockRemedies({ place, fence: 3, owner: { execution: 'a', stands: 'over' }, line: [{ execution: 'b', stands: 'over' }] })).toEqual([
    { kind: 'leave-lock-line', place, execution: 'b' },
    { kind: 'free-lock', place, owner: 'a', fence: 3 },
  ]);
});

it('an event of a branch is told once, however many applications its repository has', () => {
  const branches = [seen({ commit: undefined }), seen({ application: 'carts', commit: undefined })];
  const found = remedies({ branches, releases: [], questions: [], locks: [], builds: [] }, now);
  expect(found.map(sentenceOf)).toEqual(['told of the end of feature/login of shop']);
});

describe('a stack that nobody knows', () => {
  const stack = { stackName: 'orders-login', stackArn: 'arn:aws:cloudformation:eu-west-1:222222222222:stack/orders-login/1', status: 'CREATE_COMPLETE', createdAt: ago(60), application: 'orders', environment: 'login-k3xq2ab', types: ['AWS::S3::Bucket'] };
  const knows = { environments: new Set(['orders dev']) };

  it('is said with whose it is and what it costs', () => {
    expect(stackRemark(stack, 'dev (222222222222)', knows, now)).toBe('the stack orders-login in dev (222222222222) (CREATE_COMPLETE) is tagged as that of login-k3xq2ab of orders, but there is no such environment any more. It holds no resource that bills by the hour.');
    expect(costDriver(['AWS::EC2::NatGateway', 'AWS::RDS::DBInstance', 'AWS::S3::Bucket'])).toBe('what bills by the hour: a NAT gateway, a database instance of RDS');
  });

  it('and that holds only a change set is left to those who look at it for a day', () => {
    expect(stackRemark({ ...stack, status: 'REVIEW_IN_PROGRESS' }, 'dev', knows, now)).toBeUndefined();
    expect(stackRemark({ ...stack, status: 'REVIEW_IN_PROGRESS', createdAt: ago(1441) }, 'dev', knows, now)).toMatch(/holds only a change set of ours/);
  });
});
