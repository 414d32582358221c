import { DescribeStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Town } from '../../test/local/town.ts';
import type { Ledger } from '../../test/local/ledger.ts';
import type { Scenario } from './scenario.ts';
import { patiently, pushed, ready, register, Team } from './team.ts';

type Make = (town: Town, ledger: Ledger) => Scenario;

/** Uploaded ready: no build takes part. */
const release: Make = (town, ledger) => {
  const tea = new Team(town, ledger, 'tea', ['dev', 'prod']);
  return {
    title: 'A release of an upload',
    good: 'deployed',
    executes: 2,
    prepare: () => register(town, 'tea', ready),
    begin: (value) => tea.upload(value),
    attend: (id) => tea.approve(id),
    retry: (id) => tea.retry(id),
    wrongs: (value) => tea.wrongs(value),
  };
};

const push: Make = (town, ledger) => {
  const cups = new Team(town, ledger, 'cups', ['dev']);
  return {
    title: 'A release of a push',
    good: 'deployed',
    executes: 1,
    prepare: async () => {
      await town.quickApplications('cups');
      await register(town, 'cups', pushed('cups'));
    },
    begin: (value) => cups.push(value),
    attend: (id) => cups.approve(id),
    retry: (id) => cups.retry(id),
    wrongs: (value) => cups.wrongs(value),
  };
};

/** A versioned bucket with something in it, which AWS would not delete as it is. */
const bucket = (account: string) => `mugs-files-${account}`;
const files = { Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Sub': bucket('${AWS::AccountId}') }, VersioningConfiguration: { Status: 'Enabled' } } } };

const removal: Make = (town, ledger) => {
  const mugs = new Team(town, ledger, 'mugs', ['staging']);
  const begin = async () => {
    let id: string | undefined;
    await new S3Client({ ...town.client('staging'), forcePathStyle: true }).send(new PutObjectCommand({ Bucket: bucket(town.system.cloud.accounts.staging), Key: 'one', Body: '1' }));
    await patiently('the removal is asked for', async () => {
      id = ((await town.ask('POST', '/removals', { application: 'mugs', environment: 'staging', reason: 'as tested' }, 'robin')) as { release: string }).release;
    });
    return id;
  };
  return {
    title: 'A removal',
    good: 'removed',
    executes: 0,
    prepare: () => register(town, 'mugs', ready),
    ahead: async (value) => (await mugs.upload(value, files)) ?? '',
    begin,
    attend: (id) => mugs.approve(id),
    retry: (id) => mugs.retry(id),
    wrongs: async () => {
      const client = new CloudFormationClient(town.client('staging'));
      const found = await client.send(new DescribeStacksCommand({ StackName: 'mugs-staging' })).then(({ Stacks = [] }) => Stacks[0]?.StackStatus, () => undefined);
      return found === undefined ? [] : [`the stack is still there, in ${found}`];
    },
  };
};

export const scenarios: Readonly<Record<string, Make>> = { release, push, removal };
