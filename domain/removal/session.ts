import type { OwnedStore } from '../../contracts/plan.ts';

const actions: Readonly<Record<OwnedStore['type'], { readonly onIt: readonly string[]; readonly inIt: readonly string[] }>> = {
  'AWS::S3::Bucket': { onIt: ['s3:ListBucketVersions', 's3:ListBucketMultipartUploads'], inIt: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'] },
  'AWS::ECR::Repository': { onIt: ['ecr:ListImages', 'ecr:BatchDeleteImage'], inIt: [] },
};

/** Narrows a session to emptying the one bucket or repository. Whether it may be emptied at all is for its account to say. */
export function emptyingPolicy({ type, name }: OwnedStore, { account, region }: { readonly account: string; readonly region: string }): string {
  const arn = type === 'AWS::S3::Bucket' ? `arn:aws:s3:::${name}` : `arn:aws:ecr:${region}:${account}:repository/${name}`;
  const { onIt, inIt } = actions[type];
  const statements = [{ Action: onIt, Resource: arn }, ...(inIt.length === 0 ? [] : [{ Action: inIt, Resource: `${arn}/*` }])];
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) });
}
