import type { Release, ResolvedEnvironment } from '../../contracts/release.ts';
import type { Commit } from '../../domain/commit-history.ts';
import { ApprovalWorld } from './approval-world.ts';
import { aRecord, aRelease, aTarget } from './samples.ts';

type Approval = NonNullable<ResolvedEnvironment['approval']>;

const usual: Approval = { quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 1 }], breakGlass: ['sam', 'lee'], expiresInSeconds: 259_200, remindInSeconds: 194_400, authorMayApprove: false };

/** Of a release that goes to `dev`, which asks. */
export const asking = (approval: Partial<Approval> = {}, targets = [aTarget()]): NonNullable<Release['configuration']> => ({ build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets, approval: { ...usual, ...approval } }], remarks: [] });

/** The plan that is asked about. */
export const askedDigest = 'a'.repeat(64);

/** A release has come as far as its question about `dev`. */
export function askingWorld(): ApprovalWorld {
  const world = new ApprovalWorld();
  world.release = aRelease({ configuration: asking() });
  world.environments.set('dev', { release: world.release.id, environment: 'dev', state: 'planning', attempt: '1-1', digest: askedDigest, updatedAt: '2026-01-01T00:00:00.000Z' });
  world.targets.set('dev/main', aRecord({ facts: [{ kind: 'adds', type: 'AWS::SQS::Queue', count: 1 }], changeSetArn: 'change-set' }));
  return world;
}

/** The questions that its release has put. */
export const itsQuestions = (world: ApprovalWorld) => [...world.approvals.values()].filter(({ release }) => release === world.release.id);

/** Written by somebody, and committed by a machine. */
export const aCommit = (id: string, email: string): Commit => ({ id: id.padEnd(40, '0'), parents: [], author: { name: email.split('@')[0] ?? '', email }, committer: { name: 'x', email: 'x@example.com' }, message: `Message of ${id}`, committedAt: 1 });
