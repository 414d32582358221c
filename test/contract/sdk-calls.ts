import { bundled } from './bundled.ts';

/** An SDK command that is left in a function's bundle after tree shaking: a call that it can really make. */
export interface SdkCall {
  readonly client: string;
  readonly command: string;
}

/** Reads off a bundle which commands of which clients remain in it. */
export async function sdkCalls(handlerFile: string): Promise<SdkCall[]> {
  const text = await bundled(handlerFile);
  const imports = [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*"@aws-sdk\/(?:client|lib)-([\w-]+)"/g)];
  const calls = imports.flatMap(([, names = '', client = '']) =>
    names
      .split(',')
      .map((name) => name.trim().split(/\s+as\s+/)[0] ?? '')
      .filter((name) => name.endsWith('Command'))
      .map((name) => ({ client, command: name.replace(/Command$/, '') })),
  );
  // A transaction needs the right to each action that it holds (DynamoDB Developer Guide, "Using IAM with transactions").
  if (calls.some(({ command }) => command === 'TransactWrite')) {
    for (const [, item = ''] of text.matchAll(/\b(Put|Update|Delete|ConditionCheck): \{/g)) calls.push({ client: 'dynamodb', command: item });
  }
  // A call that names a version needs a right of its own, and only that (S3 API: GetObject, "Permissions").
  const reads = [...text.matchAll(/new GetObjectCommand\d*\(\{([^}]*)\}/g)].map(([, input = '']) => input.includes('VersionId'));
  if (reads.includes(true)) calls.push({ client: 's3', command: 'GetObjectVersion' });
  if (reads.length > 0 && !reads.includes(false)) calls.splice(calls.findIndex(({ client, command }) => client === 's3' && command === 'GetObject'), 1);
  // What names the version of each object needs the right to delete versions (S3 API: DeleteObjects, "Permissions").
  if (calls.some(({ command }) => command === 'ListObjectVersions')) for (const call of calls.filter(({ command }) => command === 'DeleteObjects')) calls.splice(calls.indexOf(call), 1, { client: 's3', command: 'DeleteObjectVersions' });
  // The checksum of an encrypted object is shown only to who may open it (S3 API: HeadObject).
  if (text.includes('ChecksumMode: "ENABLED"')) calls.push({ client: 's3', command: 'HeadObjectChecksum' });
  return [...new Map(calls.map((call) => [`${call.client}.${call.command}`, call])).values()].sort((a, b) => `${a.client}${a.command}`.localeCompare(`${b.client}${b.command}`));
}

const prefixes: Readonly<Record<string, string>> = { sfn: 'states', eventbridge: 'events', 'cloudwatch-logs': 'logs', 'secrets-manager': 'secretsmanager', 'service-quotas': 'servicequotas', 'config-service': 'config' };

/** The project in which commands test, and its log. */
const testsThere = ['codebuild:BatchGetBuilds', 'logs:GetLogEvents'];

/** What a function does in a target account, as one of its roles and not as its own, beside what only targets have. */
export const inTargets: Readonly<Record<string, { readonly only: readonly string[]; readonly too?: readonly string[] }>> = {
  // It reads its test object as each target account would.
  'examine-targets': { only: ['s3:GetObject', 'kms:Decrypt'] },
  'start-test': { only: [...testsThere, 'codebuild:StartBuild'] },
  'look-at-test': { only: testsThere },
  'on-test-event': { only: testsThere },
  'empty-stack': { only: ['s3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload', 'ecr:ListImages', 'ecr:BatchDeleteImage'] },
  // It reads listings as itself; what they list is copied by the target.
  'run-steps': { only: ['s3:ListBucket', 's3:PutObject', 's3:DeleteObject', 'kms:GenerateDataKey', 'ssm:GetParameters', 'ssm:PutParameter'], too: ['s3:GetObject', 'kms:Decrypt'] },
};
export const isOfTargets = (action: string): boolean => /^(cloudformation|cloudfront|cloudtrail|codedeploy|config):/.test(action);

/** IAM actions of a command where it is not simply `service:Command`. Source: Service Authorization Reference. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'dynamodb.Get': ['dynamodb:GetItem'],
  'dynamodb.Put': ['dynamodb:PutItem'],
  'dynamodb.Update': ['dynamodb:UpdateItem'],
  'dynamodb.Delete': ['dynamodb:DeleteItem'],
  'dynamodb.ConditionCheck': ['dynamodb:ConditionCheckItem'],
  // Only its items count; they are found above.
  'dynamodb.TransactWrite': [],
  's3.ListObjectsV2': ['s3:ListBucket'],
  // The bucket is encrypted with a key of ours, so S3 asks KMS in the caller's name.
  's3.GetObject': ['s3:GetObject', 'kms:Decrypt'],
  's3.GetObjectVersion': ['s3:GetObjectVersion', 'kms:Decrypt'],
  // Who may not list is told of a missing object that it is forbidden (S3 API: HeadObject).
  's3.HeadObject': ['s3:GetObject', 's3:ListBucket'],
  's3.HeadObjectChecksum': ['kms:Decrypt'],
  's3.PutObject': ['s3:PutObject', 'kms:GenerateDataKey'],
  's3.CopyObject': ['s3:GetObject', 'kms:Decrypt', 's3:PutObject', 'kms:GenerateDataKey'],
  's3.DeleteObjects': ['s3:DeleteObject'],
  // Both are asked for, whatever the request names (S3 API: DeleteObjects, "Permissions").
  's3.DeleteObjectVersions': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  's3.ListObjectVersions': ['s3:ListBucketVersions'],
  's3.ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  'lambda.Invoke': ['lambda:InvokeFunction'],
  // Sessions carry tags.
  'sts.AssumeRole': ['sts:AssumeRole', 'sts:TagSession'],
};

export function actionsOf({ client, command }: SdkCall): readonly string[] {
  return exceptions[`${client}.${command}`] ?? [`${prefixes[client] ?? client}:${command}`];
}
