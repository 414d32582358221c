import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { AccessDeniedError } from '../domain/errors.ts';
import { type Purpose, roleArn, type SessionContext, sessionName, sessionPolicy, type SessionScope, sessionTags } from '../domain/session.ts';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';

const sts = once(() => new STSClient(retries));

/** The shortest that STS gives. Credentials are made per task and never outlive a wait. */
const sessionSeconds = 900;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration?: Date;
}

/** @throws AccessDeniedError when the target account does not trust this function so */
export async function assumeRole(doing: string, input: Omit<AssumeRoleCommandInput, 'DurationSeconds'>): Promise<Credentials> {
  const { Credentials: given } = await calling(doing, () => sts().send(new AssumeRoleCommand({ ...input, DurationSeconds: sessionSeconds })));
  if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined || given.SessionToken === undefined) {
    throw new AccessDeniedError(`${doing}: STS answered without credentials. Check the role in the target account.`);
  }
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
  };
}

/**
 * Credentials for one stack of a target account, narrowed to what the purpose needs.
 * @param policy what it is narrowed to, where that is not the stack
 * A Lambda function's role that assumes another is a role chain, which STS limits to an hour.
 * @throws AccessDeniedError when the target account does not trust this function
 */
export async function credentialsFor(target: SessionScope & { readonly externalId: string }, purpose: Purpose, context: SessionContext, policy = sessionPolicy(purpose, target)): Promise<Credentials> {
  const role = roleArn(target.account, purpose);
  return await assumeRole(`assuming ${role} for ${target.stackName}`, {
    RoleArn: role,
    RoleSessionName: sessionName(context),
    ExternalId: target.externalId,
    Policy: policy,
    Tags: sessionTags(context),
  });
}
