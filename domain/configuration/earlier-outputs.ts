import type { BuildKind } from '../../contracts/build.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Artifact, OutputPlace, Target } from '../../contracts/release.ts';
import { earlierIn, earlierOutputOf } from '../outputs.ts';
import { textsOf } from '../steps.ts';
import type { Asked } from './asked.ts';
import { stacksOf } from './stacks.ts';
import { stackTargetName, targetNames } from './target-names.ts';

interface Where {
  readonly registry: Environments;
  readonly asked: Asked;
  readonly application: string;
  /** The environment that takes them. */
  readonly environment: string;
  readonly artifact?: Artifact | undefined;
}

type Found = { readonly place: OutputPlace } | { readonly problem: string };

/** Finds where the outputs of earlier environments are that the targets take. Whether they are deployed there is looked at when a target is planned. */
export function withEarlierOutputs(where: Where, targets: readonly Target[]): { readonly targets: Target[]; readonly problems: string[] } {
  const found = new Map<string, Found>();
  for (const reference of targets.flatMap((target) => takenBy(target))) if (!found.has(reference)) found.set(reference, placeOf(where, reference));
  const problems = [...found].flatMap(([reference, it]) => ('problem' in it ? [`\${${reference}} ${it.problem}`] : []));
  return {
    problems,
    targets: targets.map((target) => {
      const places = takenBy(target).flatMap((reference): [string, OutputPlace][] => {
        const it = found.get(reference);
        return it !== undefined && 'place' in it ? [[reference, it.place]] : [];
      });
      return places.length === 0 ? target : { ...target, takes: Object.fromEntries(places) };
    }),
  };
}

function takenBy({ lookups = {}, steps = [], tests = [], commands = [], url }: Pick<Target, 'lookups' | 'steps' | 'tests' | 'commands' | 'url'>): string[] {
  const texts = [...steps.flatMap((step) => textsOf(step)), ...tests.map((test) => test.url), ...commands.flatMap(({ variables }) => Object.values(variables)), ...(url === undefined ? [] : [url])];
  return [...Object.values(lookups).flatMap(({ store, path }) => (store === 'environment' ? [path] : [])), ...texts.flatMap((text) => earlierIn(text))];
}

function placeOf(where: Where, reference: string): Found {
  const { registry, asked, application, environment: taker } = where;
  const { environment, place, stack, output } = earlierOutputOf(reference);
  const there = registry.environments[environment];
  if (there === undefined) return { problem: `names no environment; registered: ${Object.keys(registry.environments).join(', ')}. Correct the name.` };
  if (environment === taker) return { problem: `is an output of ${taker} itself. Only what an earlier environment has can be taken.` };
  const order = asked.order ?? Object.keys(registry.environments).filter((name) => registry.environments[name]?.applications?.includes(application) !== false);
  if (!order.includes(environment)) return { problem: `is an output of an environment to which ${application} does not go; it goes to ${order.join(', ')}.` };
  // A release that was taken on to an environment that its file does not name comes there last.
  if (order.includes(taker) && order.indexOf(environment) > order.indexOf(taker)) return { problem: `is an output of an environment that comes later; the order is ${order.join(', ')}. Only what an earlier environment has can be taken.` };

  const write = (targets: string, stacks: string) => `\${environments.${environment}${targets}${stacks}.outputs.${output}}`;
  const named = { targets: place === undefined ? '' : `.targets.${place}`, stacks: stack === undefined ? '' : `.stacks.${stack}` };
  const places = targetNames(there.targets);
  if (place === undefined && places.length > 1) return { problem: `does not say of which target: ${environment} has ${places.join(', ')}. Write for example ${write(`.targets.${places[0] ?? ''}`, named.stacks)}.` };
  const at = place === undefined ? 0 : places.indexOf(place);
  const [name, registered] = [places[at], there.targets[at]];
  if (name === undefined || registered === undefined) return { problem: `names no target of ${environment}; there are ${places.join(', ')}.` };
  if (registered.codeDeploy !== undefined) return { problem: `is of a deployment group of CodeDeploy, which has no outputs.` };

  const { stacks } = stacksOf(asked, asked.environments[environment] ?? asked.otherwise, environment, where.artifact);
  const several = stacks.some(({ key }) => key !== undefined);
  const keys = stacks.map(({ key = '' }) => key);
  // What a build decides is not known before it.
  const known = stacks.length > 0 && (where.artifact !== undefined || asked.stacks !== undefined || (asked.build !== undefined && !decidesItself.has(asked.build.kind)));
  if (known && several && stack === undefined) return { problem: `does not say of which stack; there are ${keys.join(', ')}. Write for example ${write(named.targets, `.stacks.${keys[0] ?? ''}`)}.` };
  if (known && !several && stack !== undefined) return { problem: `names a stack, but the application has one stack only. Write ${write(named.targets, '')}.` };
  if (known && stack !== undefined && !keys.includes(stack)) return { problem: `names no stack; there are ${keys.join(', ')}.` };
  const outputs = known ? stacks.find(({ key }) => key === stack)?.template?.outputs : undefined;
  if (outputs?.includes(output) === false) return { problem: `is not there: the template${stack === undefined ? '' : ` of the stack ${stack}`} has ${outputs.length === 0 ? 'no outputs' : `only ${outputs.join(', ')}`}. Correct the name.` };
  return { place: { environment, target: stackTargetName(places, name, stack), output } };
}

/** Kinds whose builds say which stacks there are. */
const decidesItself: ReadonlySet<BuildKind> = new Set(['cdk', 'buildspec'] as const);
