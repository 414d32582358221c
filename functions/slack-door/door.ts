import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { SlackInteraction, SlackSecret } from '../../contracts/slack.ts';
import { readInteraction } from '../../domain/slack-interaction.ts';
import { checkSignature } from '../../domain/slack-signature.ts';
import { logger } from '../../runtime/logger.ts';

export interface Uses {
  secret(): Promise<SlackSecret>;
  /** @returns `false` when the same signed request was taken before */
  takeOnce(signature: string): Promise<boolean>;
  handOver(interaction: SlackInteraction): Promise<void>;
  now(): Date;
}

/** Slack's own are far smaller. */
const mostBytes = 256 * 1024;

/** The door for Slack: checks the bytes as they came, answers at once, and has the work done behind (Slack gives three seconds). */
export function door(uses: Uses): Hono {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: mostBytes, onError: (c) => c.body(null, 413) }));
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.post('/slack/interactions', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const signature = c.req.header('x-slack-signature');
    const answer = checkSignature((await uses.secret()).signingSecret, { timestamp: c.req.header('x-slack-request-timestamp'), signature, body }, uses.now());
    if (answer !== 'good' || signature === undefined) {
      logger.warn('a request that is not Slack’s was refused', { because: answer, from: c.req.header('x-source-ip') });
      return c.body(null, 401);
    }
    if (!(await uses.takeOnce(signature))) {
      logger.warn('a request of Slack’s came again and was refused', { from: c.req.header('x-source-ip') });
      return c.body(null, 409);
    }
    const form = new URLSearchParams(body.toString('utf8'));
    const interaction = readInteraction(form.get('payload') ?? '');
    // What is not ours, and Slack's own checks (`ssl_check`), are acknowledged and dropped.
    if (interaction !== undefined) await uses.handOver(interaction);
    return c.body(null, 200);
  });
  app.notFound((c) => c.body(null, 404));
  app.onError((error, c) => {
    logger.error('answering Slack', { error: { name: error.name, message: error.message } });
    return c.body(null, 500);
  });
  return app;
}
