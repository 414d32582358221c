import { StatusType } from '@aws-sdk/client-codebuild';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Outcome } from '../../../contracts/outcome.ts';
import { applicationsFor, environmentsFor } from '../../../domain/accepting.ts';
import { buildAnswer, buildAnswers } from '../../../domain/build-answer.ts';
import { approverOf, principalOf } from '../../../domain/callers.ts';
import { subjectOf } from '../../../domain/mail.ts';
import { nextEnvironment, releaseOutcome } from '../../../domain/next-environment.ts';
import { differences } from '../../../domain/registry-diff.ts';
import { executionName, releaseId } from '../../../domain/release-id.ts';
import { Environments } from '../../../contracts/environments.ts';

const outcomes = fc.constantFrom(...Outcome.options);
const order = ['dev', 'staging', 'prod'];

it('an environment is next only when every earlier one ended well', () => {
  fc.assert(
    fc.property(fc.array(outcomes, { maxLength: 3 }), (ended) => {
      const standings = ended.map((outcome, index) => ({ environment: order[index] ?? '', outcome }));
      const next = nextEnvironment(order, standings, 'deploy');
      const well = ended.every((outcome) => outcome === 'deployed' || outcome === 'no-changes' || outcome === 'planned' || outcome === 'removed');
      expect(next).toEqual(well && ended.length < 3 ? { answer: 'environment', environment: order[ended.length] } : { answer: 'done' });
    }),
  );
});

it('a release ends with the first environment that did not go well', () => {
  const outcome = (...list: Outcome[]) => releaseOutcome(list.map((it) => ({ outcome: it })));
  expect(outcome('deployed', 'rejected')).toBe('rejected');
  expect(outcome('no-changes', 'deployed')).toBe('deployed');
  expect(outcome('no-changes', 'no-changes')).toBe('no-changes');
  expect(outcome('planned', 'failed')).toBe('failed');
});

it('every status of a build has a meaning', () => {
  expect(Object.keys(buildAnswers).sort()).toEqual(Object.values(StatusType).sort());
  expect(buildAnswer('A_STATUS_OF_TOMORROW')).toBe('failed');
});

it('the longest names still fit an execution', () => {
  const release = releaseId('a'.repeat(24), 99_999, '0'.repeat(40));
  expect(`${executionName(release, 1)}-${'e'.repeat(16)}-${'t'.repeat(12)}-12-5`.length).toBeLessThanOrEqual(80);
});

const registry = Environments.parse({
  version: 1,
  accounts: { dev: { id: '222222222222', externalId: 'xy' } },
  approvers: { alex: { principal: 'arn:aws:iam::111111111111:role/teams/Alex' } },
  applications: { orders: { repository: 'shop' }, carts: { repository: 'shop' }, other: { repository: 'other' } },
  environments: { dev: { branches: ['main', 'feature/*'], targets: [{ account: 'dev', region: 'eu-west-1' }], applications: ['orders', 'other'] } },
});

it('a push starts the applications of its repository that some environment takes', () => {
  expect(applicationsFor(registry, 'shop', { branch: 'main' })).toEqual(['orders']);
  expect(applicationsFor(registry, 'shop', { branch: 'release' })).toEqual([]);
  expect(environmentsFor(registry, 'orders', { branch: 'feature/x' })).toEqual(['dev']);
});

it('a caller is the approver whose role or user it is', () => {
  expect(principalOf('arn:aws:sts::111111111111:assumed-role/Alex/session')).toBe('arn:aws:iam::111111111111:role/Alex');
  expect(approverOf(registry, 'arn:aws:sts::111111111111:assumed-role/Alex/session')).toBe('alex');
  expect(approverOf(registry, 'arn:aws:sts::222222222222:assumed-role/Alex/session')).toBeUndefined();
  expect(approverOf(registry, 'arn:aws:iam::111111111111:user/Alex')).toBeUndefined();
});

it('a difference names path, old and new', () => {
  expect(differences({ a: { b: 1, c: [1] }, gone: 'x' }, { a: { b: 2, c: [1] }, fresh: { deep: true } })).toEqual(['~ a.b: 1 → 2', '+ fresh.deep: true', '- gone: x']);
  expect(differences(undefined, { a: 1 })).toEqual(['+ a: 1']);
});

it('a subject is one line of fewer than a hundred characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const subject = subjectOf(text);
      expect(subject.length).toBeLessThan(100);
      expect(subject).not.toMatch(/[\r\n\p{Cc}]/u);
    }),
  );
  expect(subjectOf('Fix\r\nBcc: everyone@example.com')).toBe('Fix Bcc: everyone@example.com');
});
