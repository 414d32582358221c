import { CloudFormationClient, DescribeAccountLimitsCommand, ListStacksCommand, StackStatus } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, DescribeTrailsCommand, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient, DescribeConfigurationRecorderStatusCommand } from '@aws-sdk/client-config-service';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AccessDeniedError } from '../domain/errors.ts';
import { calling } from './errors.ts';
import { pages } from './pages.ts';
import type { Credentials } from './sts.ts';

/** What the doctor reads in a target account, with a session there. Somebody waits, so nothing is tried often. */
const clientOf = (credentials: Credentials, region?: string) => ({ maxAttempts: 2, credentials: { ...credentials }, ...(region === undefined ? {} : { region }) });

/** Reads an object of the tools account as the target: bucket, policy and key must all let it. */
export async function readAs(credentials: Credentials, { bucket, region }: { readonly bucket: string; readonly region: string }, key: string): Promise<{ readonly text: string } | { readonly refused: string }> {
  const s3 = new S3Client(clientOf(credentials, region));
  try {
    const { Body } = await calling(`reading ${key}`, () => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    return { text: (await Body?.transformToString()) ?? '' };
  } catch (error) {
    if (error instanceof AccessDeniedError) return { refused: error.message };
    throw error;
  }
}

/** A deleted stack does not count. */
const counted = Object.values(StackStatus).filter((status) => status !== 'DELETE_COMPLETE');

export async function countStacks(credentials: Credentials, region: string): Promise<{ readonly used: number; readonly limit: number }> {
  const client = new CloudFormationClient(clientOf(credentials, region));
  const limits = await calling('reading the limits of CloudFormation', () => client.send(new DescribeAccountLimitsCommand({})));
  const limit = limits.AccountLimits?.find(({ Name }) => Name === 'StackLimit')?.Value;
  if (limit === undefined) throw new Error('reading the limits of CloudFormation: it tells no StackLimit');
  let used = 0;
  const list = (NextToken: string | undefined) => calling('counting stacks', () => client.send(new ListStacksCommand({ StackStatusFilter: counted, NextToken })));
  for await (const { StackSummaries = [] } of pages(list, ({ NextToken }) => NextToken)) used += StackSummaries.length;
  return { used, limit };
}

/** True when some trail, of the account or of its organisation, is logging. */
export async function trailIsLogging(credentials: Credentials, region: string): Promise<boolean> {
  const client = new CloudTrailClient(clientOf(credentials, region));
  const { trailList = [] } = await calling('looking for trails', () => client.send(new DescribeTrailsCommand({ includeShadowTrails: true })));
  const logs = await Promise.all(trailList.map(({ TrailARN: Name }) => calling('looking at a trail', () => client.send(new GetTrailStatusCommand({ Name })))));
  return logs.some(({ IsLogging }) => IsLogging === true);
}

export async function configIsRecording(credentials: Credentials, region: string): Promise<boolean> {
  const client = new ConfigServiceClient(clientOf(credentials, region));
  const { ConfigurationRecordersStatus = [] } = await calling('looking for AWS Config', () => client.send(new DescribeConfigurationRecorderStatusCommand({})));
  return ConfigurationRecordersStatus.some(({ recording }) => recording === true);
}
