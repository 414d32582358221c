import { stringify } from 'yaml';
import { type Environments, Environments as Schema } from '../contracts/environments.ts';
import type { CodeDeployGroup } from '../contracts/names.ts';
import type { Cloud } from './cloud.ts';

/** The people of the sample: `alex` works on the platform and approves, `robin` approves too, and so does `kim`, but not the code that they write. */
export const people = ['alex', 'robin', 'kim'] as const;
export type Person = (typeof people)[number];

/** The stand-in Slack's workspace, with a user for each of them and one whom nobody registered. */
export const slackIds = {
  workspace: 'T0LOCAL0001',
  channel: 'C0RELEASES',
  users: { alex: 'U0ALEX0001', robin: 'U0ROBIN001', kim: 'U0KIM00001' },
  stranger: 'U0STRANGER',
} as const;

const externalId = (account: string) => `drawbridge-${account}`;

/**
 * The `environments.yaml` that the sample's platform team registers: dev and staging go by themselves, production asks.
 * @param codeDeploy where the targets are groups of CodeDeploy in place of stacks
 */
export function sampleEnvironments(cloud: Pick<Cloud, 'accounts' | 'region'>, applications: readonly string[], codeDeploy?: CodeDeployGroup): { text: string; content: Environments } {
  const { tools, dev, staging, prod } = cloud.accounts;
  const environment = (account: string) => ({ branches: ['main'], targets: [{ account, region: cloud.region, ...(codeDeploy === undefined ? {} : { codeDeploy }) }] });
  const file = {
    version: 1,
    accounts: Object.fromEntries(Object.entries({ dev, staging, prod }).map(([name, id]) => [name, { id, externalId: externalId(id) }])),
    approvers: Object.fromEntries(
      people.map((name) => [name, { email: `${name}@example.com`, slack: slackIds.users[name], principal: `arn:aws:iam::${tools}:user/${name}` }]),
    ),
    slack: { workspace: slackIds.workspace, channel: slackIds.channel },
    applications: Object.fromEntries(applications.map((name) => [name, { repository: name }])),
    environments: {
      dev: environment('dev'),
      staging: environment('staging'),
      prod: { ...environment('prod'), approval: { approvers: [...people], required: 1, expires: '3 days', breakGlass: ['alex', 'robin'] } },
    },
  };
  return { text: stringify(file), content: Schema.parse(file) };
}
