import type { Artifact, SealedTemplate } from '../../contracts/release.ts';
import type { Asked, AskedEnvironment, AskedStack } from './asked.ts';
import { outputOf } from './parameter-values.ts';
import { stackOrder } from './stack-order.ts';

/** One stack of an application in one environment, before it is known where. */
export interface WantedStack extends AskedStack {
  /** `undefined` where there is only one. */
  readonly key: string | undefined;
  /** Stacks that come first come first. */
  readonly depth: number;
  /** What makes it, once it is built. */
  readonly template: SealedTemplate | undefined;
}

const only: AskedStack = { parameters: {}, after: [] };
const ofEnvironment = (artifact: Pick<Artifact, 'templates'>, environment: string): SealedTemplate[] => artifact.templates.filter((it) => it.environment === undefined || it.environment === environment);

/**
 * The stacks that an application has in an environment: what the file names, else what the build made.
 * @param artifact once it is built
 * @returns stacks, or what is wrong with them
 */
export function stacksOf(asked: Pick<Asked, 'build' | 'stacks'>, wish: AskedEnvironment, environment: string, artifact?: Pick<Artifact, 'templates'>): { stacks: WantedStack[]; problems: string[] } {
  const built = artifact === undefined ? [] : ofEnvironment(artifact, environment);
  const fromBuild = builtStacks(built);
  const named: Readonly<Record<string, AskedStack>> | undefined = asked.stacks === undefined ? fromBuild : { ...asked.stacks, ...fromBuild, ...asked.stacks };
  if (named === undefined) {
    const [template] = built;
    const [other] = takenFrom(wish);
    if (other !== undefined) return { stacks: [], problems: [`a parameter takes an output of the stack ${other}, but the application has one stack only. Name its stacks under stacks:.`] };
    if (artifact !== undefined && template === undefined) return { stacks: [], problems: [asked.build === undefined ? `the upload has no template for ${environment}. Name one in its release.json and upload it again.` : `the build left no template for ${environment}. Retry the release, which builds it again.`] };
    return { stacks: [{ ...only, stack: wish.stack, key: undefined, depth: 0, template }], problems: [] };
  }
  const problems: string[] = [];
  const keys = Object.keys(named);
  const stackOf = (key: string) => built.find(({ stack }) => stack === key);
  const values = Object.fromEntries(keys.map((key) => [key, merged(merged(knownTo(wish, stackOf(key)), named[key]), wish.stacks?.[key])]));
  const waits = Object.fromEntries(keys.map((key) => [key, [...new Set([...(named[key]?.after ?? []), ...(stackOf(key)?.after ?? []), ...takenFrom(values[key])])]]));
  for (const [key, before] of Object.entries(waits)) {
    for (const other of before.filter((it) => !keys.includes(it))) problems.push(`the stack ${key} waits for ${other}, but there is no such stack; there are ${keys.join(', ')}.`);
  }
  for (const key of Object.keys(wish.stacks ?? {}).filter((it) => !keys.includes(it))) problems.push(`there is no stack ${key}; there are ${keys.join(', ')}.`);
  const order = stackOrder(waits);
  if (!order.ok) return { stacks: [], problems: [...problems, `the stacks wait for each other: ${order.cycle.join(' → ')}. Take one of these references away.`] };
  const stacks = keys.map((key): WantedStack => {
    const it = named[key] ?? only;
    const template = stackOf(key);
    if (artifact !== undefined && template === undefined) problems.push(asked.build === undefined ? `the upload has no template for the stack ${key}. Correct the name, or name the stack in its release.json, and upload it again.` : `the build left no template for the stack ${key}. Correct the name, or retry the release, which builds it again.`);
    return { ...it, ...values[key], stack: wish.stacks?.[key]?.stack ?? it.stack ?? wish.stack, after: (waits[key] ?? []).filter((other) => keys.includes(other)), key, depth: order.depth[key] ?? 0, template };
  });
  if (artifact !== undefined) problems.push(...unknownNames(stacks, wish));
  return { stacks: stacks.sort((a, b) => a.depth - b.depth), problems };
}

/** Several stacks that the build names itself. */
function builtStacks(built: readonly SealedTemplate[]): Record<string, AskedStack> | undefined {
  const named = built.filter(({ stack }) => stack !== undefined);
  return named.length === 0 ? undefined : Object.fromEntries(named.map(({ stack = '', after = [] }) => [stack, { ...only, after }]));
}

type Values = Pick<AskedEnvironment, 'parameters' | 'lookups'>;

const takenFrom = (values: Values | undefined): string[] => Object.values(values?.lookups ?? {}).flatMap((it) => (it.store === 'stack' ? [outputOf(it).stack] : []));

/** Of what is given for all stacks, each takes what its template knows. Before it is built nobody can tell who takes an output. */
function knownTo({ parameters, lookups = {} }: Values, template: SealedTemplate | undefined): Values {
  if (template === undefined) return { parameters, lookups: Object.fromEntries(Object.entries(lookups).filter(([, { store }]) => store !== 'stack')) };
  const known = <Value>(values: Readonly<Record<string, Value>>): Record<string, Value> => Object.fromEntries(Object.entries(values).filter(([name]) => template.parameters.includes(name)));
  return { parameters: known(parameters), lookups: known(lookups) };
}

/** A parameter has one value: what is said last, be it known or looked up. */
function merged(first: Values, second: Values | undefined): { parameters: Record<string, string>; lookups: NonNullable<Values['lookups']> } {
  const names = new Set([...Object.keys(second?.parameters ?? {}), ...Object.keys(second?.lookups ?? {})]);
  const kept = <Value>(values: Readonly<Record<string, Value>> = {}): Record<string, Value> => Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
  return { parameters: { ...kept(first.parameters), ...second?.parameters }, lookups: { ...kept(first.lookups), ...second?.lookups } };
}

/** Parameters that no template knows, and outputs that no stack has. */
function unknownNames(stacks: readonly WantedStack[], wish: AskedEnvironment): string[] {
  const problems: string[] = [];
  const templates = stacks.flatMap(({ template }) => (template === undefined ? [] : [template]));
  for (const name of Object.keys({ ...wish.parameters, ...wish.lookups })) {
    if (!templates.some(({ parameters }) => parameters.includes(name))) problems.push(`no stack has a parameter ${name}. Correct the name, or leave it away.`);
  }
  for (const { key = '', parameters, lookups = {}, template } of stacks) {
    if (template === undefined) continue;
    for (const name of Object.keys({ ...parameters, ...lookups }).filter((it) => !template.parameters.includes(it))) problems.push(`the template of the stack ${key} has no parameter ${name}. Correct the name, or leave it away.`);
    for (const [name, lookup] of Object.entries(lookups).filter(([, { store }]) => store === 'stack')) {
      const { stack, output } = outputOf(lookup);
      const outputs = stacks.find((other) => other.key === stack)?.template?.outputs;
      if (outputs?.includes(output) === false) problems.push(`the parameter ${name} of the stack ${key} takes the output ${output} of the stack ${stack}, which has ${outputs.length === 0 ? 'no outputs' : `only ${outputs.join(', ')}`}. Correct the name.`);
    }
  }
  return problems;
}
