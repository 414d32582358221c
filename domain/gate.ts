import type { TargetRecord } from '../contracts/plan.ts';
import type { Environments } from '../contracts/environments.ts';
import type { Release, ResolvedEnvironment } from '../contracts/release.ts';
import type { FactCount, RiskRule } from '../contracts/verdict.ts';
import { everybodysApproval } from './everybody.ts';
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

const takesOver: FactCount = { kind: 'takes-over', count: 1 };

/** That a stack is taken over counts also where nothing else of the plan is known. */
function factsOf({ facts = [], takesOver: taken }: TargetRecord): readonly FactCount[] {
  const known = facts.length === 0 ? [unknown] : facts;
  return taken === undefined || known.some(({ kind }) => kind === takesOver.kind) ? known : [takesOver, ...known];
}

/** What moves, and what a wave before has moved: it was asked for together. What is deferred is judged when it is planned. */
const moves = ({ outcome, state }: TargetRecord): boolean => (outcome === undefined && state !== 'deferred') || outcome === 'deployed';

/** A stack that was deployed by other means becomes no application's without a person, in any environment. */
const takesOverSome = (records: readonly TargetRecord[]): boolean => records.some((record) => moves(record) && factsOf(record).some(({ kind }) => kind === takesOver.kind));

/** Whom an environment asks: those whom its approval names, and about what never goes without a person anywhere everybody, where it names nobody. */
export const askedFor = (registry: Pick<Environments, 'approvers' | 'groups'>, { approval }: Pick<ResolvedEnvironment, 'approval'>, records: readonly TargetRecord[]): ResolvedEnvironment['approval'] =>
  approval ?? (takesOverSome(records) ? everybodysApproval(registry) : undefined);

const nobodyToAsk: Gate = { verdict: 'refuse', because: ['It takes over a stack that was not its own, which a person must say yes to, and nobody is registered who could. Register approvers in environments.yaml, then retry the release.'], demanded: true, atLeast: 1 };

/** Who must be asked before the plans of an environment are executed, looked at together. */
export function gateOf(approval: ResolvedEnvironment['approval'], rules: readonly RiskRule[], records: readonly TargetRecord[]): Gate {
  if (approval === undefined && takesOverSome(records)) return nobodyToAsk;
  if (approval === undefined) return { verdict: 'auto', because: ['No approval is registered here.'], demanded: false, atLeast: 0 };
  const judgement = verdictOf(rules, records.filter((record) => moves(record)).flatMap((record) => factsOf(record)));
  const demanded = judgement.verdict === 'one' || judgement.verdict === 'two' || judgement.verdict === 'refuse';
  return { ...judgement, demanded, atLeast: judgement.verdict === 'two' ? 2 : 1 };
}
