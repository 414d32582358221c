/** A release that waits for a free build. */
export interface BuildWaiter {
  readonly release: string;
  readonly attempt: number;
  readonly application: string;
  readonly sequence: number;
  /** When the release was made. */
  readonly since: string;
}

/** Who waits, and when an application that waited was last given a build. */
export interface BuildLine<Waiter extends BuildWaiter = BuildWaiter> {
  readonly waiters: readonly Waiter[];
  readonly served: Readonly<Record<string, string>>;
}

export const sameWaiter = (one: BuildWaiter, other: BuildWaiter): boolean => one.release === other.release && one.attempt === other.attempt;

const first = (left: string | number, right: string | number) => (left < right ? -1 : left > right ? 1 : 0);

/**
 * Whose turn it is: of each application its oldest release, and of those the one whose application was given a build the
 * longest ago. So an application is built in its own order, and many pushes to one of them do not hold up the others.
 * CodeBuild's own queue promises no order (CodeBuild User Guide, "Builds in AWS CodeBuild").
 */
export function whoseTurn<Waiter extends BuildWaiter>({ waiters, served }: BuildLine<Waiter>): Waiter | undefined {
  const oldest = new Map<string, Waiter>();
  for (const waiter of [...waiters].sort((a, b) => first(a.sequence, b.sequence) || first(a.attempt, b.attempt))) {
    if (!oldest.has(waiter.application)) oldest.set(waiter.application, waiter);
  }
  return [...oldest.values()].sort((a, b) => first(served[a.application] ?? '', served[b.application] ?? '') || first(a.since, b.since) || first(a.release, b.release))[0];
}

/** How many builds CodeBuild takes at once, where its refusal says so: `Cannot have more than 1 builds in queue for the account`. */
export function buildsAtOnce(refusal: string): number | undefined {
  const number = /more than (\d+)/.exec(refusal)?.[1];
  return number === undefined ? undefined : Number(number);
}

export const askForMore = 'ask for more in the Service Quotas console, AWS CodeBuild, "Concurrently running builds for …"';

/** What the story says of a release that stands in line. */
export function waitingWords(limit: number | undefined, ahead: number): string {
  const why = limit === undefined ? 'CodeBuild of this account takes no more builds now' : `CodeBuild of this account takes no more than ${String(limit)} at once`;
  const behind = ahead === 0 ? '' : ` ${String(ahead)} ${ahead === 1 ? 'waits' : 'wait'} already.`;
  return `Waits for a free build: ${why}.${behind} It starts by itself; to wait less, ${askForMore}.`;
}
