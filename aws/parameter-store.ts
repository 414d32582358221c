import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Lookup } from '../contracts/release.ts';
import type { Found, StoredParameter } from '../domain/lookups.ts';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';

const ofTools = once(() => new SSMClient(retries));

/** More are not given at once. */
const most = 10;

/** By path. Nothing is decrypted: a `SecureString` comes as it is kept. */
async function read(client: SSMClient, paths: readonly string[], whose: string): Promise<Map<string, StoredParameter>> {
  const found = new Map<string, StoredParameter>();
  for (let from = 0; from < paths.length; from += most) {
    const names = paths.slice(from, from + most);
    const { Parameters = [] } = await calling(`reading ${names.join(', ')} in Parameter Store of ${whose}, which is allowed below the ParameterPrefix of its stack`, () => client.send(new GetParametersCommand({ Names: names, WithDecryption: false })));
    for (const { Name = '', Type = '', Value = '', Version = 0, LastModifiedDate } of Parameters) found.set(Name, { type: Type, value: Value, version: Version, changedAt: LastModifiedDate?.toISOString() ?? '' });
  }
  return found;
}

/**
 * What a target's lookups find in Parameter Store, by the names of the template's parameters.
 * @param target in whose account and Region, and in whose session, the target's own parameters are read
 */
export async function lookUp(target: CloudFormationClient, lookups: Readonly<Record<string, Lookup>>): Promise<Found> {
  const paths = (store: 'target' | 'tools') => [...new Set(Object.values(lookups).filter((it) => it.store === store).map(({ path }) => path))];
  const { credentials, region } = target.config;
  const found = {
    target: paths('target').length === 0 ? undefined : await read(new SSMClient({ ...retries, credentials, region }), paths('target'), 'the target account'),
    tools: paths('tools').length === 0 ? undefined : await read(ofTools(), paths('tools'), 'the tools account'),
  };
  return Object.fromEntries(Object.entries(lookups).flatMap(([name, { store, path }]) => (store === 'target' || store === 'tools' ? [[name, found[store]?.get(path)]] : [])));
}
