import type { Lookup, Target } from '../contracts/release.ts';
import { outputOf } from './configuration/parameter-values.ts';
import { sha256 } from './digest.ts';
import { InvalidInputError } from './errors.ts';
import { earlierOutputOf } from './outputs.ts';

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

function wrong(found: StoredParameter): string | undefined {
  if (found.type === 'SecureString') return 'is a SecureString, which is never read: it would show in the stack. Keep it in Secrets Manager and say secret:NAME#KEY';
  if (found.type !== 'String' && found.type !== 'StringList') return `is a ${found.type}; only String and StringList are taken`;
  if (reference.test(found.value)) return 'holds a dynamic reference ({{resolve:…}}); only plain values are taken';
  return undefined;
}

/** Where a value is looked up, in words. */
export function placeOf(lookup: Pick<Lookup, 'store' | 'path'>, { account, accountName, region }: Pick<Target, 'account' | 'accountName' | 'region'>): string {
  if (lookup.store === 'tools') return `${lookup.path} in Parameter Store of the tools account`;
  if (lookup.store === 'target') return `${lookup.path} in Parameter Store of account ${account} (${accountName}), ${region}`;
  if (lookup.store === 'environment') {
    const { environment, output } = earlierOutputOf(lookup.path);
    return `The output ${output} of the environment ${environment}`;
  }
  const { stack, output } = outputOf(lookup);
  return `The output ${output} of the stack ${stack} in account ${account} (${accountName}), ${region}`;
}

/**
 * The values that were found.
 * @throws InvalidInputError that names each that cannot be taken, where it was looked for, and the file that asks for it
 */
export function valuesOf(found: Found, { lookups, target }: Where): Record<string, string> {
  const problems = Object.entries(lookups).flatMap(([name, lookup]) => {
    const it = found[name];
    const problem = it === undefined ? 'is not there; put it there, or correct the name' : wrong(it);
    return problem === undefined ? [] : [`${placeOf(lookup, target)}, from which ${lookup.file} takes the parameter ${name}, ${problem}.`];
  });
  if (problems.length > 0) throw new InvalidInputError(`Planning ${target.stackName}: ${problems.join(' ')}`);
  return Object.fromEntries(Object.keys(lookups).map((name) => [name, found[name]?.value ?? '']));
}

const isOutput = (lookup: Lookup | undefined): boolean => lookup?.store === 'stack' || lookup?.store === 'environment';

/**
 * How to tell later that a value is another one. Values that CloudFormation hides could be guessed from a hash,
 * so for them it is when they were written. An output is shown to everybody who may see the stack.
 */
export function fingerprints(found: Found, lookups: Lookups, noEcho: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.keys(lookups).map((name) => {
      const it = found[name];
      if (it === undefined) return [name, 'missing'];
      const isHidden = noEcho.includes(name) && !isOutput(lookups[name]);
      return [name, isHidden || wrong(it) !== undefined ? `${it.type} ${String(it.version)} of ${it.changedAt}` : sha256(it.value)];
    }),
  );
}
