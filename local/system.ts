import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodeCommitClient, CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { CodeDeployGroup } from '../contracts/names.ts';
import { bundle } from './bundles.ts';
import { knock } from './door.ts';
import { type Cloud, type CloudOptions, type Credentials, startCloud } from './cloud.ts';
import { invitePeople } from './people.ts';
import { prepareTargets } from './prepare.ts';
import { type Person, sampleEnvironments } from './sample.ts';
import { installSlackApp, type SlackApp } from './slack-app.ts';
import { deployStack, packageTemplate } from './stacks.ts';
import { isNamed } from '../aws/errors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The local cloud with the control plane in its tools account and the roles in three target accounts. */
export interface System {
  readonly cloud: Cloud;
  readonly doorUrl: string;
  readonly people: Record<Person, Credentials>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly slackApp: SlackApp;
  /** Registers environments as the platform team, as `drawbridge register` would. */
  register(text: string): Promise<void>;
  /** Makes a repository for an application, with the project that builds it, and registers it. */
  addApplications(...names: string[]): Promise<void>;
  /** Makes what the `infra.yaml` of an application's folder describes; its group of CodeDeploy is what is registered from then on. */
  prepareTargets(folder: string): Promise<void>;
  stop(): Promise<void>;
}

export interface SystemOptions {
  readonly stateDir: string;
  /** Keep what an earlier start left. */
  readonly persist?: boolean;
  /** How many builds CodeBuild runs at the same time, and how many more it queues before it refuses. */
  readonly builds?: Pick<CloudOptions, 'buildLimit' | 'buildQueue'>;
  /** After how many seconds a wait whose event may be lost looks for itself. */
  readonly lookAgainSeconds?: number;
  /** More Regions that can have targets, beside the cloud's own. */
  readonly regions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs one part and may say how long it took. */
  readonly part?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

const quietly = async <T>(_: string, work: () => Promise<T>): Promise<T> => await work();

/** Brings everything up as a platform team would: the tools account's stack, then one stack in each target account. */
export async function bringUp({ stateDir, persist = false, lookAgainSeconds = 900, regions = [], builds = {}, env = {}, part = quietly }: SystemOptions): Promise<System> {
  await mkdir(stateDir, { recursive: true });
  const [cloud] = await Promise.all([part('local cloud', () => startCloud({ stateDir, persist, env, ...builds })), part('bundles', bundle)]);
  try {
    return await deployEverything(cloud, { lookAgainSeconds, regions }, part);
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

async function deployEverything(cloud: Cloud, { lookAgainSeconds, regions }: Required<Pick<SystemOptions, 'lookAgainSeconds' | 'regions'>>, part: NonNullable<SystemOptions['part']>): Promise<System> {
  const { tools, dev, staging, prod } = cloud.accounts;
  const targets = [dev, staging, prod];
  const packaged = await part('packaging', () => packageTemplate(cloud, tools, join(root, 'template.yaml'), join(cloud.stateDir, 'control-plane.yaml')));
  const deployControlPlane = (more: Readonly<Record<string, string>> = {}) =>
    deployStack(cloud, {
      account: tools,
      name: 'drawbridge',
      template: packaged,
      parameters: { TargetAccountIds: targets.join(','), LookAgainSeconds: String(lookAgainSeconds), TestAddresses: 'any', ...more },
    });
  const outputs = await part('control plane', () => deployControlPlane());
  const elsewhere = await addRegions(cloud, regions, outputs['ArtifactBucket'] ?? '');
  if (regions.length > 0) await deployControlPlane(elsewhere);
  const doorUrl = outputs['DoorUrl'] ?? '';
  const [people, slackApp] = await Promise.all([
    invitePeople(cloud),
    installSlackApp(cloud, outputs['SlackSecretName'] ?? '', () => doorUrl),
    subscribeTeam(cloud, outputs['NoticeTopicArn'] ?? ''),
    part('target accounts', async () => {
      await Promise.all(
        targets.map(async (account) => {
          const { ForwardRoleArn = '' } = await deployStack(cloud, {
            account,
            name: 'drawbridge-target',
            template: join(root, 'infra', 'target-account.yaml'),
            parameters: { ...targetParameters(cloud, account, outputs), ...elsewhere },
          });
          const parameters = { ToolsBusArn: outputs['BusArn'] ?? '', ForwardRoleArn };
          await Promise.all(regions.map((region) => deployStack(cloud, { account, region, name: 'drawbridge-target-region', template: join(root, 'infra', 'target-region.yaml'), parameters })));
        }),
      );
    }),
  ]);
  await writeFile(
    join(cloud.stateDir, 'drawbridge.json'),
    JSON.stringify({ doorUrl, region: cloud.region, endpoint: cloud.endpoint, people, administrators: administratorsOf(cloud) }, null, 2),
    { mode: 0o600 },
  );
  const names: string[] = [];
  let group: CodeDeployGroup | undefined;
  const register = async (text: string) => {
    await knock(doorUrl, people.alex, cloud.region, 'POST', '/registry', { text });
  };
  return {
    cloud,
    doorUrl,
    people,
    outputs,
    slackApp,
    register,
    async addApplications(...added) {
      await Promise.all(added.map((name) => addApplication(cloud, name, outputs)));
      names.push(...added);
      const { text } = sampleEnvironments(cloud, names, group);
      await writeFile(join(cloud.stateDir, 'environments.yaml'), text);
      await register(text);
    },
    async prepareTargets(folder) {
      group = await prepareTargets(cloud, folder, outputs);
    },
    async stop() {
      await slackApp.slack.close();
      await cloud.stop();
    },
  };
}

/** Whom "drawbridge offboard" acts as in each account; on AWS these are profiles of the person who runs it. */
const administratorsOf = (cloud: Cloud): Record<string, Credentials> => Object.fromEntries(Object.entries(cloud.accounts).map(([name, id]) => [name, cloud.credentials(id)]));

/** A bucket for artifacts in each Region. @returns what the stacks that use them are told */
async function addRegions(cloud: Cloud, regions: readonly string[], HomeBucket: string): Promise<Record<string, string>> {
  const parameters = { HomeBucket, TargetAccountIds: [cloud.accounts.dev, cloud.accounts.staging, cloud.accounts.prod].join(',') };
  const made = await Promise.all(
    regions.map((region) => deployStack(cloud, { account: cloud.accounts.tools, region, name: 'drawbridge-artifacts', template: join(root, 'infra', 'artifact-region.yaml'), parameters })),
  );
  const listed = (output: string) => made.map((outputs) => outputs[output] ?? '').join(',');
  return regions.length === 0 ? {} : { RegionalArtifactBucketArns: listed('ArtifactBucketArn'), RegionalArtifactKeyArns: listed('ArtifactKeyArn') };
}

function targetParameters(cloud: Cloud, account: string, outputs: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ToolsAccountId: cloud.accounts.tools,
    ToolsBusArn: outputs['BusArn'] ?? '',
    ArtifactBucketArn: outputs['ArtifactBucketArn'] ?? '',
    ArtifactKeyArn: outputs['ArtifactKeyArn'] ?? '',
    ExternalId: `drawbridge-${account}`,
    PublishBucketArns: 'arn:aws:s3:::*-site-*',
    DistributionArns: `arn:aws:cloudfront::${account}:distribution/*`,
    WrittenParameterArns: `arn:aws:ssm:*:${account}:parameter/published/*`,
    TestProject: 'true',
    // Nothing in production is emptied by a machine.
    ...(account === cloud.accounts.prod ? {} : { DisposableBucketArns: 'arn:aws:s3:::*', DisposableRepositoryArns: `arn:aws:ecr:*:${account}:repository/*` }),
  };
}

/** A mailing list that hears of every release. */
async function subscribeTeam(cloud: Cloud, TopicArn: string): Promise<void> {
  const sns = new SNSClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(cloud.accounts.tools) });
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
}

async function addApplication(cloud: Cloud, name: string, outputs: Readonly<Record<string, string>>): Promise<void> {
  const account = cloud.accounts.tools;
  const codeCommit = new CodeCommitClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(account) });
  await codeCommit.send(new CreateRepositoryCommand({ repositoryName: name })).catch((error: unknown) => {
    if (!isNamed(error, 'RepositoryNameExistsException')) throw error;
  });
  await deployStack(cloud, {
    account,
    name: `drawbridge-application-${name}`,
    template: join(root, 'infra', 'application.yaml'),
    parameters: {
      Application: name,
      Repository: name,
      ArtifactBucket: outputs['ArtifactBucket'] ?? '',
      ArtifactKeyArn: outputs['ArtifactKeyArn'] ?? '',
    },
  });
}
