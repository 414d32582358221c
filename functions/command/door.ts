import type { Hono } from 'hono';
import type * as z from 'zod';
import { AdoptionRequest, CancelRequest, DecisionRequest, DelegationRequest, HaltRequest, LogPlace, PlanRequest, RemovalRequest, RollbackRequest, StopRequest } from '../../contracts/commands.ts';
import type { AdoptionAnswer, BranchEnvironmentsAnswer, CancelAnswer, DecisionAnswer, DelegationsAnswer, DeployedAnswer, HaltAnswer, InboxAnswer, LogAnswer, RegistryAnswer, ReleasesAnswer, ShowAnswer, StartedAnswer, StatusAnswer, StopAnswer, SweepAnswer } from '../../contracts/commands.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { caller, commands, parsed } from '../../runtime/commands.ts';

export interface Uses {
  registry(): Promise<RegistryAnswer | undefined>;
  status(): Promise<StatusAnswer>;
  deployed(): Promise<DeployedAnswer>;
  releases(application: string, limit: number): Promise<ReleasesAnswer>;
  show(release: string): Promise<ShowAnswer>;
  log(release: string, place: string | undefined): Promise<LogAnswer>;
  decide(release: string, environment: string, answer: z.output<typeof DecisionRequest>, by: string): Promise<DecisionAnswer>;
  inbox(by: string): Promise<InboxAnswer>;
  delegations(by: string): Promise<DelegationsAnswer>;
  delegate(request: z.output<typeof DelegationRequest>, by: string): Promise<DelegationsAnswer>;
  retry(release: string, by: string): Promise<StartedAnswer>;
  promote(release: string, environment: string, by: string): Promise<StartedAnswer>;
  cancel(release: string, reason: string, by: string): Promise<CancelAnswer>;
  rollback(application: string, environment: string, request: RollbackRequest, by: string): Promise<StartedAnswer>;
  halt(environment: string, reason: string, by: string): Promise<HaltAnswer>;
  resume(environment: string, by: string): Promise<HaltAnswer>;
  plan(request: z.output<typeof PlanRequest>): Promise<StartedAnswer>;
  remove(request: z.output<typeof RemovalRequest>, by: string): Promise<StartedAnswer>;
  adopt(request: z.output<typeof AdoptionRequest>, by: string): Promise<AdoptionAnswer>;
  sweep(by: string): Promise<SweepAnswer>;
  branchEnvironments(application: string): Promise<BranchEnvironmentsAnswer>;
  stop(application: string, environment: string, request: z.output<typeof StopRequest>, by: string): Promise<StopAnswer>;
}

/** The door for the command line; only registering has one of its own. */
export function door(uses: Uses): Hono {
  const app = commands();
  app.get('/registry', async (c) => {
    const registry = await uses.registry();
    if (registry === undefined) throw new NotFoundError('Reading the registered environments: nothing is registered. Run "drawbridge register environments.yaml".');
    return c.json(registry);
  });
  app.get('/status', async (c) => c.json(await uses.status()));
  app.get('/deployed', async (c) => c.json(await uses.deployed()));
  app.get('/releases', async (c) => {
    const limit = Number(c.req.query('limit') ?? '20');
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new InvalidInputError('Listing releases: the limit is a number from 1 to 100.');
    return c.json(await uses.releases(c.req.query('application') ?? '', limit));
  });
  app.get('/releases/:id', async (c) => c.json(await uses.show(c.req.param('id'))));
  app.get('/releases/:id/log', async (c) => {
    const place = LogPlace.optional().safeParse(c.req.query('after'));
    if (!place.success) throw new InvalidInputError('Reading a build log: "after" is not a place that an answer named. Leave it out to read from the beginning.');
    return c.json(await uses.log(c.req.param('id'), place.data));
  });
  app.post('/releases/:id/retry', async (c) => c.json(await uses.retry(c.req.param('id'), caller(c))));
  app.post('/releases/:id/cancel', async (c) => c.json(await uses.cancel(c.req.param('id'), (await parsed(c, CancelRequest)).reason, caller(c))));
  app.post('/releases/:id/environments/:environment/promote', async (c) => c.json(await uses.promote(c.req.param('id'), c.req.param('environment'), caller(c))));
  app.post('/applications/:application/environments/:environment/rollback', async (c) => {
    return c.json(await uses.rollback(c.req.param('application'), c.req.param('environment'), await parsed(c, RollbackRequest), caller(c)));
  });
  app.post('/environments/:environment/halt', async (c) => c.json(await uses.halt(c.req.param('environment'), (await parsed(c, HaltRequest)).reason, caller(c))));
  app.post('/environments/:environment/resume', async (c) => c.json(await uses.resume(c.req.param('environment'), caller(c))));
  app.post('/releases/:id/environments/:environment/decision', async (c) => {
    return c.json(await uses.decide(c.req.param('id'), c.req.param('environment'), await parsed(c, DecisionRequest), caller(c)));
  });
  app.get('/inbox', async (c) => c.json(await uses.inbox(caller(c))));
  app.get('/delegations', async (c) => c.json(await uses.delegations(caller(c))));
  app.post('/delegations', async (c) => c.json(await uses.delegate(await parsed(c, DelegationRequest), caller(c))));
  app.post('/plans', async (c) => c.json(await uses.plan(await parsed(c, PlanRequest))));
  app.post('/removals', async (c) => c.json(await uses.remove(await parsed(c, RemovalRequest), caller(c))));
  app.post('/adoptions', async (c) => c.json(await uses.adopt(await parsed(c, AdoptionRequest), caller(c))));
  app.post('/sweep', async (c) => c.json(await uses.sweep(caller(c))));
  app.get('/branch-environments', async (c) => c.json(await uses.branchEnvironments(c.req.query('application') ?? '')));
  app.post('/applications/:application/environments/:environment/stop', async (c) => {
    return c.json(await uses.stop(c.req.param('application'), c.req.param('environment'), await parsed(c, StopRequest), caller(c)));
  });
  return app;
}
