import * as z from 'zod';
import { ApplicationName, CommitId, ReleaseId } from './names.ts';
import { Outcome } from './outcome.ts';
import { reportDetailType, reportSource } from './report.ts';

/** Events that start and resume releases. Of those that AWS sends only what we use is parsed; the rest may change without breaking us. */

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

/** A pull request changed its state (F 1.5). Only those that were merged are listened for. */
export const PullRequestStateChange = z.object({
  ...envelope,
  source: z.literal('aws.codecommit'),
  'detail-type': z.literal('CodeCommit Pull Request State Change'),
  detail: z.object({ pullRequestId: z.string(), callerUserArn: z.string().optional() }),
});
export type PullRequestStateChange = z.infer<typeof PullRequestStateChange>;

/** A release or a removal of a branch's environment has ended. */
export const BranchReleaseEnded = z.object({
  ...envelope,
  source: z.literal(reportSource),
  'detail-type': z.literal(reportDetailType),
  detail: z.object({ release: ReleaseId, branch: z.string(), outcome: Outcome }),
});
export type BranchReleaseEnded = z.infer<typeof BranchReleaseEnded>;

/** What may change where a branch stands, or whether it has its environment. */
export const BranchEvent = z.discriminatedUnion('detail-type', [RepositoryStateChange, PullRequestStateChange, BranchReleaseEnded]);
export type BranchEvent = z.infer<typeof BranchEvent>;

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

/** A build in a target account that tests what is deployed there ended (F 1.8). Its variables say what it is about; they are no secret. */
export const TestStateChange = BuildStateChange.extend({
  detail: BuildStateChange.shape.detail.extend({
    'additional-information': z.object({ environment: z.object({ 'environment-variables': z.array(z.object({ name: z.string(), value: z.string() })) }) }),
  }),
});
export type TestStateChange = z.infer<typeof TestStateChange>;

/** An archive was uploaded (F 1.6). `version-id` is missing where the bucket keeps no versions. */
export const ObjectCreated = z.object({
  ...envelope,
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), 'version-id': z.string().optional(), sequencer: z.string().regex(/^[0-9A-Fa-f]+$/).optional() }),
  }),
});
export type ObjectCreated = z.infer<typeof ObjectCreated>;

const Line = z.string().min(1).max(256).regex(/^[^\p{Cc}]*$/u, 'one line');

/** What an uploader says of an archive. Nobody can check it. */
export const Claims = z
  .strictObject({
    /** Of the repository that the sources come from. */
    commit: CommitId.optional(),
    author: z.strictObject({ name: Line, email: z.email().max(254) }).optional(),
    branch: Line.optional(),
    tag: Line.optional(),
    /** Its first line is kept. */
    message: z.string().max(10_000).optional(),
  })
  .refine((it) => it.branch === undefined || it.tag === undefined, 'an upload counts as a branch or as a tag, not both');
export type Claims = z.infer<typeof Claims>;

export const releaseRequestSource = 'drawbridge.ci';
export const releaseRequestDetailType = 'Drawbridge Release Requested';

/** Any CI asks for a release of an archive that it has put into the upload bucket: on the control plane's bus. */
export const ReleaseRequest = z
  .strictObject({
    application: ApplicationName,
    /** Below `<application>/` in the upload bucket. */
    key: z.string().min(1).max(1024),
    /** The `VersionId` that the upload was answered with: who does not know it did not upload it. */
    version: z.string().regex(/^(?!null$)[\w.-]{1,1024}$/, 'the VersionId that the upload was answered with'),
    ...Claims.shape,
  })
  .refine((it) => it.branch === undefined || it.tag === undefined, 'an upload counts as a branch or as a tag, not both');
export type ReleaseRequest = z.infer<typeof ReleaseRequest>;

/** Its detail is a stranger's text: it is parsed where a wrong one is answered by a sentence and not by an alarm. */
export const ReleaseRequested = z.object({ ...envelope, source: z.literal(releaseRequestSource), 'detail-type': z.literal(releaseRequestDetailType), detail: z.unknown() });
export type ReleaseRequested = z.infer<typeof ReleaseRequested>;

/** What starts a release of an upload. */
export const UploadEvent = z.discriminatedUnion('source', [ObjectCreated, ReleaseRequested]);
export type UploadEvent = z.infer<typeof UploadEvent>;

/** A deployment of CodeDeploy changed its state (F 8.4). A rollback has an id of its own. */
export const DeploymentStateChange = z.object({
  ...envelope,
  source: z.literal('aws.codedeploy'),
  'detail-type': z.literal('CodeDeploy Deployment State-change Notification'),
  detail: z.object({ application: z.string(), deploymentGroup: z.string(), deploymentId: z.string(), state: z.string() }),
});
export type DeploymentStateChange = z.infer<typeof DeploymentStateChange>;
