import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type * as z from 'zod';
import { AccessDeniedError, ConfigurationError, InvalidInputError, NotFoundError, TransientError } from '../domain/errors.ts';

/** HTTP's word for each of our errors; whatever else is thrown is a fault of ours. */
const statuses = [
  [InvalidInputError, 400],
  [AccessDeniedError, 403],
  [NotFoundError, 404],
  [TransientError, 503],
  [ConfigurationError, 409],
] as const;

/** Who calls is what IAM says, never what the request says. */
export function caller(c: Context): string {
  const arn = c.req.header('x-caller-arn') ?? '';
  if (arn === '') throw new AccessDeniedError('Answering a command: IAM names no caller. Sign the request.');
  return arn;
}

export async function parsed<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new InvalidInputError(`Reading the request: ${result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ')}.`);
}

/** The frame round commands: a signed caller, a size that is bearable, and errors as sentences. Routes are added to it. */
export function commands(): Hono {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 512 * 1024, onError: (c) => c.json({ error: 'InvalidInputError', message: 'Reading the request: it is longer than 512 KB.' }, 413) }));
  app.use(async (c, next) => {
    caller(c);
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.notFound((c) => c.json({ error: 'NotFoundError', message: 'There is no such command at this control plane. The command line may be newer than it.' }, 404));
  app.onError((error, c) => {
    const status = statuses.find(([kind]) => error instanceof kind)?.[1];
    if (status !== undefined) return c.json({ error: error.name, message: error.message }, status);
    console.error(JSON.stringify({ level: 'ERROR', message: 'answering a command', error: { name: error.name, message: error.message, stack: error.stack } }));
    return c.json({ error: 'Fault', message: 'Something is broken in the control plane. Its log says what.' }, 500);
  });
  return app;
}
