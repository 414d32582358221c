import type { TargetRecord } from '../contracts/plan.ts';
import type { ResolvedEnvironment } from '../contracts/release.ts';
import type { FactCount, RiskRule } from '../contracts/verdict.ts';
import { type Judgement, verdictOf } from './verdict.ts';

export interface Gate extends Judgement {
  /** Somebody must say yes. */
  readonly demanded: boolean;
  /** Different people who must. */
  readonly atLeast: number;
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
