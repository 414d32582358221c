import type { TargetRecord } from '../contracts/plan.ts';
import type { Environments } from '../contracts/environments.ts';
import type { Release, ResolvedEnvironment } from '../contracts/release.ts';
import type { FactCount, RiskRule } from '../contracts/verdict.ts';
import { type Judgement, verdictOf } from './verdict.ts';

export interface Gate extends Judgement {
  /** Somebody must say yes. */
  readonly demanded: boolean;
  /** Different people who must. */
  readonly atLeast: number;
}

/** What the newest registered rules of an environment say of a release. A removal goes nowhere without a person because a rule lets it: rules can only make it stricter. */
export function rulesFor(registry: Pick<Environments, 'environments'>, { mode }: Pick<Release, 'mode'>, { name, registered }: Pick<ResolvedEnvironment, 'name' | 'registered'>): readonly RiskRule[] {
  const rules = registry.environments[registered ?? name]?.rules ?? [];
  return mode === 'remove' ? rules.map((rule) => (rule.then === 'auto' ? { ...rule, then: 'one' } : rule)) : rules;
}

/** A plan of which nothing is known is not harmless. */
const unknown: FactCount = { kind: 'unknown', count: 1 };

const factsOf = ({ facts }: TargetRecord): readonly FactCount[] => (facts === undefined || facts.length === 0 ? [unknown] : facts);

/** What moves, and what a wave before has moved: it was asked for together. What is deferred is judged when it is planned. */
const moves = ({ outcome, state }: TargetRecord): boolean => (outcome === undefined && state !== 'deferred') || outcome === 'deployed';

/** Who must be asked before the plans of an environment are executed, looked at together. */
export function gateOf(approval: ResolvedEnvironment['approval'], rules: readonly RiskRule[], records: readonly TargetRecord[]): Gate {
  if (approval === undefined) return { verdict: 'auto', because: ['No approval is registered here.'], demanded: false, atLeast: 0 };
  const judgement = verdictOf(rules, records.filter((record) => moves(record)).flatMap((record) => factsOf(record)));
  const demanded = judgement.verdict === 'one' || judgement.verdict === 'two' || judgement.verdict === 'refuse';
  return { ...judgement, demanded, atLeast: judgement.verdict === 'two' ? 2 : 1 };
}
