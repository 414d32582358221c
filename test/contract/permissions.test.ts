import { describe, expect, it } from 'vitest';
import { allowed, policiesOf } from './policies.ts';
import { controlPlane, functionFolders, handlerOf, logicalId } from './project.ts';
import { at, listOf, ofType, resource, textAt } from './read-template.ts';
import { actionsOf, inTargets, isOfTargets, sdkCalls } from './sdk-calls.ts';

/** What is done in a target account is done as one of its roles, not as the function's own. */
const isElsewhere = (folder: string, action: string) => isOfTargets(action) || inTargets[folder]?.only.includes(action) === true;

/** What Lambda does in the function's name where a queue wakes it (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const taken = (folder: string): readonly string[] =>
  ofType(controlPlane, 'AWS::Lambda::EventSourceMapping').some(({ properties }) => at(properties, 'FunctionName', 'Ref') === logicalId(folder)) ? ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'] : [];

describe.each(functionFolders)('the role of %s', (folder) => {
  const { properties, ...rest } = resource(controlPlane, logicalId(folder));
  const statements = policiesOf({ properties, ...rest });

  it('may do what the function calls, and nothing else', async () => {
    const called = (await sdkCalls(handlerOf(folder))).flatMap(actionsOf).filter((action) => !isElsewhere(folder, action));
    expect(allowed(statements)).toEqual([...new Set([...called, ...taken(folder)])].sort());
  });

  it('is written out in the template, so that nothing comes in by a managed policy that we name', () => {
    for (const policy of listOf(at(properties, 'Policies'))) expect(at(policy, 'Statement')).toBeDefined();
    expect(at(properties, 'Role')).toBeUndefined();
  });

  it('reads no parameter of the tools account but below the prefix of the stack', () => {
    const read = statements.filter(({ actions }) => actions.includes('ssm:GetParameters')).flatMap(({ resources }) => resources);
    for (const one of read) expect(one).toEqual({ 'Fn::Sub': 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${ParameterPrefix}*' });
  });

  it('reads no log but those of builds', () => {
    const read = statements.filter(({ actions }) => actions.some((action) => action.startsWith('logs:'))).flatMap(({ resources }) => resources);
    for (const one of read) expect(one).toEqual({ 'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/codebuild/drawbridge-build-*:*' });
  });

  it('can become a role of a target account only where its path says so', () => {
    const into = statements.filter(({ actions }) => actions.includes('sts:AssumeRole')).flatMap(({ resources }) => resources.map((one) => textAt(one, 'Fn::Sub')));
    const purpose = /^\/drawbridge\/(plan|execute)\/$/.exec(textAt(properties, 'RolePath'))?.[1];
    expect(into).toEqual(purpose === undefined ? [] : [`arn:\${AWS::Partition}:iam::*:role/drawbridge/drawbridge-${purpose}`]);
  });
});
