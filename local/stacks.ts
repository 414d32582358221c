import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { bundleZip } from './bundles.ts';
import type { Cloud } from './cloud.ts';
import { eventually } from './eventually.ts';

/** A bucket of the person who sets up, as `sam deploy --resolve-s3` would make one. */
const bucketFor = (account: string) => `set-up-${account}`;

export interface StackOrder {
  readonly account: string;
  /** Without it the cloud's own. */
  readonly region?: string | undefined;
  readonly name: string;
  /** Path of the template. */
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

async function ensureBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }
}

/** Uploads the bundles and machines that our template names, as a packaging tool would, and answers where the packaged template is. */
export async function packageTemplate(cloud: Cloud, account: string, template: string, packaged: string): Promise<string> {
  const bucket = bucketFor(account);
  const s3 = new S3Client({ endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(account), forcePathStyle: true });
  await ensureBucket(s3, bucket);
  const text = await readFile(template, 'utf8');
  const named = /(?<=CodeUri: |DefinitionUri: )(dist|statemachines)\/[\w./-]+/g;
  const uploads = [...text.matchAll(named)].map(async ([path]) => {
    const from = join(dirname(template), path);
    const body = path.endsWith('/') ? await bundleZip(from) : await readFile(from);
    const key = createHash('sha256').update(body).digest('hex');
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    return [path, `s3://${bucket}/${key}`] as const;
  });
  const places = new Map(await Promise.all(uploads));
  await writeFile(packaged, text.replaceAll(named, (path) => places.get(path) ?? path));
  return packaged;
}

/** Deploys a stack the way a person does it by hand: a change set, executed, waited for. Answers the stack's outputs. */
export async function deployStack(cloud: Cloud, { account, region = cloud.region, name, template, parameters }: StackOrder): Promise<Readonly<Record<string, string>>> {
  const client = { endpoint: cloud.endpoint, region, credentials: cloud.credentials(account) };
  const cloudFormation = new CloudFormationClient(client);
  const body = await readFile(template, 'utf8');
  const s3 = new S3Client({ ...client, region: cloud.region, forcePathStyle: true });
  const bucket = bucketFor(account);
  await ensureBucket(s3, bucket);
  const key = `${createHash('sha256').update(body).digest('hex')}.template`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));

  const before = await describe(cloudFormation, name);
  const changeSet = await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName: name,
      ChangeSetName: `set-up-${String(Date.now())}`,
      ChangeSetType: before === undefined || before.StackStatus === 'REVIEW_IN_PROGRESS' ? 'CREATE' : 'UPDATE',
      TemplateURL: `${cloud.endpoint}/${bucket}/${key}`,
      Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    }),
  );
  const opened = await eventually(`the change set of ${name}`, async () => {
    const answer = await cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: changeSet.Id, StackName: name }));
    return answer.Status === 'CREATE_COMPLETE' || answer.Status === 'FAILED' ? answer : undefined;
  });
  if (opened.Status === 'FAILED') {
    if (/No updates|didn't contain changes/.test(opened.StatusReason ?? '')) return outputsOf(before);
    throw new Error(`Deploying ${name} in ${account}: ${opened.StatusReason ?? 'the change set failed'}`);
  }
  await cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: changeSet.Id, StackName: name }));
  const after = await eventually(`stack ${name}`, async () => {
    const stack = await describe(cloudFormation, name);
    return stack?.StackStatus?.endsWith('_IN_PROGRESS') === false ? stack : undefined;
  });
  if (!['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(after.StackStatus ?? '')) {
    const events = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: after.StackId ?? name }));
    const causes = (events.StackEvents ?? []).filter((event) => event.ResourceStatus?.endsWith('_FAILED')).map((event) => `${event.LogicalResourceId ?? ''}: ${event.ResourceStatusReason ?? ''}`);
    throw new Error(`Deploying ${name} in ${account}: ${after.StackStatus ?? ''} ${causes.reverse().slice(0, 3).join('; ')}`);
  }
  return outputsOf(after);
}

async function describe(cloudFormation: CloudFormationClient, name: string) {
  try {
    return (await cloudFormation.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}

function outputsOf(stack: { Outputs?: { OutputKey?: string | undefined; OutputValue?: string | undefined }[] | undefined } | undefined): Record<string, string> {
  return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}
