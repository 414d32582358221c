import { parse } from 'yaml';
import { Environments } from '../../contracts/environments.ts';
import type { Kept } from '../../domain/offboard/kept.ts';
import type { Found } from '../../domain/offboard/list.ts';
import { controlPlaneOf, type FoundStack } from '../../domain/offboard/stacks.ts';
import { aDeployed } from './samples.ts';

export const home = 'eu-west-1';
export const far = 'us-east-1';
export const accounts = { tools: '111111111111', dev: '222222222222', prod: '444444444444' } as const;

export const aStack = (name: string, account: string, fields: Partial<FoundStack> = {}): FoundStack => ({
  arn: `arn:aws:cloudformation:${fields.region ?? home}:${account}:stack/${name}/1`,
  name,
  status: 'CREATE_COMPLETE',
  account,
  region: home,
  outputs: {},
  parameters: {},
  tags: {},
  terminationProtection: false,
  ...fields,
});

const bus = `arn:aws:events:${home}:${accounts.tools}:event-bus/drawbridge`;
export const bucket = 'drawbridge-artifacts-1';
const part = (DrawbridgePart: string) => ({ outputs: { DrawbridgePart } });

export const controlStack = (fields: Partial<FoundStack> = {}): FoundStack =>
  aStack('drawbridge', accounts.tools, {
    outputs: { DrawbridgePart: 'control-plane', BusArn: bus, ArtifactBucket: bucket, DoorUrl: 'https://door.example.com' },
    parameters: { TargetAccountIds: `${accounts.dev},${accounts.prod}`, RegionalArtifactBucketArns: `arn:aws:s3:::${bucket}-${far}` },
    ...fields,
  });
export const targetStack = (account: string, fields: Partial<FoundStack> = {}) => aStack('drawbridge-target', account, { ...part('target-account'), parameters: { ToolsBusArn: bus }, ...fields });
export const regionStack = (account: string, fields: Partial<FoundStack> = {}) => aStack('drawbridge-target-region', account, { ...part('target-region'), parameters: { ToolsBusArn: bus }, region: far, ...fields });
export const buildStack = (Application: string, fields: Partial<FoundStack> = {}) => aStack(`drawbridge-application-${Application}`, accounts.tools, { ...part('application'), parameters: { Application, ArtifactBucket: bucket }, ...fields });
export const artifactStack = (fields: Partial<FoundStack> = {}) => aStack('drawbridge-artifacts', accounts.tools, { ...part('artifact-region'), parameters: { HomeBucket: bucket }, region: far, ...fields });

export const kept: readonly Kept[] = [
  { kind: 'table', id: 'table-1', region: home, of: 'home' },
  { kind: 'bucket', id: bucket, region: home, of: 'home' },
  { kind: 'bucket', id: 'uploads-1', region: home, of: 'uploads' },
  { kind: 'key', id: 'key-1', region: home, of: 'home' },
  { kind: 'bucket', id: `${bucket}-${far}`, region: far, of: 'other-region' },
  { kind: 'key', id: 'key-2', region: far, of: 'other-region' },
];

export const registryText = (more = '') => `# whom it deploys to
version: 1
accounts:
  dev: { id: "${accounts.dev}", externalId: drawbridge-dev }
  prod: { id: "${accounts.prod}", externalId: drawbridge-prod }
applications:
  orders: { repository: orders } # the shop
  notes: { repository: notes }
environments:
  dev:
    branches: [main]
    targets: [{ account: dev, region: ${home} }]
  prod:
    branches: [main]
    targets: [{ account: prod, region: ${home} }]
    applications: [notes, orders]
${more}`;

export const registered = (text = registryText()) => ({ version: 3, text, content: Environments.parse(parse(text)) });

const row = (application: string, environment: 'dev' | 'prod') => aDeployed({ application, environment, target: 'main', account: accounts[environment], region: home, stackName: `${application}-${environment}` });

/** Two applications in two accounts, with everything that was set up for them. */
export const everything = (fields: Partial<Found> = {}): Found => {
  const control = controlPlaneOf(controlStack());
  return {
    control,
    applications: [
      { application: 'orders', registered: true, deployed: [row('orders', 'dev'), row('orders', 'prod')], running: [{ release: 'orders-9-aaaaaaaa', mode: 'deploy' }] },
      { application: 'notes', registered: true, deployed: [row('notes', 'dev')], running: [] },
    ],
    registry: registered(),
    stacks: [controlStack(), buildStack('orders'), buildStack('notes'), artifactStack()],
    accounts: [
      { account: accounts.dev, regions: [home, far], stacks: [targetStack(accounts.dev), regionStack(accounts.dev), ...deployedStacks('dev', 'orders', 'notes')] },
      { account: accounts.prod, regions: [home, far], stacks: [targetStack(accounts.prod), ...deployedStacks('prod', 'orders')] },
    ],
    kept,
    emptied: [],
    ...fields,
  };
};

export const deployedStacks = (environment: 'dev' | 'prod', ...applications: string[]): FoundStack[] =>
  applications.map((application) => aStack(`${application}-${environment}`, accounts[environment], { tags: { 'drawbridge:application': application, 'drawbridge:environment': environment } }));
