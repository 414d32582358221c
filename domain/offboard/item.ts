import type { Data } from './kept.ts';
import type { FoundStack } from './stacks.ts';

/** The steps in their order: what a later one takes away is needed by an earlier one. */
export const steps = ['releases', 'applications', 'registration', 'accounts', 'builds', 'regions', 'control-plane', 'data'] as const;
export type Step = (typeof steps)[number];

export const stepTitles: Readonly<Record<Step, string>> = {
  releases: 'Releases that run are called off',
  applications: 'What is deployed is removed',
  registration: 'Nothing starts it any more',
  accounts: 'Target accounts',
  builds: 'Builds',
  regions: 'Artifacts in other Regions',
  'control-plane': 'The control plane',
  data: 'What it remembers',
};

type Todo =
  | { readonly do: 'cancel'; readonly release: string }
  | { readonly do: 'remove'; readonly application: string; readonly environment: string; readonly targets?: readonly string[] }
  | { readonly do: 'register'; readonly text: string; readonly expectedVersion: number }
  | { readonly do: 'delete-stack'; readonly stack: FoundStack }
  | { readonly do: 'delete-data'; readonly data: Data }
  /** Only a person can. */
  | { readonly do: 'nothing' };

export interface Item {
  readonly step: Step;
  /** `the stack drawbridge-target (222222222222, eu-west-1)` */
  readonly title: string;
  /** What is lost with it, or what to know of it. */
  readonly notes: readonly string[];
  readonly todo: Todo;
  /** Why it cannot be done as things are, and what a person can do. */
  readonly blocked?: { readonly why: string; readonly commands: readonly string[] };
}

/** The first step of which something is left. Nothing of a later one is begun before all of it is done. */
export function nextStep(items: readonly Item[]): { readonly step: Step; readonly ready: readonly Item[]; readonly blocked: readonly Item[] } | undefined {
  const step = steps.find((it) => items.some((item) => item.step === it));
  if (step === undefined) return undefined;
  const all = items.filter((item) => item.step === step);
  return { step, ready: all.filter(({ blocked }) => blocked === undefined), blocked: all.filter(({ blocked }) => blocked !== undefined) };
}
