import * as z from 'zod';
import { Place } from './doctor.ts';

/** Our own event after each sweep, on the control plane's bus: source `drawbridge`, detail-type `Drawbridge Sweep`. */
export const sweepDetailType = 'Drawbridge Sweep';

/** Who starts it: a principal, or nobody where it is the schedule. */
export const SweepRequest = z.object({ by: z.string().optional() });
export type SweepRequest = z.infer<typeof SweepRequest>;

export const Sweep = z.object({
  /** When it began to look. */
  at: z.iso.datetime(),
  by: z.string(),
  /** What it put right, one sentence each. */
  did: z.array(z.string()),
  /** What it found and left to people, one sentence each. */
  left: z.array(z.string()),
  /** What it could not look at, or not put right. */
  trouble: z.array(z.string()),
});
export type Sweep = z.infer<typeof Sweep>;

/** What the sweep asks of a target account: every stack that is not among those it knows. */
export const LookForStacks = z.object({ place: Place, known: z.array(z.string()) });
export type LookForStacks = z.infer<typeof LookForStacks>;

/** A stack that carries our tags, or that only our change set made. */
export const FoundStack = z.object({
  stackName: z.string(),
  status: z.string(),
  createdAt: z.iso.datetime(),
  application: z.string().optional(),
  environment: z.string().optional(),
  /** Types of what it holds, each once. */
  types: z.array(z.string()),
});
export type FoundStack = z.infer<typeof FoundStack>;

/** `cut`: there were more unknown stacks than one look takes. */
export const FoundStacks = z.object({ stacks: z.array(FoundStack), cut: z.boolean() });
export type FoundStacks = z.infer<typeof FoundStacks>;
