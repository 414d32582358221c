import { createHash } from 'node:crypto';
import type { Change, Plan, TargetRecord } from '../../contracts/plan.ts';
import { count } from '../../domain/changes.ts';
import { counted, factsOf, risksOf } from '../../domain/facts.ts';
import { aChange, aRecord } from '../fakes/samples.ts';

/** The plans of the question that the browser tests look at: what a shop's release might do to three stacks. */

const release = 'orders-48-9c41e07b';
/** Of a plan, by what it is a plan of. */
export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const of = (type: string, logicalId: string, fields: Partial<Change> = {}): Change => aChange({ type: `AWS::${type}`, logicalId, details: [], ...fields });
const added = (type: string, id: string): Change => of(type, id, { action: 'Add', scope: [] });
const deleted = (type: string, id: string, fields: Partial<Change> = {}): Change => of(type, id, { action: 'Remove', scope: [], ...fields });
const detail = (name: string, fields: Partial<Change['details'][number]> = {}): Change['details'][number] => ({ attribute: 'Properties', name, recreation: 'Never', evaluation: 'Static', source: 'DirectModification', ...fields });
const changed = (type: string, id: string, ...names: string[]): Change => of(type, id, { details: names.map((name) => detail(name)) });
const replaced = (type: string, id: string, name: string): Change => of(type, id, { replacement: 'True', details: [detail(name, { recreation: 'Always' })] });
const perhaps = (type: string, id: string, name: string, cause: string): Change =>
  of(type, id, { replacement: 'Conditional', details: [detail(name, { recreation: 'Conditionally', evaluation: 'Dynamic', source: 'ResourceAttribute', cause })] });

const europe: Change[] = [
  deleted('DynamoDB::Table', 'AbandonedCartsTable'),
  deleted('Logs::LogGroup', 'LegacyCheckoutFunctionLogs', { policyAction: 'Retain' }),
  deleted('Lambda::Function', 'LegacyCheckoutFunction'),
  deleted('Lambda::Permission', 'LegacyCheckoutFunctionPermissionForTheEventBusOfTheWarehouse'),
  replaced('RDS::DBInstance', 'Database', 'Engine'),
  replaced('SQS::Queue', 'PaymentEvents', 'FifoQueue'),
  perhaps('ElastiCache::ReplicationGroup', 'SessionCache', 'SubnetIds', 'PrivateSubnets.Ids'),
  perhaps('EC2::Instance', 'ReportingHost', 'UserData', 'Database.Endpoint.Address'),
  changed('IAM::Role', 'CheckoutFunctionRole', 'Policies'),
  changed('EC2::SecurityGroup', 'DatabaseSecurityGroup', 'SecurityGroupIngress'),
  changed('Lambda::Function', 'CheckoutFunction', 'Code'),
  changed('Lambda::Function', 'RefundFunction', 'Code', 'Timeout', 'Environment'),
  changed('ApiGatewayV2::Stage', 'Api/LiveStage', 'DefaultRouteSettings', 'AccessLogSettings'),
  changed('CloudWatch::Alarm', 'CheckoutErrors', 'Threshold', 'EvaluationPeriods'),
  added('Lambda::Function', 'ReserveStockFunction'),
  added('Events::Rule', 'StockReservedRule'),
  added('SQS::Queue', 'StockReservationDeadLetters'),
];

const america: Change[] = [
  perhaps('ElastiCache::ReplicationGroup', 'SessionCache', 'SubnetIds', 'PrivateSubnets.Ids'),
  changed('Lambda::Function', 'CheckoutFunction', 'Code'),
  changed('Lambda::Function', 'RefundFunction', 'Code', 'Timeout', 'Environment'),
  changed('IAM::Role', 'CheckoutFunctionRole', 'Policies'),
  changed('CloudWatch::Alarm', 'CheckoutErrors', 'Threshold', 'EvaluationPeriods'),
  added('Lambda::Function', 'ReserveStockFunction'),
  added('Events::Rule', 'StockReservedRule'),
  added('SQS::Queue', 'StockReservationDeadLetters'),
];

const access: Plan['access'] = [
  { effect: 'widens', text: '+ Allow dynamodb:* on arn:aws:dynamodb:*:*:table/orders-* to AWS:${CheckoutFunctionRole}' },
  { effect: 'widens', text: '+ Allow events:PutEvents on ${WarehouseBus.Arn} to AWS:${ReserveStockFunctionRole}' },
  { effect: 'narrows', text: '- policy arn:aws:iam::aws:policy/AmazonSQSFullAccess of ${CheckoutFunctionRole}' },
];

type Where = Pick<Plan, 'target' | 'account' | 'region' | 'stackName'>;

function aPlan(where: Where, changes: Change[], fields: Partial<Plan> = {}): Plan {
  const arn = (what: string) => `arn:aws:cloudformation:${where.region}:${where.account}:${what}`;
  return {
    ...where, changes, release, environment: 'prod', attempt: '1-1', operation: 'UPDATE', templateSha256: hash('template'), tags: { team: 'shop' }, capabilities: ['CAPABILITY_IAM'],
    stackArn: arn(`stack/${where.stackName}/5f1c`), changeSetArn: arn(`changeSet/${release}/7a2e`), roleArn: `arn:aws:iam::${where.account}:role/drawbridge-cloudformation`,
    parameters: {}, parameterChanges: [], access: [], network: [], outputsOnly: false, remarks: [], digest: hash(where.target), ...fields,
  };
}

export interface Planned { readonly record: TargetRecord; readonly plan: Plan | undefined }

/** The record that a plan leaves in the table. */
function planned(plan: Plan): Planned {
  const { target, account, region, stackName, changeSetArn, digest, changes } = plan;
  const facts = factsOf(plan);
  return { plan, record: aRecord({ release, environment: 'prod', target, account, region, stackName, changeSetArn, digest, planKey: `plans/${target}`, counts: count(changes), risks: risksOf(facts), facts: counted(facts) }) };
}

export function thePlans(): Planned[] {
  const eu = { target: 'eu', account: '444444444444', region: 'eu-west-1', stackName: 'orders-prod' };
  const us = { target: 'us', account: '444444444444', region: 'us-east-1', stackName: 'orders-prod' };
  return [
    planned(aPlan(eu, europe, {
      access,
      network: [{ effect: 'opens', text: '+ ${DatabaseSecurityGroup.GroupId}: in from Everyone (IPv4), TCP 5432' }, { effect: 'closes', text: '- ${DatabaseSecurityGroup.GroupId}: in from 10.20.0.0/16, TCP 3306' }],
      parameterChanges: [{ name: 'DatabaseEngine', before: 'mysql', after: 'postgres' }, { name: 'CheckoutTimeoutSeconds', before: '6', after: '15' }, { name: 'WarehouseBusName', after: 'warehouse-prod' }],
    })),
    planned(aPlan(us, america, { access: access.slice(0, 1), parameterChanges: [{ name: 'CheckoutTimeoutSeconds', before: '6', after: '15' }], drift: 'DRIFTED' })),
    { plan: undefined, record: aRecord({ release, environment: 'prod', target: 'edge', account: '555555555555', region: 'us-east-1', stackName: 'orders-prod-edge', state: 'ended', outcome: 'no-changes' }) },
  ];
}
