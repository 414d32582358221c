import middy from '@middy/core';
import type * as z from 'zod';
import { logger } from './logger.ts';
import { parseInput } from './task.ts';

interface ListenerOptions<Schema extends z.ZodType> {
  readonly name: string;
  readonly event: Schema;
  readonly run: (event: z.output<Schema>) => Promise<void>;
}

/**
 * The frame round a function that EventBridge calls. An event that it cannot read is an error:
 * it is tried again and then lies in the dead-letter queue, where an alarm sees it.
 */
export function listener<Schema extends z.ZodType>({ name, event: schema, run }: ListenerOptions<Schema>) {
  return middy<unknown, unknown>()
    .before(({ context }) => {
      logger.resetKeys();
      logger.addContext(context);
      logger.appendKeys({ task: name });
    })
    .handler(async (event) => {
      await run(parseInput(name, schema, event));
    });
}
