import type { Lookup, Target } from '../contracts/release.ts';
import { sha256 } from './digest.ts';
import { InvalidInputError } from './errors.ts';

/** A parameter as Parameter Store has it. The value of a `SecureString` is never opened. */
export interface StoredParameter {
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly changedAt: string;
}

type Lookups = Readonly<Record<string, Lookup>>;
/** By the name of the template's parameter; without an entry it is not there. */
export type Found = Readonly<Record<string, StoredParameter | undefined>>;

interface Where {
  readonly lookups: Lookups;
  readonly target: Pick<Target, 'stackName' | 'account' | 'accountName' | 'region'>;
}

/** A value that is a reference itself would let whoever writes parameters read secrets, with CloudFormation's role. */
const reference = /\{\{\s*resolve:/;

function wrong(found: StoredParameter | undefined): string | undefined {
  if (found === undefined) return 'is not there; put it there, or correct the name';
  if (found.type === 'SecureString') return 'is a SecureString, which is never read: it would show in the stack. Keep it in Secrets Manager and say secret:NAME#KEY';
  if (found.type !== 'String' && found.type !== 'StringList') return `is a ${found.type}; only String and StringList are taken`;
  if (reference.test(found.value)) return 'holds a dynamic reference ({{resolve:…}}); only plain values are taken';
  return undefined;
}

/**
 * The values that were found.
 * @throws InvalidInputError that names each that cannot be taken, where it was looked for, and the file that asks for it
 */
export function valuesOf(found: Found, { lookups, target }: Where): Record<string, string> {
  const problems = Object.entries(lookups).flatMap(([name, { store, path, file }]) => {
    const problem = wrong(found[name]);
    const account = store === 'tools' ? 'the tools account' : `account ${target.account} (${target.accountName}), ${target.region}`;
    return problem === undefined ? [] : [`${path} in Parameter Store of ${account}, from which ${file} takes the parameter ${name}, ${problem}.`];
  });
  if (problems.length > 0) throw new InvalidInputError(`Planning ${target.stackName}: ${problems.join(' ')}`);
  return Object.fromEntries(Object.keys(lookups).map((name) => [name, found[name]?.value ?? '']));
}

/**
 * How to tell later that a value is another one. Values that CloudFormation hides could be guessed from a hash,
 * so for them it is when they were written.
 */
export function fingerprints(found: Found, lookups: Lookups, noEcho: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.keys(lookups).map((name) => {
      const it = found[name];
      if (it === undefined) return [name, 'missing'];
      return [name, noEcho.includes(name) || wrong(it) !== undefined ? `${it.type} ${String(it.version)} of ${it.changedAt}` : sha256(it.value)];
    }),
  );
}
