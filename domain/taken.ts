import type { Deployed } from '../contracts/plan.ts';
import type { Release, Target } from '../contracts/release.ts';
import { waitsFor } from './deferral.ts';
import { InvalidInputError } from './errors.ts';
import type { Found } from './lookups.ts';
import type { Outputs } from './outputs.ts';

/** Outputs of earlier environments, as they are deployed there now. */
export interface Taken {
  /** By how drawbridge.yaml names them. */
  readonly values: Outputs;
  readonly missing: readonly { readonly reference: string; readonly environment: string; readonly why: string }[];
}

type There = Pick<Deployed, 'outputs'> | undefined;

/** @param there what is deployed in a target of an environment */
export function takenOf({ takes = {} }: Pick<Target, 'takes'>, there: (environment: string, target: string) => There): Taken {
  const looked = Object.entries(takes).map(([reference, { environment, target, output }]) => {
    const deployed = there(environment, target);
    const names = Object.keys(deployed?.outputs ?? {});
    const why = deployed === undefined ? `nothing was ever deployed into ${environment}` : `what is deployed in ${environment} has ${names.length === 0 ? 'no outputs' : `only ${names.join(', ')}`}`;
    return { reference, environment, why, value: deployed?.outputs[output] };
  });
  return {
    values: Object.fromEntries(looked.flatMap(({ reference, value }) => (value === undefined ? [] : [[reference, value]]))),
    missing: looked.filter(({ value }) => value === undefined).map(({ reference, environment, why }) => ({ reference, environment, why })),
  };
}

/** A release that is only looked at goes nowhere, so what it would bring to an earlier environment is not there yet. */
export function awaited({ mode }: Pick<Release, 'mode'>, { stackName }: Pick<Target, 'stackName'>, { missing }: Taken): string | undefined {
  return mode === 'deploy' || missing.length === 0 ? undefined : waitsFor(stackName, [...new Set(missing.map(({ environment }) => environment))]);
}

/** @throws InvalidInputError that names each output that is not there */
export function allTaken({ stackName }: Pick<Target, 'stackName'>, { values, missing }: Taken): Outputs {
  if (missing.length === 0) return values;
  const problems = missing.map(({ reference, why }) => `\${${reference}} is not there: ${why}.`);
  throw new InvalidInputError(`Planning ${stackName}: ${problems.join(' ')} Deploy it there first, or correct the name.`);
}

/** What the parameters find that are taken from there. */
export function foundIn({ values }: Pick<Taken, 'values'>, { lookups = {} }: Pick<Target, 'lookups'>): Found {
  const ofEarlier = Object.entries(lookups).filter(([, { store }]) => store === 'environment');
  return Object.fromEntries(ofEarlier.map(([name, { path }]) => [name, values[path] === undefined ? undefined : { type: 'String', value: values[path], version: 0, changedAt: '' }]));
}
