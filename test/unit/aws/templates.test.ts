import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { readTemplates } from '../../../aws/templates.ts';
import type { DescribedChangeSet } from '../../../domain/plan.ts';

const mock = mockClient(CloudFormationClient);
const client = new CloudFormationClient({ region: 'eu-west-1' });
const described = (nested: DescribedChangeSet['nested'] = []): DescribedChangeSet => ({ arn: 'change-set', stackArn: 'stack', status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', reason: undefined, parameters: {}, tags: {}, capabilities: [], changes: [], nested });

beforeEach(() => {
  mock.reset();
  mock.on(GetTemplateCommand).callsFake(({ StackName, ChangeSetName }: { StackName?: string; ChangeSetName?: string }) => ({ TemplateBody: `${StackName ?? 'any'} ${ChangeSetName ?? 'as it is'}` }));
});

const asked = () => mock.commandCalls(GetTemplateCommand).map(({ args }) => args[0].input);

it('a stack is read as it is and as it would be, after its transforms', async () => {
  expect(await readTemplates(client, 'orders-dev', 'UPDATE', described())).toEqual([{ prefix: '', before: 'orders-dev as it is', after: 'orders-dev change-set' }]);
  expect(asked()).toEqual([{ TemplateStage: 'Processed', StackName: 'orders-dev' }, { TemplateStage: 'Processed', StackName: 'orders-dev', ChangeSetName: 'change-set' }]);
});

it('a new stack has nothing before', async () => {
  expect(await readTemplates(client, 'orders-dev', 'CREATE', described())).toEqual([{ prefix: '', after: 'orders-dev change-set' }]);
  expect(asked()).toHaveLength(1);
});

it('nested stacks are read too, those that are there and those that are new', async () => {
  const nested = [{ prefix: 'Api/', stackArn: 'nested-stack', changeSetArn: 'nested-change-set' }, { prefix: 'Api/New/', stackArn: '', changeSetArn: 'new-change-set' }];
  expect(await readTemplates(client, 'orders-dev', 'UPDATE', described(nested))).toEqual([
    { prefix: '', before: 'orders-dev as it is', after: 'orders-dev change-set' },
    { prefix: 'Api/', before: 'nested-stack as it is', after: 'nested-stack nested-change-set' },
    { prefix: 'Api/New/', after: 'any new-change-set' },
  ]);
});

it('a template that cannot be read is an error, not an empty one', async () => {
  mock.on(GetTemplateCommand).rejectsOnce(Object.assign(new Error('busy'), { name: 'Throttling' })).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  await expect(readTemplates(client, 'orders-dev', 'CREATE', described())).rejects.toMatchObject({ name: 'TransientError' });
  await expect(readTemplates(client, 'orders-dev', 'CREATE', described())).rejects.toMatchObject({ name: 'AccessDeniedError' });
});
