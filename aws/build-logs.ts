import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { lastWords } from '../domain/build-log.ts';
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
export async function readLastWords({ log }: Pick<Build, 'log'>): Promise<string | undefined> {
  if (log === undefined) return undefined;
  try {
    const answer = await calling(`reading the build log ${log.stream}`, () =>
      logs().send(new GetLogEventsCommand({ logGroupName: log.group, logStreamName: log.stream, limit: lastEvents, startFromHead: false })),
    );
    return lastWords((answer.events ?? []).map(({ message = '' }) => message));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException', 'AccessDeniedError')) return undefined;
    throw error;
  }
}
