import type { TargetRecord } from '../contracts/plan.ts';
import type { EnvironmentRecord, Release } from '../contracts/release.ts';
import { filled, outputsOf } from './outputs.ts';

export interface EnvironmentLine {
  readonly environment: string;
  /** The outcome, or how it stands. */
  readonly state: string;
  readonly reason?: string | undefined;
  /** Where it can be looked at: the address that the application names, else the outputs that are addresses. */
  readonly urls: readonly string[];
}

/** A longer address would leave no room for the rest of a message. */
const longestUrl = 500;

/** How a release stands in each environment, in the order it goes through them. */
export function environmentLines({ configuration }: Pick<Release, 'configuration'>, environments: readonly EnvironmentRecord[], targets: readonly TargetRecord[]): EnvironmentLine[] {
  const order = configuration?.environments.map(({ name }) => name) ?? environments.map(({ environment }) => environment);
  return order.map((name) => {
    const record = environments.find(({ environment }) => environment === name);
    const records = targets.filter(({ environment }) => environment === name);
    const named = (configuration?.environments.find((it) => it.name === name)?.targets ?? []).flatMap(({ name: target, url }) => (url === undefined ? [] : [filled(url, outputsOf(records.find((it) => it.target === target)))]));
    const outputs = named.length > 0 ? named : records.flatMap((target) => Object.values(target.outputs ?? {}));
    return { environment: name, state: record?.outcome ?? record?.state ?? 'to come', reason: record?.reason, urls: outputs.filter((value) => /^https?:\/\//.test(value) && value.length <= longestUrl) };
  });
}

/** What a person can do about an end that is not a good one. */
export function whatToDo(outcome: string | undefined, release: string): string | undefined {
  switch (outcome) {
    case 'failed':
    case 'rolled-back':
      return `Mend it and push again, or try it again: drawbridge retry ${release}`;
    case 'expired':
    case 'stale':
    case 'frozen':
    case 'cancelled':
      return `Try it again: drawbridge retry ${release}`;
    default:
      return undefined;
  }
}
