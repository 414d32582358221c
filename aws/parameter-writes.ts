import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { InvalidInputError } from '../domain/errors.ts';
import { calling } from './errors.ts';
import { retries } from './once.ts';
import type { Credentials } from './sts.ts';

/**
 * Writes parameters in a target account; one that has the value already gets no new version.
 * @param values by path, at most ten
 */
export async function writeParameters(credentials: Credentials, region: string, values: Readonly<Record<string, string>>): Promise<void> {
  const client = new SSMClient({ ...retries, region, credentials: { ...credentials } });
  const allowed = 'which the WrittenParameterArns of the stack drawbridge-target must name';
  const { Parameters = [] } = await calling(`reading ${Object.keys(values).join(', ')}, ${allowed}`, () => client.send(new GetParametersCommand({ Names: Object.keys(values), WithDecryption: false })));
  const secret = Parameters.find(({ Type }) => Type === 'SecureString');
  if (secret !== undefined) throw new InvalidInputError(`${secret.Name ?? ''} is a SecureString there, which is never overwritten. Write to another name, or delete it`);
  for (const [Name, Value] of Object.entries(values)) {
    if (Parameters.some((it) => it.Name === Name && it.Value === Value)) continue;
    await calling(`writing ${Name}, ${allowed}`, () => client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true })));
  }
}
