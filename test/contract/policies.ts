import { at, isRecord, listOf, textAt, type Resource, type Value } from './read-template.ts';

/** One statement of a policy as IAM reads it. */
export interface Statement {
  readonly sid: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly Value[];
  readonly condition: Value | undefined;
  readonly principal: Value | undefined;
}

/** Statements of a policy document; of what stands under a condition (`Fn::If`), both sides are taken as there. */
export function statementsOf(document: Value | undefined): Statement[] {
  return listOf(at(document, 'Statement'))
    .flatMap((statement) => (at(statement, 'Fn::If') === undefined ? [statement] : [1, 2].map((side) => at(statement, 'Fn::If', side))))
    .filter(isRecord)
    .filter((statement) => statement['Effect'] !== undefined)
    .map((statement) => ({
      sid: textAt(statement, 'Sid'),
      effect: textAt(statement, 'Effect'),
      actions: listOf(statement['Action']).map(String),
      resources: listOf(statement['Resource']),
      condition: statement['Condition'],
      principal: statement['Principal'],
    }));
}

/** Inline policies of a function or state machine (SAM) or of a role. */
export function policiesOf({ properties }: Resource): Statement[] {
  return listOf(at(properties, 'Policies')).flatMap((policy) => statementsOf(at(policy, 'PolicyDocument') ?? policy));
}

export const allowed = (statements: readonly Statement[]): string[] => [...new Set(statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions))].sort();

export const denied = (statements: readonly Statement[]): string[] => [...new Set(statements.filter(({ effect }) => effect === 'Deny').flatMap(({ actions }) => actions))].sort();
