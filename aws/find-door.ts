import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { ConfigurationError } from '../domain/errors.ts';
import { describeStack } from './cloudformation.ts';
import type { Door } from './door-client.ts';

interface Where {
  /** The door's address, when it is known. */
  readonly url: string | undefined;
  readonly region: string | undefined;
  /** The control plane's stack, whose output names the door otherwise. */
  readonly stack: string;
}

/** The control plane of the account and Region that the user's own credentials lead to. */
export async function findDoor({ url, region, stack }: Where): Promise<Door> {
  if (region === undefined) throw new ConfigurationError('Looking for the control plane: no Region is known. Set AWS_REGION or give --region; for the local cloud run "npm start".');
  const credentials = await fromNodeProviderChain()().catch((error: unknown) => {
    throw new ConfigurationError('Looking for the control plane: there are no AWS credentials. Sign in (for example with "aws sso login"); for the local cloud run "npm start".', { cause: error });
  });
  if (url !== undefined) return { url, region, credentials };
  const found = await describeStack(new CloudFormationClient({ region, credentials }), stack);
  const output = found?.outputs['DoorUrl'];
  if (output === undefined) throw new ConfigurationError(`Looking for the control plane: the stack ${stack} in ${region} has no output DoorUrl. Give --stack, --url or another Region.`);
  return { url: output, region, credentials };
}
