import * as z from 'zod';
import { noteEvent } from '../../aws/events-seen.ts';
import { readRelease, readTarget } from '../../aws/releases.ts';
import { readTestAnswer, testAccountFor } from '../../aws/test-project.ts';
import { completeWait, findWait } from '../../aws/waits.ts';
import { TestStateChange } from '../../contracts/source-events.ts';
import { commandOf, operationVariable } from '../../domain/command-test.ts';
import { TransientError } from '../../domain/errors.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';
import { logger } from '../../runtime/logger.ts';

const real = { findWait, completeWait, readRelease, readTarget, testAccountFor, readTestAnswer, noteEvent, now: () => new Date() };
type Uses = typeof real;

const About = z.object({ release: z.string(), environment: z.string(), target: z.string(), test: z.coerce.number() });

/** Wakes whoever waits for a test. The event only wakes: how the very build ended that we started is read from the target account itself. */
export async function onTestEvent(uses: Uses, where: { tableName: string; keyArn: string; region: string }, event: TestStateChange): Promise<void> {
  const { account, region, detail } = event;
  const operation = detail['additional-information'].environment['environment-variables'].find(({ name }) => name === operationVariable)?.value;
  const about = operation === undefined ? undefined : await uses.findWait(where.tableName, operation);
  if (operation !== undefined && about !== undefined) {
    const { release: id, environment, target: name, test } = About.parse(about);
    const release = await uses.readRelease(where.tableName, id);
    const tested = commandOf(findEnvironment(release, environment), test);
    const record = await uses.readTarget(where.tableName, id, environment, name);
    // EventBridge vouches for the account of the envelope. One that is not noted yet is looked at when it is.
    if (tested.target.account !== account || record?.test?.operation !== operation || record.test.build !== detail['build-id']) {
      logger.warn('an event about a build that no test waits for was ignored', { build: detail['build-id'] });
      return;
    }
    const answer = await uses.readTestAnswer(await uses.testAccountFor('plan', { release, environment, tested, region: where.region }), record.test.build);
    if (answer === undefined) throw new TransientError(`Reading how the test of ${name} in ${environment} ended: its event says ${detail['build-status']}, CodeBuild itself does not yet. It is tried again.`);
    await uses.completeWait(where, operation, answer);
  }
  await uses.noteEvent(where.tableName, { account, region }, uses.now());
}

export const handler = listener({
  name: 'on-test-event',
  event: TestStateChange,
  run: (event) => {
    const { TABLE_NAME, WAIT_KEY_ARN, AWS_REGION } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'AWS_REGION');
    return onTestEvent(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, region: AWS_REGION }, event);
  },
});
