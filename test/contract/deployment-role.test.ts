import { describe, expect, it } from 'vitest';
import { policiesOf, statementsOf } from './policies.ts';
import { targetAccount } from './project.ts';
import { at, recordAt, resource } from './read-template.ts';

const deployment = resource(targetAccount, 'DeploymentRole');

describe("CloudFormation's role", () => {
  it('is for CloudFormation alone', () => {
    const trust = statementsOf(at(deployment.properties, 'AssumeRolePolicyDocument'));
    expect(trust.map(({ principal, actions }) => ({ principal, actions }))).toEqual([{ principal: { Service: 'cloudformation.amazonaws.com' }, actions: ['sts:AssumeRole'] }]);
  });

  it('has the policies and the boundary that its account chose; the default is no administrator, and says what it amounts to', () => {
    expect(at(deployment.properties, 'ManagedPolicyArns')).toEqual({ Ref: 'DeploymentPolicyArns' });
    expect(at(deployment.properties, 'PermissionsBoundary', 'Fn::If', 1)).toEqual({ Ref: 'PermissionsBoundaryArn' });
    const parameter = recordAt(targetAccount.parameters, 'DeploymentPolicyArns');
    expect(parameter['Default']).not.toMatch(/AdministratorAccess/);
    expect(parameter['Description']).toMatch(/READ THIS.*administrator/s);
  });

  it('can make, change and delete the roles of applications, as the schema of AWS::IAM::Role says what that takes', () => {
    // "handlers" of the resource type (aws cloudformation describe-type --type RESOURCE --type-name AWS::IAM::Role), without what touches a boundary.
    const handlers = {
      create: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:TagRole', 'iam:UntagRole'],
      update: ['iam:UpdateRole', 'iam:UpdateRoleDescription', 'iam:UpdateAssumeRolePolicy', 'iam:DetachRolePolicy', 'iam:AttachRolePolicy', 'iam:DeleteRolePolicy', 'iam:PutRolePolicy', 'iam:TagRole', 'iam:UntagRole', 'iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:GetRolePolicy'],
      delete: ['iam:DeleteRole', 'iam:DetachRolePolicy', 'iam:DeleteRolePolicy', 'iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:TagRole', 'iam:UntagRole'],
    };
    const roles = policiesOf(deployment).find(({ sid }) => sid === 'MakeRolesOfApplications');
    expect([...(roles?.actions ?? [])].sort()).toEqual([...new Set([...Object.values(handlers).flat(), 'iam:PassRole'])].sort());
    expect(roles?.resources).toEqual([{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${StackNamePrefix}*' }]);
  });

  it("can neither change nor pass Drawbridge's own roles, nor be without the boundary", () => {
    const never = policiesOf(deployment).filter(({ effect }) => effect === 'Deny');
    expect(never.find(({ sid }) => sid === 'NeverTouchDrawbridge')).toMatchObject({ actions: ['iam:*'], resources: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/drawbridge/*' }] });
    expect(never.map(({ sid }) => sid)).toEqual(expect.arrayContaining(['EveryRoleCarriesTheBoundary', 'NobodyLiftsTheBoundary']));
  });
});
