import * as z from 'zod';

/**
 * What the risk rules say of the plans of an environment, weakest first: `skip` nothing changes, `auto` nobody is asked,
 * `one` the approval as it is registered, `two` that and at least two people, `refuse` nobody can say yes.
 */
export const Verdict = z.enum(['skip', 'auto', 'one', 'two', 'refuse']);
export type Verdict = z.infer<typeof Verdict>;

/** What a plan would do, as a person weighs it: most dangerous first. Each change of a resource is one of these. */
export const FactKind = z.enum([
  'takes-over',
  'deletes-stateful',
  'replaces-stateful',
  'may-replace-stateful',
  'widens-access',
  'opens-network',
  'deletes',
  'replaces',
  'may-replace',
  'unknown',
  'imports',
  'drift',
  'narrows-access',
  'closes-network',
  'parameter',
  'adds',
  'changes',
  'publishes',
  'writes-parameters',
  'code',
  'outputs',
]);
export type FactKind = z.infer<typeof FactKind>;

/** One fact for a person. Property values are never in its text: they may be secret. */
export const Fact = z.object({
  kind: FactKind,
  /** CloudFormation's type of the resource, where it is about one. */
  type: z.string().optional(),
  text: z.string(),
});
export type Fact = z.infer<typeof Fact>;

/** The facts of a plan, counted: what the rules look at. As many as there are kinds and types, however large the stack. */
export const FactCount = z.object({ kind: FactKind, type: z.string().optional(), count: z.int().min(1) });
export type FactCount = z.infer<typeof FactCount>;

/** A risk rule of `environments.yaml`: the first that fits a fact decides it; the strongest decision is the verdict. */
export const RiskRule = z.strictObject({
  what: z.union([z.literal('any'), FactKind, z.array(FactKind).min(1)]),
  /** Types of resources; `*` stands for any run of characters. Default: every type. */
  types: z.array(z.string().regex(/^[A-Za-z0-9:*]+$/, 'a resource type, with * for any characters')).min(1).optional(),
  then: z.enum(['auto', 'one', 'two', 'refuse']),
});
export type RiskRule = z.infer<typeof RiskRule>;
