import { randomBytes } from 'node:crypto';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isNamed } from '../aws/errors.ts';
import type { Cloud } from './cloud.ts';
import { people, slackIds } from './sample.ts';
import { serveSlack, type StandInSlack } from './slack.ts';

export interface SlackApp {
  readonly slack: StandInSlack;
  readonly botToken: string;
  readonly signingSecret: string;
}

/** Starts the stand-in Slack and puts the app's token and signing secret where the control plane looks for them. */
export async function installSlackApp(cloud: Cloud, secretName: string, door: () => string | undefined): Promise<SlackApp> {
  const botToken = `xoxb-${randomBytes(24).toString('hex')}`;
  const signingSecret = randomBytes(16).toString('hex');
  const slack = await serveSlack({
    botToken,
    signingSecret,
    workspace: slackIds.workspace,
    channels: { [slackIds.channel]: 'releases' },
    users: { ...Object.fromEntries(people.map((person) => [slackIds.users[person], person])), [slackIds.stranger]: 'stranger' },
    interactivityUrl: () => (door() === undefined ? undefined : `${door() ?? ''}/slack/interactions`),
  });
  const secrets = new SecretsManagerClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(cloud.accounts.tools) });
  const SecretString = JSON.stringify({ botToken, signingSecret, apiUrl: slack.apiUrl });
  await secrets.send(new CreateSecretCommand({ Name: secretName, SecretString })).catch(async (error: unknown) => {
    if (!isNamed(error, 'ResourceExistsException')) throw error;
    await secrets.send(new PutSecretValueCommand({ SecretId: secretName, SecretString }));
  });
  return { slack, botToken, signingSecret };
}
