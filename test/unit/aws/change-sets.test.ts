import {
  ChangeSetNotFoundException,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  DescribeEventsCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  InvalidChangeSetStatusException,
  ListChangeSetsCommand,
  TokenAlreadyExistsException,
} from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { lookAtChangeSet } from '../../../aws/change-set-look.ts';
import { changeSetsOf, createChangeSet, deleteChangeSet, executeChangeSet } from '../../../aws/change-sets.ts';
import { describeChangeSet } from '../../../aws/described-change-set.ts';
import { changeSetRequest } from '../../../domain/change-set-request.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';
import { refused } from '../../fakes/refused.ts';

const cloudFormation = mockClient(CloudFormationClient);
const client = new CloudFormationClient({});
const id = { stackName: 'orders-dev', changeSet: 'orders-12-3f2a9c1b-1-1' };
const change = (LogicalResourceId: string, more: object = {}) => ({ Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId, ResourceType: 'AWS::SQS::Queue', ...more } }) as const;
const answer = (fields: Partial<DescribeChangeSetOutput>) => ({ ChangeSetId: 'arn:set', StackId: 'arn:stack', Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE', ...fields }) as const;
const request = changeSetRequest({
  release: aRelease(),
  template: { bucket: 'artifacts', key: 'sealed/orders/template' },
  environment: 'dev',
  target: aTarget(),
  attempt: '1-1',
  operation: 'UPDATE',
  region: 'eu-west-1',
});

beforeEach(() => {
  cloudFormation.reset();
});

describe('opening a change set', () => {
  it('asks for exactly what the release resolved, with the separate role and nested stacks', async () => {
    cloudFormation.on(CreateChangeSetCommand).resolves({});
    await createChangeSet(client, request);
    expect(cloudFormation.commandCalls(CreateChangeSetCommand)[0]?.args[0].input).toEqual({
      StackName: 'orders-dev',
      ChangeSetName: 'orders-12-3f2a9c1b-1-1',
      ChangeSetType: 'UPDATE',
      TemplateURL: 'https://artifacts.s3.eu-west-1.amazonaws.com/sealed/orders/template',
      RoleARN: 'arn:aws:iam::222222222222:role/drawbridge/drawbridge-cloudformation',
      Parameters: [{ ParameterKey: 'Size', ParameterValue: '1' }],
      Tags: [
        { Key: 'team', Value: 'shop' },
        { Key: 'drawbridge:application', Value: 'orders' },
        { Key: 'drawbridge:environment', Value: 'dev' },
      ],
      Capabilities: ['CAPABILITY_IAM'],
      Description: `Drawbridge: release orders-12-3f2a9c1b to dev, commit ${aRelease().commit} of main`,
      ClientToken: 'orders-12-3f2a9c1b-1-1',
      IncludeNestedStacks: true,
    });
  });

  it('finds its own change set when it is repeated', async () => {
    cloudFormation.on(CreateChangeSetCommand).rejects(refused('AlreadyExistsException', 'ChangeSet orders-12-3f2a9c1b-1-1 cannot be created due to a mismatch with existing attribute'));
    await expect(createChangeSet(client, request)).resolves.toBeUndefined();
  });

  it.each(['ValidationError', 'InsufficientCapabilitiesException', 'LimitExceededException'])('says in one sentence what CloudFormation did not take (%s)', async (name) => {
    cloudFormation.on(CreateChangeSetCommand).rejects(refused(name, 'Parameters: [Size] must have values.'));
    await expect(createChangeSet(client, request)).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: 'opening a change set on orders-dev: Parameters: [Size] must have values. Mend the template or its configuration and push again.',
    });
  });

  // The words of AWS: of the first two there are public threads, the last is what the local cloud says.
  it.each([
    ['ValidationError', 'Stack [orders-dev] already exists and cannot be created again with the changeSet [orders-12-3f2a9c1b-1-1].'],
    ['ValidationError', 'Stack:arn:aws:cloudformation:eu-west-1:222222222222:stack/orders-dev/1 is in UPDATE_IN_PROGRESS state and can not be updated.'],
    ['ValidationError', 'Stack [orders-dev] does not exist'],
    ['AlreadyExistsException', 'Stack [orders-dev] already exists'],
  ])('on a stack that was moved since it was looked at is tried again, beginning with the look: %s %s', async (name, message) => {
    cloudFormation.on(CreateChangeSetCommand).rejects(refused(name, message));
    await expect(createChangeSet(client, request)).rejects.toMatchObject({ name: 'TransientError', message: `opening a change set on orders-dev: since it was looked at somebody else moved the stack (${message.replace(/\.$/, '')}). It is tried again.` });
  });

  it('is tried again when CloudFormation was busy', async () => {
    cloudFormation.on(CreateChangeSetCommand).rejects(refused('Throttling', 'Rate exceeded'));
    await expect(createChangeSet(client, request)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('a change set', () => {
  it('is read to its last page', async () => {
    cloudFormation
      .on(DescribeChangeSetCommand, { NextToken: 'two' })
      .resolves(answer({ Changes: [change('Second')] }))
      .on(DescribeChangeSetCommand, { StackName: 'orders-dev', ChangeSetName: id.changeSet, IncludePropertyValues: true })
      .resolvesOnce(answer({ Changes: [change('First')], NextToken: 'two' }))
      .resolves(answer({ Changes: [change('Second')] }));
    expect((await describeChangeSet(client, id))?.changes.map(({ logicalId }) => logicalId)).toEqual(['First', 'Second']);
  });

  it('is read again without values when the values cost whole changes, and neither list loses any', async () => {
    cloudFormation.on(DescribeChangeSetCommand).callsFake((input: { IncludePropertyValues?: boolean }) =>
      input.IncludePropertyValues === true
        ? answer({ StatusReason: '[WARN] --include-property-values option can return incomplete ChangeSet data because: ...', Changes: [change('A', { Replacement: 'True' })] })
        : answer({ Changes: [change('A'), change('B')] }),
    );
    const found = await describeChangeSet(client, id);
    expect(found?.changes.map(({ logicalId, replacement }) => [logicalId, replacement])).toEqual([['A', 'True'], ['B', undefined]]);
  });

  it('tells what happens inside nested stacks', async () => {
    cloudFormation
      .on(DescribeChangeSetCommand)
      .resolves(answer({ Changes: [change('Inner', { ChangeSetId: 'arn:nested', ResourceType: 'AWS::CloudFormation::Stack' })] }))
      .on(DescribeChangeSetCommand, { ChangeSetName: 'arn:nested' })
      .resolves(answer({ Changes: [change('Queue')] }));
    expect((await describeChangeSet(client, id))?.changes.map(({ logicalId }) => logicalId)).toEqual(['Inner', 'Inner/Queue']);
  });

  it('never hands on a property value', async () => {
    const secret = { BeforeContext: 'hunter2', AfterContext: 'hunter2', Details: [{ Target: { Attribute: 'Properties', Name: 'Password', BeforeValue: 'hunter2', AfterValue: 'hunter2' } }] };
    cloudFormation.on(DescribeChangeSetCommand).resolves(answer({ Changes: [change('A', secret)] }));
    expect(JSON.stringify(await describeChangeSet(client, id))).not.toContain('hunter2');
  });

  it('counts a parameter that stands for another value by that value', async () => {
    cloudFormation.on(DescribeChangeSetCommand).resolves(answer({ Parameters: [{ ParameterKey: 'Image', ParameterValue: '/images/latest', ResolvedValue: 'ami-1' }] }));
    expect((await describeChangeSet(client, id))?.parameters).toEqual({ Image: 'ami-1' });
  });

  it.each([new ChangeSetNotFoundException({ message: 'gone', $metadata: {} }), refused('ValidationError', 'Stack [orders-dev] does not exist')])('that is not there is no error: %s', async (error) => {
    cloudFormation.on(DescribeChangeSetCommand).rejects(error);
    expect(await lookAtChangeSet(client, id, 'UPDATE')).toEqual({ answer: 'gone' });
    cloudFormation.on(DeleteChangeSetCommand).rejects(error);
    await expect(deleteChangeSet(client, id)).resolves.toBeUndefined();
  });

  it('that failed early says the real reason, which only the events have', async () => {
    cloudFormation
      .on(DescribeChangeSetCommand)
      .resolves(answer({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE', StatusReason: 'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot use the DescribeEvents API' }))
      .on(DescribeEventsCommand, { ChangeSetName: 'arn:set', Filters: { FailedEvents: true } })
      .resolves({
        OperationEvents: [
          { EventType: 'VALIDATION_ERROR', ValidationFailureMode: 'WARN', LogicalResourceId: 'Other', ValidationStatusReason: 'only a warning' },
          { EventType: 'VALIDATION_ERROR', ValidationFailureMode: 'FAIL', LogicalResourceId: 'Bucket', ValidationPath: '/Resources/Bucket', ValidationStatusReason: 'orders already exists' },
        ],
      });
    expect(await lookAtChangeSet(client, id, 'UPDATE')).toEqual({ answer: 'failed', reason: 'Bucket at /Resources/Bucket: orders already exists' });
  });

  it('that failed because of a nested one says what failed there', async () => {
    const nested = 'arn:aws:cloudformation:eu-west-1:222222222222:changeSet/inner/1';
    cloudFormation
      .on(DescribeChangeSetCommand)
      .resolves(answer({ Status: 'FAILED', StatusReason: `Nested change set ${nested} was not successfully created: Currently in FAILED.` }))
      .on(DescribeChangeSetCommand, { ChangeSetName: nested })
      .resolves(answer({ Status: 'FAILED', StatusReason: 'Template error: unresolved reference' }));
    expect(await lookAtChangeSet(client, id, 'UPDATE')).toEqual({ answer: 'failed', reason: 'Template error: unresolved reference' });
  });

  it('with changes of the outputs alone is ready, not empty', async () => {
    cloudFormation.on(DescribeChangeSetCommand).resolves(answer({ Changes: [] })).on(GetTemplateCommand).resolves({ TemplateBody: '{}' });
    expect(await lookAtChangeSet(client, id, 'UPDATE')).toMatchObject({ answer: 'ready' });
  });

  it.each([
    ['UPDATE', [{ prefix: '', before: 'of orders-dev', after: 'of orders-dev with arn:set' }, { prefix: 'Inner/', before: 'of arn:inner', after: 'of arn:inner with arn:nested' }, { prefix: 'New/', after: 'of  with arn:new' }]],
    ['CREATE', [{ prefix: '', after: 'of orders-dev with arn:set' }, { prefix: 'Inner/', before: 'of arn:inner', after: 'of arn:inner with arn:nested' }, { prefix: 'New/', after: 'of  with arn:new' }]],
  ] as const)('of an %s has the templates before and after, nested stacks too, transforms applied', async (operation, templates) => {
    const nested = (name: string, more: object) => change(name, { ResourceType: 'AWS::CloudFormation::Stack', ...more });
    cloudFormation
      .on(DescribeChangeSetCommand)
      .resolves(answer({ Changes: [] }))
      .on(DescribeChangeSetCommand, { ChangeSetName: id.changeSet })
      .resolves(answer({ Changes: [change('Role', { ResourceType: 'AWS::IAM::Role' }), nested('Inner', { ChangeSetId: 'arn:nested', PhysicalResourceId: 'arn:inner' }), nested('New', { ChangeSetId: 'arn:new' })] }))
      .on(GetTemplateCommand, { TemplateStage: 'Processed' })
      .callsFake(({ StackName, ChangeSetName }: { StackName?: string; ChangeSetName?: string }) => ({ TemplateBody: `of ${StackName ?? ''}${ChangeSetName === undefined ? '' : ` with ${ChangeSetName}`}` }));
    expect(await lookAtChangeSet(client, id, operation)).toMatchObject({ templates });
  });

  it('that touches nothing with statements or rules needs no templates', async () => {
    cloudFormation.on(DescribeChangeSetCommand).resolves(answer({ Changes: [change('Value', { Action: 'Modify', ResourceType: 'AWS::SSM::Parameter' })] }));
    expect(await lookAtChangeSet(client, id, 'UPDATE')).toMatchObject({ answer: 'ready', templates: [] });
    expect(cloudFormation.commandCalls(GetTemplateCommand)).toHaveLength(0);
  });
});

describe('executing', () => {
  it('always says that a failure is rolled back', async () => {
    cloudFormation.on(ExecuteChangeSetCommand).resolves({});
    expect(await executeChangeSet(client, id, 'db-1-x')).toBe('started');
    expect(cloudFormation.commandCalls(ExecuteChangeSetCommand)[0]?.args[0].input).toEqual({ StackName: 'orders-dev', ChangeSetName: id.changeSet, ClientRequestToken: 'db-1-x', DisableRollback: false });
  });

  it.each([
    [new TokenAlreadyExistsException({ message: 'x', $metadata: {} }), 'started-before'],
    [new InvalidChangeSetStatusException({ message: 'x', $metadata: {} }), 'perhaps-started'],
    [new ChangeSetNotFoundException({ message: 'x', $metadata: {} }), 'perhaps-started'],
    [refused('InvalidChangeSetStatus', 'x'), 'perhaps-started'],
    [refused('ChangeSetNotFound', 'x'), 'perhaps-started'],
    [refused('ValidationError', 'Stack [orders-dev] does not exist'), 'perhaps-started'],
    [refused('ValidationError', 'Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.'), 'perhaps-started'],
  ] as const)('again is no error: %s', async (error, expected) => {
    cloudFormation.on(ExecuteChangeSetCommand).rejects(error);
    expect(await executeChangeSet(client, id, 'db-1-x')).toBe(expected);
  });

  it('without permission says so', async () => {
    cloudFormation.on(ExecuteChangeSetCommand).rejects(refused('AccessDenied', 'not authorized'));
    await expect(executeChangeSet(client, id, 'db-1-x')).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});

it('a stack that is gone has no change sets', async () => {
  cloudFormation.on(ListChangeSetsCommand).rejects(refused('ValidationError', 'Stack [orders-dev] does not exist'));
  expect(await changeSetsOf(client, 'orders-dev')).toEqual([]);
});
