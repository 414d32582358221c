import type { Environments } from '../../contracts/environments.ts';
import type { Change, TargetRecord } from '../../contracts/plan.ts';
import type { Release, Target } from '../../contracts/release.ts';

/** Ready-made values for tests: one application, one account, one target, and what differs is said in the test. */

export const aTarget = (fields: Partial<Target> = {}): Target => ({
  name: 'main',
  account: '222222222222',
  accountName: 'dev',
  externalId: 'drawbridge-222222222222',
  region: 'eu-west-1',
  wave: 1,
  stackName: 'orders-dev',
  parameters: { Size: '1' },
  tags: { team: 'shop' },
  capabilities: ['CAPABILITY_IAM'],
  ...fields,
});

export const aRelease = (fields: Partial<Release> = {}): Release => ({
  id: 'orders-12-3f2a9c1b',
  application: 'orders',
  repository: 'orders',
  branch: 'main',
  commit: '3f2a9c1b'.padEnd(40, '0'),
  sequence: 12,
  mode: 'deploy',
  author: { name: 'Kim', email: 'kim@example.com' },
  message: 'Add a table',
  createdAt: '2026-01-01T00:00:00.000Z',
  attempt: 1,
  registryVersion: 1,
  state: 'running',
  configuration: { build: { kind: 'sam', template: 'template.yaml' }, environments: [{ name: 'dev', targets: [aTarget()] }], remarks: [] },
  artifact: {
    digest: 'd'.repeat(64),
    bucket: 'artifacts',
    manifestKey: 'sealed/orders/manifest.json',
    templateKey: 'sealed/orders/template',
    templateSha256: 'e'.repeat(64),
    templateParameters: ['Size'],
  },
  ...fields,
});

export const theRegistry = (): Environments => ({
  version: 1,
  accounts: { dev: { id: '222222222222', externalId: 'drawbridge-222222222222' } },
  approvers: { alex: { email: 'alex@example.com' } },
  applications: { orders: { repository: 'orders' } },
  environments: { dev: { branches: ['main'], targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] } },
});

export const aRecord = (fields: Partial<TargetRecord> = {}): TargetRecord => ({
  release: 'orders-12-3f2a9c1b',
  environment: 'dev',
  target: 'main',
  attempt: '1-1',
  account: '222222222222',
  region: 'eu-west-1',
  stackName: 'orders-dev',
  state: 'planned',
  digest: 'a'.repeat(64),
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...fields,
});

export const aChange = (fields: Partial<Change> = {}): Change => ({
  action: 'Modify',
  logicalId: 'Table',
  type: 'AWS::DynamoDB::Table',
  replacement: 'False',
  scope: ['Properties'],
  details: [{ attribute: 'Properties', name: 'BillingMode', recreation: 'Never', evaluation: 'Static' }],
  ...fields,
});

export const task = { release: 'orders-12-3f2a9c1b', environment: 'dev', target: 'main', attempt: '1-1' } as const;
export const environmentTask = { release: 'orders-12-3f2a9c1b', environment: 'dev', attempt: 1, round: 1 } as const;
