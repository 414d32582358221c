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
  stackArn: z.string(),
  status: z.string(),
  createdAt: z.iso.datetime(),
  /** When it was last updated, where it was. */
  changedAt: z.iso.datetime().optional(),
  application: z.string().optional(),
  environment: z.string().optional(),
  /** As its tag says, where it is a branch's. */
  branch: z.string().optional(),
  /** Of an empty stack: the names of its change sets. */
  changeSets: z.array(z.string()).optional(),
  /** Types of what it holds, each once. */
  types: z.array(z.string()),
});
export type FoundStack = z.infer<typeof FoundStack>;

/** What the sweep asks of a target account: to delete an empty stack, if it is one still and nobody needs it. */
export const RemoveShell = z.object({ place: Place, stackName: z.string(), stackArn: z.string().startsWith('arn:'), application: z.string(), environment: z.string() });
export type RemoveShell = z.infer<typeof RemoveShell>;
export const ShellRemoved = z.object({ answer: z.enum(['removed', 'kept']) });
export type ShellRemoved = z.infer<typeof ShellRemoved>;

/** `cut`: there were more unknown stacks than one look takes. */
export const FoundStacks = z.object({ stacks: z.array(FoundStack), cut: z.boolean() });
export type FoundStacks = z.infer<typeof FoundStacks>;
