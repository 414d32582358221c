import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SlackSecret } from '../contracts/slack.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const secrets = once(() => new SecretsManagerClient(retries));

/** A secret that was exchanged is taken up after this time. */
const keptMilliseconds = 300_000;
let kept: { readonly id: string; readonly secret: SlackSecret; readonly until: number } | undefined;

/** What the Slack app's owner put into Secrets Manager. @throws ConfigurationError when nothing usable is there */
export async function readSlackSecret(id: string): Promise<SlackSecret> {
  if (kept?.id === id && kept.until > Date.now()) return kept.secret;
  const how = `Put {"botToken": …, "signingSecret": …} into the secret ${id}; docs/slack.md says where they are found.`;
  const text = await calling(`reading the secret ${id}`, async () => {
    try {
      return (await secrets().send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) throw new ConfigurationError(`Reading the secret ${id}: there is none. ${how}`, { cause: error });
      throw error;
    }
  });
  const parsed = SlackSecret.safeParse(readJson(text ?? ''));
  // What is wrong is named; what it is never is.
  if (!parsed.success) throw new ConfigurationError(`Reading the secret ${id}: ${parsed.error.issues.map(({ path }) => path.join('.') || 'its text').join(', ')} is missing or not valid. ${how}`);
  kept = { id, secret: parsed.data, until: Date.now() + keptMilliseconds };
  return parsed.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
