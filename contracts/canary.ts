import * as z from 'zod';

/** A test event that goes the way of the events of stacks: from a target account to the tools account. It means nothing else. */
export const canarySource = 'drawbridge.canary';
export const canaryDetailType = 'Drawbridge Canary';

export const CanaryEvent = z.object({
  id: z.string(),
  account: z.string(),
  region: z.string(),
  source: z.literal(canarySource),
  'detail-type': z.literal(canaryDetailType),
  detail: z.object({ sentAt: z.iso.datetime() }),
});
export type CanaryEvent = z.infer<typeof CanaryEvent>;
