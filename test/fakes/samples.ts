import type { Adoption } from '../../contracts/adoption.ts';
import type { Approval, Vote } from '../../contracts/approval.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Change, Deployed, TargetRecord } from '../../contracts/plan.ts';
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
  source: { kind: 'codecommit', repository: 'orders' },
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
  configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets: [aTarget()] }], remarks: [] },
  artifact: {
    digest: 'd'.repeat(64),
    bucket: 'artifacts',
    manifestKey: 'sealed/orders/manifest.json',
    templates: [{ key: 'sealed/orders/template', sha256: 'e'.repeat(64), parameters: ['Size'], noEcho: [], outputs: [] }],
  },
  ...fields,
});

export const theRegistry = (): Environments => ({
  version: 1,
  accounts: { dev: { id: '222222222222', externalId: 'drawbridge-222222222222' } },
  approvers: { alex: { email: 'alex@example.com' } },
  groups: {},
  applications: { orders: { repository: 'orders' } },
  environments: { dev: { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] } },
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

/** Somebody lets the application take over the stack of the one target. */
export const anAdoption = (fields: Partial<Adoption> = {}): Adoption => ({ account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', application: 'orders', environment: 'dev', by: 'alex', at: '2026-01-01T00:00:00.000Z', reason: '', ...fields });

/** What runs in the one target. */
export const aDeployed = (fields: Partial<Deployed> = {}): Deployed => ({
  application: 'orders',
  environment: 'dev',
  target: 'main',
  account: '222222222222',
  region: 'eu-west-1',
  stackName: 'orders-dev',
  accountName: 'dev',
  externalId: 'drawbridge-222222222222',
  wave: 1,
  release: 'orders-12-3f2a9c1b',
  commit: '3f2a9c1b'.padEnd(40, '0'),
  branch: 'main',
  sequence: 12,
  fence: 1,
  deployedAt: '2026-01-01T00:00:00.000Z',
  outputs: {},
  ...fields,
});

/** Alex or Robin may answer, one yes is enough; nobody of them wrote a commit. */
export const anApproval = (fields: Partial<Approval> = {}): Approval => ({
  id: 'f'.repeat(32),
  release: 'orders-12-3f2a9c1b',
  application: 'orders',
  environment: 'dev',
  attempt: '1-1',
  sequence: 12,
  digest: 'a'.repeat(64),
  changeSets: [{ target: 'main', arn: 'arn:aws:cloudformation:eu-west-1:222222222222:changeSet/drawbridge-1/1' }],
  quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 1 }],
  atLeast: 1,
  verdict: 'one',
  because: ['It adds a resource (AWS::DynamoDB::Table): no rule lets it pass.'],
  breakGlass: [],
  authors: ['kim@example.com'],
  commits: [{ commit: '3f2a9c1b'.padEnd(40, '0'), author: 'Kim', message: 'Add a table' }],
  otherCommits: 0,
  historyCut: false,
  state: 'waiting',
  votes: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  remindAt: '2026-01-03T06:00:00.000Z',
  expiresAt: '2026-01-04T00:00:00.000Z',
  ...fields,
});

/** Alex says yes, to the digest of `anApproval`. */
export const aVote = (fields: Partial<Vote> = {}): Vote => ({
  approver: 'alex',
  decision: 'approve',
  reason: '',
  digest: 'a'.repeat(64),
  channel: 'link',
  from: '192.0.2.1',
  at: '2026-01-01T01:00:00.000Z',
  standsFor: [],
  breakGlass: false,
  authored: false,
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
