import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type * as z from 'zod';
import type { Vote } from '../../contracts/approval.ts';
import { DecisionRequest, PlanRequest, RegisterRequest } from '../../contracts/commands.ts';
import type { DecisionAnswer, RegisterAnswer, RegistryAnswer, ReleasesAnswer, ShowAnswer, StartedAnswer, StatusAnswer } from '../../contracts/commands.ts';
import { AccessDeniedError, ConfigurationError, InvalidInputError, NotFoundError, TransientError } from '../../domain/errors.ts';

export interface Uses {
  registry(): Promise<RegistryAnswer | undefined>;
  register(request: z.output<typeof RegisterRequest>, by: string): Promise<RegisterAnswer>;
  status(): Promise<StatusAnswer>;
  releases(application: string, limit: number): Promise<ReleasesAnswer>;
  show(release: string): Promise<ShowAnswer>;
  decide(release: string, environment: string, answer: Pick<Vote, 'decision' | 'reason' | 'from'>): Promise<DecisionAnswer>;
  retry(release: string, by: string): Promise<StartedAnswer>;
  plan(request: z.output<typeof PlanRequest>): Promise<StartedAnswer>;
}

/** HTTP's word for each of our errors; whatever else is thrown is a fault of ours. */
const statuses = [
  [InvalidInputError, 400],
  [AccessDeniedError, 403],
  [NotFoundError, 404],
  [TransientError, 503],
  [ConfigurationError, 409],
] as const;

async function parsed<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new InvalidInputError(`Reading the request: ${result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ')}.`);
}

/** The door for the command line. Who calls is what IAM says, never what the request says. */
export function door(uses: Uses): Hono {
  const app = new Hono();
  const caller = (c: Context): string => {
    const arn = c.req.header('x-caller-arn') ?? '';
    if (arn === '') throw new AccessDeniedError('Answering a command: IAM names no caller. Sign the request.');
    return arn;
  };
  app.use(bodyLimit({ maxSize: 512 * 1024, onError: (c) => c.json({ error: 'InvalidInputError', message: 'Reading the request: it is longer than 512 KB.' }, 413) }));
  app.use(async (c, next) => {
    caller(c);
    await next();
    c.header('Cache-Control', 'no-store');
  });

  app.get('/registry', async (c) => {
    const registry = await uses.registry();
    if (registry === undefined) throw new NotFoundError('Reading the registered environments: nothing is registered. Run "drawbridge register environments.yaml".');
    return c.json(registry);
  });
  app.post('/registry', async (c) => c.json(await uses.register(await parsed(c, RegisterRequest), caller(c))));
  app.get('/status', async (c) => c.json(await uses.status()));
  app.get('/releases', async (c) => {
    const limit = Number(c.req.query('limit') ?? '20');
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new InvalidInputError('Listing releases: the limit is a number from 1 to 100.');
    return c.json(await uses.releases(c.req.query('application') ?? '', limit));
  });
  app.get('/releases/:id', async (c) => c.json(await uses.show(c.req.param('id'))));
  app.post('/releases/:id/retry', async (c) => c.json(await uses.retry(c.req.param('id'), caller(c))));
  app.post('/releases/:id/environments/:environment/decision', async (c) => {
    const { decision, reason } = await parsed(c, DecisionRequest);
    return c.json(await uses.decide(c.req.param('id'), c.req.param('environment'), { decision, reason, from: caller(c) }));
  });
  app.post('/plans', async (c) => c.json(await uses.plan(await parsed(c, PlanRequest))));

  app.notFound((c) => c.json({ error: 'NotFoundError', message: 'There is no such command at this control plane. The command line may be newer than it.' }, 404));
  app.onError((error, c) => {
    const status = statuses.find(([kind]) => error instanceof kind)?.[1];
    if (status !== undefined) return c.json({ error: error.name, message: error.message }, status);
    console.error(JSON.stringify({ level: 'ERROR', message: 'answering a command', error: { name: error.name, message: error.message, stack: error.stack } }));
    return c.json({ error: 'Fault', message: 'Something is broken in the control plane. Its log says what.' }, 500);
  });
  return app;
}
