import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ConfigurationError } from '../domain/errors.ts';
import { calling } from './errors.ts';
import { retries } from './once.ts';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A person's own way into one account, and not a role of the control plane. */
export interface Access {
  readonly credentials: Keys | (() => Promise<Keys>);
  /** Of the local cloud. */
  readonly endpoint?: string;
}

/** The credentials that a profile leads to, or without one those that the person's environment does. */
export const accessBy = (profile?: string): Access => ({ credentials: profile === undefined ? fromNodeProviderChain() : fromIni({ profile }) });

/** What a client of the SDK is made with. */
export const clientOptions = ({ credentials, endpoint }: Access, region: string) => ({ ...retries, region, credentials, ...(endpoint === undefined ? {} : { endpoint }) });

/** Which account the credentials are of, as AWS says it itself. */
export async function accountOf(access: Access, region: string, whose: string): Promise<string> {
  const doing = `Asking whose ${whose} are`;
  try {
    const { Account } = await calling(doing, () => new STSClient(clientOptions(access, region)).send(new GetCallerIdentityCommand({})));
    if (Account !== undefined) return Account;
  } catch (error) {
    throw new ConfigurationError(`${doing}: ${error instanceof Error ? error.message : String(error)} Sign in, for example with "aws sso login".`, { cause: error });
  }
  throw new ConfigurationError(`${doing}: STS does not say.`);
}
