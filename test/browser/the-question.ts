import type { Approval } from '../../contracts/approval.ts';
import type { Release } from '../../contracts/release.ts';
import type { RiskRule } from '../../contracts/verdict.ts';
import { verdictOf } from '../../domain/verdict.ts';
import { anApproval, aRelease, aVote } from '../fakes/samples.ts';
import { hash, thePlans } from './the-plans.ts';

/** The question itself, with its commits and the answers so far. No clock is in it: it is the same in every run. */

export const now = new Date('2026-03-03T09:41:00.000Z');

const commitOf = (short: string): string => short.padEnd(40, '0');

export const theRelease = (): Release =>
  aRelease({ id: 'orders-48-9c41e07b', commit: commitOf('9c41e07b'), sequence: 48, author: { name: 'Kim Sørensen', email: 'kim@example.com' }, message: 'Reserve stock before the payment is taken', createdAt: '2026-03-02T14:05:10.000Z' });

export const theNewerRelease = (): Release =>
  aRelease({ id: 'orders-49-d07a55e1', commit: commitOf('d07a55e1'), sequence: 49, author: { name: 'Jules Okafor', email: 'jules@example.com' }, message: 'Keep the table of abandoned carts' });

const commits: readonly (readonly [string, string, string])[] = [
  ['9c41e07b', 'Kim Sørensen', 'Reserve stock before the payment is taken'],
  ['41d2b6aa', 'Kim Sørensen', 'Move the database from MySQL to PostgreSQL 16'],
  ['e8807f13', 'Jules Okafor', 'Make the queue of payment events first-in-first-out, so that a refund never overtakes its payment'],
  ['0b5c9d42', 'Jules Okafor', 'Let the database be reached by the reporting tool'],
  ['77aa01fe', 'Kim Sørensen', 'Remove the old checkout'],
  ['c3f81b20', 'Priya Raghunathan', 'Raise the threshold of the checkout alarm'],
  ['5e90d7c4', 'Priya Raghunathan', 'Give refunds 15 seconds'],
  ['a216ff08', 'Jules Okafor', 'Log every request at the live stage'],
  ['19bd3e57', 'Kim Sørensen', 'Name dead letters after their queue'],
  ['d44c0a91', 'dependabot[bot]', 'Bump @aws-sdk/client-dynamodb from 3.1151.0 to 3.1162.0'],
  ['8f2e6b3d', 'Priya Raghunathan', 'Write down how a reservation expires'],
  ['60a7c5f9', 'Kim Sørensen', 'Test the reservation against an empty warehouse'],
];

const rules: readonly RiskRule[] = [
  { what: ['deletes-stateful', 'replaces-stateful', 'opens-network'], then: 'two' },
  { what: ['code', 'adds', 'parameter'], then: 'auto' },
];

/** Two of the platform and one of security: the one who looks is asked for the last yes. */
export function theApproval(fields: Partial<Approval> = {}): Approval {
  const records = thePlans().map(({ record }) => record);
  const { verdict, because } = verdictOf(rules, records.flatMap(({ facts = [] }) => facts));
  const digest = hash('the plans');
  return anApproval({
    release: theRelease().id, environment: 'prod', sequence: 48, digest, verdict, because: [...because], atLeast: 2,
    changeSets: records.flatMap(({ target, changeSetArn }) => (changeSetArn === undefined ? [] : [{ target, arn: changeSetArn }])),
    quorums: [{ from: 'platform', approvers: ['alex', 'kim', 'robin'], required: 2 }, { from: 'security', approvers: ['lee', 'sam'], required: 1 }],
    authors: ['kim@example.com', 'jules@example.com', 'priya@example.com'],
    commits: commits.map(([commit, author, message]) => ({ commit: commitOf(commit), author, message })),
    since: { release: 'orders-41-2b7700c1', commit: commitOf('2b7700c1') },
    votes: [
      aVote({ digest, channel: 'slack', from: 'U0ALEX', at: '2026-03-03T08:12:40.000Z', reason: 'The dump of the old database was restored and compared, see the runbook of the migration.' }),
      aVote({ digest, approver: 'lee', channel: 'cli', from: 'arn:aws:iam::111111111111:role/people/lee', at: '2026-03-03T09:02:11.000Z', reason: 'Port 5432 is open for an hour only; I close it again.' }),
    ],
    createdAt: '2026-03-02T14:11:30.000Z', remindAt: '2026-03-03T14:11:30.000Z', expiresAt: '2026-03-05T14:11:30.000Z',
    ...fields,
  });
}
