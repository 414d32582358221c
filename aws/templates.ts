import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { PlanTemplates } from '../contracts/plan.ts';
import type { DescribedChangeSet } from '../domain/plan.ts';
import { calling } from './errors.ts';

interface Wanted {
  readonly stackName?: string | undefined;
  readonly changeSet?: string | undefined;
}

/** A template after its transforms: of a stack as it is, or as a change set would make it. */
export async function readTemplate(client: CloudFormationClient, { stackName, changeSet }: Wanted): Promise<string> {
  const answer = await calling(`reading the template of ${changeSet ?? stackName ?? ''}`, () =>
    client.send(
      new GetTemplateCommand({ TemplateStage: 'Processed', ...(stackName === undefined ? {} : { StackName: stackName }), ...(changeSet === undefined ? {} : { ChangeSetName: changeSet }) }),
    ),
  );
  return answer.TemplateBody ?? '';
}

/** The templates before and after, nested stacks included. Two calls for each stack, one for a new one. */
export async function readTemplates(client: CloudFormationClient, stackName: string, operation: 'CREATE' | 'UPDATE', described: DescribedChangeSet): Promise<PlanTemplates['stacks']> {
  const stacks = [
    { prefix: '', before: operation === 'CREATE' ? undefined : stackName, within: stackName, changeSet: described.arn },
    ...described.nested.map(({ prefix, stackArn, changeSetArn }) => ({ prefix, before: stackArn === '' ? undefined : stackArn, within: stackArn === '' ? undefined : stackArn, changeSet: changeSetArn })),
  ];
  return await Promise.all(
    stacks.map(async ({ prefix, before, within, changeSet }) => {
      const [old, next] = await Promise.all([before === undefined ? undefined : readTemplate(client, { stackName: before }), readTemplate(client, { stackName: within, changeSet })]);
      return { prefix, ...(old === undefined ? {} : { before: old }), after: next };
    }),
  );
}
