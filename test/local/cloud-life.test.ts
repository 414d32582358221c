import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetFileCommand, CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findCloud, startCloud } from '../../local/cloud.ts';
import { eventually } from '../../local/eventually.ts';
import { clients, deploy, execute, machine, nodeFunction, push, role } from './cloud-kit.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-life-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it('a cloud ends with the process that started it, also when that is killed', { timeout: 90_000 }, async () => {
  const script = `import { startCloud } from ${JSON.stringify(new URL('../../local/cloud.ts', import.meta.url).href)};
    await startCloud({ stateDir: ${JSON.stringify(folder)} }); setInterval(() => {}, 1000); console.log('up')`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const found = await findCloud(folder);
  child.kill('SIGKILL');
  await eventually('the end of the cloud', () => Promise.resolve(found && !alive(found.pid) ? true : undefined), 10_000);
  expect(await findCloud(folder)).toBeUndefined();
});

it('what is kept is there again after a start, and an address stays the same', { timeout: 120_000 }, async () => {
  const options = { stateDir: folder, persist: true };
  const first = await startCloud(options);
  const { tools, dev } = first.accounts;
  await clients(first, tools).codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'kept' }));
  await push(join(folder, 'work'), first.gitRemote('kept'), { 'a.md': 'kept' });
  await clients(first, tools).s3.send(new CreateBucketCommand({ Bucket: 'kept', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  await clients(first, tools).s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'a', Body: 'kept' }));
  const { Url = '' } = await deploy(first, dev, 'kept', {
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: {
      Worker: role('worker', 'lambda.amazonaws.com'),
      Machine: role('machine', 'states.amazonaws.com'),
      Work: nodeFunction('work', 'exports.handler = async () => ({ kept: true })', 'Worker'),
      Call: machine('call', { StartAt: 'Call', States: { Call: { Type: 'Task', Resource: `arn:aws:lambda:eu-west-1:${dev}:function:work`, End: true } } }),
      Fn: { Type: 'AWS::Serverless::Function', Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', InlineCode: 'exports.handler = async () => "kept"', Events: { Get: { Type: 'HttpApi' } } } },
    },
    Outputs: { Url: { Value: { 'Fn::GetAtt': ['ServerlessHttpApi', 'ApiEndpoint'] } } },
  });
  await first.stop();
  expect(alive(first.pid)).toBe(false);

  const second = await startCloud(options);
  try {
    expect(second.endpoint).toBe(first.endpoint);
    const { s3, codeCommit } = clients(second, tools);
    expect(await (await s3.send(new GetObjectCommand({ Bucket: 'kept', Key: 'a' }))).Body?.transformToString()).toBe('kept');
    expect((await codeCommit.send(new GetFileCommand({ repositoryName: 'kept', filePath: 'a.md' }))).fileSize).toBe(4);
    const stack = (await clients(second, dev).cloudFormation.send(new DescribeStacksCommand({ StackName: 'kept' }))).Stacks?.[0];
    expect(stack?.StackStatus).toBe('CREATE_COMPLETE');
    expect(JSON.parse((await execute(second, dev, 'call')).output ?? '{}')).toEqual({ kept: true });
    expect(await (await fetch(Url)).text()).toBe('kept');
  } finally {
    await second.stop();
  }
});

it('without persist nothing is left, and two clouds at once do not meet', { timeout: 90_000 }, async () => {
  const [one, two] = await Promise.all([startCloud({ stateDir: join(folder, 'one') }), startCloud({ stateDir: join(folder, 'two') })]);
  expect(one.endpoint).not.toBe(two.endpoint);
  await expect(startCloud({ stateDir: join(folder, 'one') })).rejects.toThrow(/is running in .* already/);
  await clients(one, one.accounts.tools).codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'gone' }));
  await Promise.all([one.stop(), two.stop()]);
  const again = await startCloud({ stateDir: join(folder, 'one') });
  expect(existsSync(again.gitRemote('gone'))).toBe(false);
  await again.stop();
});
