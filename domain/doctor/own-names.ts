import { type Check, good, remark, unknown } from './check.ts';
import { type NamedResource, namedResources, type NamingPlace } from './named-resources.ts';
import { uniqueNames } from './unique-names.ts';

/** A stack of an application in an environment, with the template of the newest release. */
export interface TemplateUse extends NamingPlace {
  readonly application: string;
  readonly environment: string;
  readonly template: Readonly<Record<string, unknown>>;
}

/** SAM's types make resources of the plain ones, so their names meet. */
const plain: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::SimpleTable': 'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable': 'AWS::DynamoDB::Table',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
};

function whereUnique({ type }: NamedResource, { account, region }: NamingPlace): string {
  const reach = uniqueNames[type]?.reach ?? 'region';
  return reach === 'world' ? 'everywhere' : reach === 'account' ? account : `${account}, ${region}`;
}

/** Names that more than one stack would give a resource where AWS takes them only once. */
export function sharedNames(uses: readonly TemplateUse[]): string[] {
  const users = new Map<string, Map<string, string>>();
  for (const use of uses) {
    for (const resource of namedResources(use.template, use)) {
      const where = whereUnique(resource, use);
      const name = `${plain[resource.type] ?? resource.type} ${resource.name} (${where})`;
      const stack = `${use.account} ${use.region} ${use.stackName}`;
      users.set(name, (users.get(name) ?? new Map<string, string>()).set(stack, `${use.application} in ${use.environment}`));
    }
  }
  return [...users].filter(([, stacks]) => stacks.size > 1).map(([name, stacks]) => `${name}: ${[...new Set(stacks.values())].join(', ')}`);
}

export const ownNames: Check<readonly TemplateUse[], object> = {
  what: 'every environment has resource names of its own',
  why: 'A name that the template does not make of the stage or the stack can be given once only; the second environment fails when its resource is made.',
  todo: () => 'Leave the name out, so that CloudFormation makes one, or make it of ${AWS::StackName} or of a parameter that differs.',
  judge: (uses) => {
    if (uses.length === 0) return unknown('cannot be known yet: nothing is built');
    const shared = sharedNames(uses);
    return shared.length === 0 ? good('no name is given twice') : remark(shared.join('; '));
  },
};
