import { type FactCount, type FactKind, type RiskRule, Verdict } from '../contracts/verdict.ts';
import { fits } from './wildcard.ts';

/** What never goes without a person, whatever the rules say. */
export const neverAlone: ReadonlySet<FactKind> = new Set(['takes-over', 'deletes-stateful', 'replaces-stateful', 'may-replace-stateful', 'widens-access', 'opens-network', 'unknown']);

const strength = (verdict: Verdict) => Verdict.options.indexOf(verdict);

export const strongest = (verdicts: readonly Verdict[]): Verdict => verdicts.reduce<Verdict>((one, other) => (strength(other) > strength(one) ? other : one), 'skip');

const said: Readonly<Record<FactKind, string>> = {
  'takes-over': 'takes over a stack that was not its own',
  'deletes-stateful': 'deletes something that holds data',
  'replaces-stateful': 'replaces something that holds data',
  'may-replace-stateful': 'may replace something that holds data',
  'widens-access': 'widens who may do what',
  'opens-network': 'opens the network',
  deletes: 'deletes a resource',
  replaces: 'replaces a resource',
  'may-replace': 'may replace a resource',
  unknown: 'does something that is not known yet',
  imports: 'takes over an existing resource',
  drift: 'meets changes made by other means',
  'narrows-access': 'narrows who may do what',
  'closes-network': 'closes the network',
  parameter: 'changes a parameter',
  adds: 'adds a resource',
  changes: 'changes a resource',
  publishes: 'publishes files',
  'writes-parameters': 'writes parameters',
  code: 'exchanges code',
  outputs: 'changes outputs',
};

const concerns = ({ what, types }: RiskRule, { kind, type }: FactCount): boolean =>
  (what === 'any' || (Array.isArray(what) ? what.includes(kind) : what === kind)) && (types === undefined || (type !== undefined && types.some((pattern) => fits(pattern, type))));

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is not weaker, a sentence for each fact that made it so. */
  readonly because: readonly string[];
}

/**
 * What the rules say of what would happen. The first rule that fits a fact decides it; what no rule fits asks one;
 * what must not go alone asks at least one; the strongest decision is the verdict.
 */
export function verdictOf(rules: readonly RiskRule[], facts: readonly FactCount[]): Judgement {
  const judged = facts.map((fact) => {
    const index = rules.findIndex((rule) => concerns(rule, fact));
    const byRule = rules[index]?.then ?? 'one';
    const lifted = byRule === 'auto' && neverAlone.has(fact.kind);
    const why = index === -1 ? 'no rule lets it pass' : lifted ? 'this never goes without a person' : `rule ${String(index + 1)} says ${byRule}`;
    const sentence = `It ${said[fact.kind]}${fact.type === undefined ? '' : ` (${fact.type})`}: ${why}.`;
    return { verdict: lifted ? ('one' as const) : byRule, sentence };
  });
  const verdict = strongest(judged.map((it) => it.verdict));
  return { verdict, because: [...new Set(judged.filter((it) => it.verdict === verdict).map(({ sentence }) => sentence))] };
}
