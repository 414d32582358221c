import * as z from 'zod';

/** Events that AWS sends us. Only what we use is parsed; the rest may change without breaking us. */

const envelope = { id: z.string(), account: z.string(), region: z.string(), time: z.string() };

/** A branch or a tag was pushed, created or deleted (F 1.4). `callerUserArn` is in the schema but not in every event. */
export const RepositoryStateChange = z.object({
  ...envelope,
  source: z.literal('aws.codecommit'),
  'detail-type': z.literal('CodeCommit Repository State Change'),
  detail: z.object({
    event: z.enum(['referenceCreated', 'referenceUpdated', 'referenceDeleted']),
    repositoryName: z.string(),
    referenceType: z.enum(['branch', 'tag']),
    referenceName: z.string(),
    commitId: z.string().optional(),
    oldCommitId: z.string().optional(),
    callerUserArn: z.string().optional(),
  }),
});
export type RepositoryStateChange = z.infer<typeof RepositoryStateChange>;

/** A stack changed its status (F 1.7). There is no change-set id and no stack name in it. */
export const StackStatusChange = z.object({
  ...envelope,
  source: z.literal('aws.cloudformation'),
  'detail-type': z.literal('CloudFormation Stack Status Change'),
  detail: z.object({
    'stack-id': z.string(),
    'status-details': z.object({ status: z.string(), 'status-reason': z.string().optional() }),
    'client-request-token': z.string().optional(),
  }),
});
export type StackStatusChange = z.infer<typeof StackStatusChange>;

/** A build changed its status (F 1.8). */
export const BuildStateChange = z.object({
  ...envelope,
  source: z.literal('aws.codebuild'),
  'detail-type': z.literal('CodeBuild Build State Change'),
  detail: z.object({ 'build-id': z.string(), 'build-status': z.string(), 'project-name': z.string() }),
});
export type BuildStateChange = z.infer<typeof BuildStateChange>;
