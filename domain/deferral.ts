import type { Deployed } from '../contracts/plan.ts';
import type { Lookup, Target } from '../contracts/release.ts';
import { outputOf } from './configuration/parameter-values.ts';
import { fingerprints, type Found } from './lookups.ts';

export interface Siblings {
  /** Outputs that the target's parameters are taken from, by the names of the template's parameters. */
  readonly found: Found;
  /** Stacks that come before the target and have not ended well in this release yet. */
  readonly pending: readonly string[];
  /** Those of them that were never deployed. */
  readonly missing: readonly string[];
}

interface Sibling {
  readonly stack: string;
  readonly deployed: Pick<Deployed, 'release' | 'outputs'> | undefined;
}

/** What the stacks that come before a target have to give. */
export function siblingsOf(release: string, { lookups = {} }: Pick<Target, 'lookups'>, before: readonly Sibling[]): Siblings {
  const found = Object.entries(lookups).flatMap(([name, lookup]): [string, Found[string]][] => {
    if (!isOutput(lookup)) return [];
    const { stack, output } = outputOf(lookup);
    const value = before.find((it) => it.stack === stack)?.deployed?.outputs[output];
    return [[name, value === undefined ? undefined : { type: 'String', value, version: 0, changedAt: '' }]];
  });
  return {
    found: Object.fromEntries(found),
    pending: before.filter(({ deployed }) => deployed?.release !== release).map(({ stack }) => stack),
    missing: before.filter(({ deployed }) => deployed === undefined).map(({ stack }) => stack),
  };
}

const isOutput = ({ store }: Lookup): boolean => store === 'stack';

export const takesOutputs = ({ lookups = {} }: Pick<Target, 'lookups'>): boolean => Object.values(lookups).some((it) => isOutput(it));

/** Did an output change since a target was planned with it? */
export function outputsChanged({ lookups = {} }: Pick<Target, 'lookups'>, planned: Readonly<Record<string, string>> | undefined, found: Found): boolean {
  const outputs = Object.fromEntries(Object.entries(lookups).filter(([, it]) => isOutput(it)));
  return Object.entries(fingerprints(found, outputs, [])).some(([name, now]) => planned?.[name] !== now);
}

const isOne = (names: readonly string[]) => (names.length === 1 ? 'is' : 'are');
/** What is said of a stack that cannot be planned before others are there. */
export const waitsFor = (stackName: string, names: readonly string[]): string => `${stackName} is planned when ${names.join(' and ')} ${isOne(names)} deployed, and is judged then.`;

/**
 * Why a target cannot be planned yet: a stack that comes before it was never deployed, or does not have the output yet
 * that a parameter is taken from, and this release may bring it.
 */
export function deferral({ stackName, lookups = {} }: Pick<Target, 'stackName' | 'lookups'>, { found, pending, missing }: Siblings): string | undefined {
  if (missing.length > 0) return waitsFor(stackName, missing);
  const unknown = Object.entries(lookups).some(([name, it]) => isOutput(it) && found[name] === undefined);
  return unknown && pending.length > 0 ? waitsFor(stackName, pending) : undefined;
}

/** CloudFormation's words where `Fn::ImportValue` finds nothing. */
const missingExport = /No export named/i;

interface Failed { readonly answer: 'failed'; readonly reason: string }

export interface Deferred {
  readonly answer: 'deferred';
  readonly reason: string;
}

/** A change set that fails for an export which a stack before it may still bring is not a failure yet. */
export function lookOrDefer<Look extends { readonly answer: string }>(look: Look | Failed, { stackName }: Pick<Target, 'stackName'>, { pending }: Siblings): Look | Failed | Deferred {
  const failed = look.answer === 'failed' && 'reason' in look && missingExport.test(look.reason);
  return failed && pending.length > 0 ? { answer: 'deferred', reason: waitsFor(stackName, pending) } : look;
}
