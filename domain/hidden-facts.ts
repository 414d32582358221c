import type { Change } from '../contracts/plan.ts';
import type { Fact } from '../contracts/verdict.ts';
import { isApi } from './api-access.ts';
import { isEcho } from './echo.ts';
import scrutiny from './scrutiny.json' with { type: 'json' };
import { grantsAccess } from './stateful-types.ts';

/** What is read from the templates, by type and property: statements and rules. Their changes have facts of their own. */
export const read: Readonly<Record<string, { readonly resource?: string; readonly properties?: Readonly<Record<string, string>> } | undefined>> = scrutiny;

type Detail = Change['details'][number];

/** Properties by which a resource gets other rights, or lets others in, that no policy shows. */
const grants = new Set([
  'AccessConfig', 'AccessControl', 'AccessPolicies', 'AdditionalAuthenticationProviders', 'AllowUnauthenticatedIdentities', 'AssociatedRoles', 'AuthType', 'AuthenticationType', 'AuthorizationType', 'AuthorizerId',
  'ExecutionRoleArn', 'IamInstanceProfile', 'IamRoles', 'JobFlowRole', 'LaunchTemplateData', 'OwnershipControls', 'PermissionsBoundary', 'Policy', 'PublicAccessBlockConfiguration', 'ResourcePolicy',
  'Role', 'RoleArn', 'RoleARN', 'ServiceRole', 'TaskRoleArn',
]);
/** A stack set makes whatever its template says, also in other accounts; an API says who may call it in a text that is kept elsewhere. */
const grantsOf: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::RestApi': ['BodyS3Location'],
  'AWS::ApiGatewayV2::Api': ['BodyS3Location'],
  'AWS::CloudFormation::StackSet': ['AdministrationRoleARN', 'Capabilities', 'ExecutionRoleName', 'OperationPreferences', 'Parameters', 'StackInstancesGroup', 'TemplateBody', 'TemplateURL'],
};
const opens = new Set([
  'LaunchTemplateData', 'MapPublicIpOnLaunch', 'NetworkConfiguration', 'NetworkInterfaces', 'PubliclyAccessible', 'ResourcesVpcConfig', 'SecurityGroupIds', 'SecurityGroups', 'VPCSecurityGroups', 'VpcConfig', 'VpcSecurityGroupIds',
]);
/** What lets others into a network as a whole. */
const networks = new Set(['AWS::EC2::NetworkAclEntry', 'AWS::EC2::Route', 'AWS::EC2::TransitGatewayAttachment', 'AWS::EC2::TransitGatewayVpcAttachment', 'AWS::EC2::VPCGatewayAttachment', 'AWS::EC2::VPCPeeringConnection']);
/** New ones have rights besides the policies that are read: a user by their groups and password, a profile by its roles, a stack set by all that it makes. */
const grantsWhenNew = new Set(['AWS::CloudFormation::StackSet', 'AWS::IAM::User', 'AWS::RolesAnywhere::Profile']);
/** Properties of what grants access that grant nothing themselves. */
const grantsNothing = new Set(['Description', 'MaxSessionDuration', 'Tags']);

/** Is there anything to read in the templates? What is new may act as a role; what changes or goes may hold statements, rules, or an API's text. */
export const concernsTemplates = (changes: readonly Change[]): boolean => changes.some(({ type, action }) => (action !== 'Modify' && action !== 'Remove') || read[type] !== undefined || isApi(type));

/** Known from the templates alone: written there, and nothing else decides it. */
export const isPlain = ({ source, evaluation }: Detail) => evaluation !== 'Dynamic' && (source === undefined || source === 'DirectModification');

const named = ({ logicalId, type }: Change) => `${logicalId} (${type})`;

function fact(kind: 'widens-access' | 'opens-network', change: Change, details: readonly Detail[]): Fact {
  const names = [...new Set(details.flatMap(({ name }) => name ?? []))].sort().join(', ');
  const what = kind === 'widens-access' ? 'widen who may do what' : 'open the network';
  return { kind, type: change.type, text: `May ${what}: ${named(change)}${names === '' ? '' : ` because ${names} changes`}.` };
}

/**
 * What may widen access or open the network without the templates showing it: by a parameter or another resource, by a
 * role or a boundary, or by a resource that grants as a whole and that the library cannot read.
 */
export function hiddenFacts(change: Change, all: readonly Change[]): Fact[] {
  const known = read[change.type];
  if (change.action === 'Add' || change.action === 'Import') {
    const granting = grantsWhenNew.has(change.type) || (grantsAccess(change.type) && known === undefined);
    return [...(granting ? [fact('widens-access', change, [])] : []), ...(networks.has(change.type) ? [fact('opens-network', change, [])] : [])];
  }
  if (change.action === 'Remove' || change.follows === true) return [];
  const details = change.details.filter((detail) => detail.attribute === 'Properties' && !isEcho(change, detail, all));
  const isRule = (name: string) => /gressRules?$/.test(known?.properties?.[name] ?? '') || (known?.resource ?? '').endsWith('gressRuleResource');
  const isReadable = (name: string) => known?.properties?.[name] !== undefined || known?.resource !== undefined;

  const opening = details.filter((detail) => detail.name !== undefined && (opens.has(detail.name) || networks.has(change.type) || (isRule(detail.name) && !isPlain(detail))));
  const granting = details.filter((detail) => {
    const { name } = detail;
    if (name === undefined) return grantsAccess(change.type);
    // A policy that the templates show is theirs to tell.
    if (grantsOf[change.type]?.includes(name) === true || (grants.has(name) && known?.properties?.[name] === undefined)) return true;
    if (isReadable(name)) return !isRule(name) && !isPlain(detail) && !grantsNothing.has(name);
    return grantsAccess(change.type) && !grantsNothing.has(name);
  });
  const silent = grantsAccess(change.type) && change.details.length === 0 && !change.scope.every((scope) => scope === 'Tags' || scope === 'Metadata');
  return [...(granting.length > 0 || silent ? [fact('widens-access', change, granting)] : []), ...(opening.length > 0 ? [fact('opens-network', change, opening)] : [])];
}
