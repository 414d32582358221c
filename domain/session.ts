import type { CodeDeployGroup } from '../contracts/names.ts';
import { applicationArn, groupArn } from './code-deploy.ts';
import { InvalidInputError } from './errors.ts';
import { tagValue } from './owner-tags.ts';

export type Purpose = 'plan' | 'execute';

/** What a session may touch: a stack, or a deployment group of CodeDeploy. */
export interface SessionScope {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly codeDeploy?: CodeDeployGroup | undefined;
}

export interface SessionContext {
  readonly release: string;
  readonly environment: string;
  readonly application: string;
  readonly commit: string;
  /** Who approved what is executed. */
  readonly approvers?: readonly string[];
}

export const roleArn = (account: string, name: 'plan' | 'execute' | 'cloudformation') => `arn:aws:iam::${account}:role/drawbridge/drawbridge-${name}`;

const longestName = 64;
export const longestPolicy = 2048;

/** STS takes 2 to 64 of these characters; CloudTrail in the target account shows the name with every call. */
export function sessionName({ release, environment }: Pick<SessionContext, 'release' | 'environment'>): string {
  return `${release}@${environment}`.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, longestName);
}


/** Session tags: CloudTrail and the target's policies can tell what the session is for. */
export function sessionTags({ release, environment, application, commit, approvers = [] }: SessionContext): { Key: string; Value: string }[] {
  const tags = { release, environment, application, commit, ...(approvers.length === 0 ? {} : { approver: approvers.join(' ') }) };
  return Object.entries(tags).map(([Key, value]) => ({ Key, Value: tagValue(value) }));
}

const onStack: Readonly<Record<Purpose, readonly string[]>> = {
  plan: ['CreateChangeSet', 'DeleteChangeSet', 'DescribeChangeSet', 'GetTemplate', 'ListChangeSets', 'ListStackResources', 'DescribeStacks', 'DescribeStackEvents'],
  execute: ['ExecuteChangeSet', 'DeleteChangeSet', 'DescribeChangeSet', 'ListChangeSets', 'ListStackResources', 'DeleteStack', 'DescribeStacks', 'DescribeStackEvents'],
};

/**
 * What CreateChangeSet does in its caller's name besides: it reads the template and `AWS::SSM::Parameter::Value`
 * parameters, expands transforms, and validates early against what the account holds. And who imports what a stack exports.
 */
const beside: Readonly<Record<Purpose, readonly { readonly Action: readonly string[]; readonly Resource: string }[]>> = {
  plan: [
    { Action: ['cloudformation:CreateChangeSet'], Resource: 'arn:aws:cloudformation:*:aws:transform/*' },
    {
      Action: [
        'cloudformation:DescribeEvents',
        'cloudformation:ListImports',
        's3:GetObject*',
        's3:ListBucket',
        'kms:Decrypt',
        'ssm:GetParameters',
        'cloudwatch:GetMetricData',
        'lambda:GetAccountSettings',
        'servicequotas:GetServiceQuota',
        'ec2:DescribeSecurityGroups',
        'iam:GetAccountSummary',
        'config:ListConfigurationRecorders',
        'ecr:ListImages',
      ],
      Resource: '*',
    },
  ],
  execute: [],
};

const onGroup: Readonly<Record<Purpose, readonly string[]>> = {
  plan: ['GetDeploymentGroup', 'GetDeployment', 'ListDeployments', 'BatchGetDeployments'],
  execute: ['CreateDeployment', 'GetDeploymentGroup', 'GetDeployment', 'ListDeployments', 'BatchGetDeployments'],
};

/** CodeDeploy does these in the name of whoever creates a deployment (F 8.2); the targets of a deployment are no resource of their own. */
function besideGroup(purpose: Purpose, scope: SessionScope & { readonly codeDeploy: CodeDeployGroup }) {
  if (purpose === 'plan') return [{ Action: ['codedeploy:ListDeploymentTargets', 'codedeploy:GetDeploymentTarget'], Resource: '*' }];
  return [
    { Action: ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'], Resource: applicationArn(scope) },
    { Action: ['codedeploy:ListDeploymentTargets', 'codedeploy:GetDeploymentTarget', 'codedeploy:GetDeploymentConfig', 's3:GetObject*', 'kms:Decrypt'], Resource: '*' },
  ];
}

/**
 * Narrows a session to the one stack and the nested stacks that it owns, whose names begin with its name.
 * Where the target is a deployment group, to that group. A session can do only what both its role and this allow.
 * @throws InvalidInputError when it is longer than STS takes
 */
export function sessionPolicy(purpose: Purpose, scope: SessionScope): string {
  const { account, region, stackName, codeDeploy } = scope;
  const stack = `arn:aws:cloudformation:${region}:${account}:stack/${stackName}`;
  const statements =
    codeDeploy === undefined
      ? [
          { Action: onStack[purpose].map((name) => `cloudformation:${name}`), Resource: [`${stack}/*`, `${stack}-*`] },
          { Action: 'iam:PassRole', Resource: roleArn(account, 'cloudformation') },
          ...beside[purpose],
        ]
      : [{ Action: onGroup[purpose].map((name) => `codedeploy:${name}`), Resource: groupArn({ account, region, codeDeploy }) }, ...besideGroup(purpose, { ...scope, codeDeploy })];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) });
  if (policy.length > longestPolicy) throw new InvalidInputError(`Narrowing a session to ${stackName}: the policy has ${String(policy.length)} characters, STS takes ${String(longestPolicy)}. Give the stack a shorter name.`);
  return policy;
}
