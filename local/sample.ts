import { stringify } from 'yaml';
import { type Environments, Environments as Schema } from '../contracts/environments.ts';
import type { Cloud } from './cloud.ts';

/** The people of the sample: `alex` works on the platform and approves, `robin` approves too, `kim` writes the code. */
export const people = ['alex', 'robin', 'kim'] as const;
export type Person = (typeof people)[number];

const externalId = (account: string) => `drawbridge-${account}`;

/** The `environments.yaml` that the sample's platform team registers: dev and staging go by themselves, production asks. */
export function sampleEnvironments(cloud: Pick<Cloud, 'accounts' | 'region'>, applications: readonly string[]): { text: string; content: Environments } {
  const { tools, dev, staging, prod } = cloud.accounts;
  const environment = (account: string) => ({ branches: ['main'], targets: [{ account, region: cloud.region }] });
  const file = {
    version: 1,
    accounts: Object.fromEntries(Object.entries({ dev, staging, prod }).map(([name, id]) => [name, { id, externalId: externalId(id) }])),
    approvers: Object.fromEntries(
      (['alex', 'robin'] as const).map((name) => [name, { email: `${name}@example.com`, principal: `arn:aws:iam::${tools}:user/${name}` }]),
    ),
    applications: Object.fromEntries(applications.map((name) => [name, { repository: name }])),
    environments: {
      dev: environment('dev'),
      staging: environment('staging'),
      prod: { ...environment('prod'), approval: { approvers: ['alex', 'robin'], required: 1, expires: '3 days' } },
    },
  };
  return { text: stringify(file), content: Schema.parse(file) };
}
