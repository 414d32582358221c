import middy from '@middy/core';
import type * as z from 'zod';
import { InvalidInputError, TimeoutError } from '../domain/errors.ts';
import { logger } from './logger.ts';

/** Kept back from the Lambda limit, so that a slow call ends as an error that says so. */
const reserveMilliseconds = 2_000;

interface TaskOptions<Schema extends z.ZodType, Answer> {
  readonly name: string;
  readonly input: Schema;
  readonly run: (input: z.output<Schema>) => Promise<Answer>;
}

const logged = ['release', 'environment', 'target', 'attempt', 'round'];

function logContext(input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null) return {};
  return Object.fromEntries(Object.entries(input).filter(([key]) => logged.includes(key)));
}

/** Parses what comes in, naming every wrong field but never its value: it may be a token. */
export function parseInput<Schema extends z.ZodType>(name: string, schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'} (${issue.code})`).join(', ');
  throw new InvalidInputError(`Reading the input of ${name}: ${wrong}. The workflow and the function do not agree; deploy both again.`);
}

/**
 * The frame round a workflow's task: log context, input check, early time-out.
 * It never catches: an error's `name` is what the workflow decides by.
 */
export function task<Schema extends z.ZodType, Answer>({ name, input, run }: TaskOptions<Schema, Answer>) {
  return middy<unknown, Answer>({
    timeoutEarlyInMillis: reserveMilliseconds,
    timeoutEarlyResponse: () => {
      throw new TimeoutError(`Running ${name}: it did not finish in the time that the function has.`);
    },
  })
    .before(({ event, context }) => {
      logger.resetKeys();
      logger.addContext(context);
      logger.appendKeys({ task: name, ...logContext(event) });
    })
    .handler(async (event) => {
      const answer = await run(parseInput(name, input, event));
      logger.info(`${name} done`);
      return answer;
    });
}
