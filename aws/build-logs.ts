import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { lastWords, printable } from '../domain/build-log.ts';
import { InvalidInputError } from '../domain/errors.ts';
import type { Build } from './codebuild.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const logs = once(() => new CloudWatchLogsClient(retries));

/** How many events from the end of the log are looked through. */
const lastEvents = 100;

/**
 * What a build said last of why it failed.
 * @returns `undefined` for a build that failed before it wrote a log, or whose log we may not read: how it ended counts more than why
 */
export async function readLastWords({ log }: Pick<Build, 'log'>, client = logs()): Promise<string | undefined> {
  if (log === undefined) return undefined;
  try {
    const answer = await calling(`reading the build log ${log.stream}`, () =>
      client.send(new GetLogEventsCommand({ logGroupName: log.group, logStreamName: log.stream, limit: lastEvents, startFromHead: false })),
    );
    return lastWords((answer.events ?? []).map(({ message = '' }) => message));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException', 'AccessDeniedError')) return undefined;
    throw error;
  }
}

/** How many events are read at once; CloudWatch Logs gives at most 1 MB of them (CloudWatch Logs API: GetLogEvents). */
const eventsAtOnce = 1000;

export interface LogPage {
  readonly lines: readonly string[];
  /** Leads to what comes after; the same as before when nothing came yet. */
  readonly next: string | undefined;
}

/** One page of a build's log, from its beginning or from where the last page ended. */
export async function readLogPage({ log }: Pick<Build, 'log'>, after: string | undefined): Promise<LogPage> {
  if (log === undefined) return { lines: [], next: undefined };
  try {
    const { events = [], nextForwardToken } = await calling(`reading the build log ${log.stream}`, () =>
      logs().send(new GetLogEventsCommand({ logGroupName: log.group, logStreamName: log.stream, limit: eventsAtOnce, startFromHead: true, ...(after === undefined ? {} : { nextToken: after }) })),
    );
    return { lines: events.flatMap(({ message = '' }) => printable(message)), next: nextForwardToken ?? after };
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return { lines: [], next: after };
    // A token lives for 24 hours (CloudWatch Logs API: GetLogEvents).
    if (isNamed(error, 'InvalidParameterException')) throw new InvalidInputError(`Reading the build log ${log.stream}: it cannot go on from there (${error.message}). Read it from its beginning.`, { cause: error });
    throw error;
  }
}
