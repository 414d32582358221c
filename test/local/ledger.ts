import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Outcome } from '../../contracts/outcome.ts';
import type { Cloud } from '../../local/cloud.ts';

const Row = z.looseObject({ pk: z.string(), sk: z.string() });
type Row = z.infer<typeof Row>;

const ReleaseRow = z.object({ id: z.string(), state: z.enum(['running', 'ended']), outcome: Outcome.optional(), reason: z.string().optional(), commit: z.string(), source: z.looseObject({ version: z.string().optional() }) });
export type ReleaseRow = z.infer<typeof ReleaseRow>;

const ApprovalRow = z.object({ environment: z.string(), state: z.string() });
const StoryRow = z.object({ kind: z.string(), about: z.string(), environment: z.string().optional(), target: z.string().optional(), outcome: z.string().optional() });
export type StoryRow = z.infer<typeof StoryRow>;

/** What of a local cloud is needed to look into it. */
interface Town {
  readonly system: { readonly outputs: Readonly<Record<string, string>> };
  client(account?: keyof Cloud['accounts']): { readonly endpoint: string; readonly region: string; readonly credentials: ReturnType<Cloud['credentials']> };
}

/** What is written in the table and stands in the accounts, looked up beside the control plane: none of its functions is called for it. */
export class Ledger {
  readonly #town: Town;
  readonly #table: DynamoDBDocumentClient;
  readonly #sfn: SFNClient;
  readonly #tableName: string;

  constructor(town: Town) {
    this.#town = town;
    this.#table = DynamoDBDocumentClient.from(new DynamoDBClient(town.client()));
    this.#sfn = new SFNClient(town.client());
    this.#tableName = town.system.outputs['TableName'] ?? '';
  }

  async #rows(pk: string, sk: string): Promise<Row[]> {
    const { Items = [] } = await this.#table.send(
      new QueryCommand({ TableName: this.#tableName, KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)', ExpressionAttributeValues: { ':pk': pk, ':sk': sk }, ConsistentRead: true }),
    );
    return Items.map((item) => Row.parse(item));
  }

  async release(id: string): Promise<ReleaseRow | undefined> {
    return (await this.#rows(`RELEASE#${id}`, 'RELEASE')).map((row) => ReleaseRow.parse(row))[0];
  }

  /** The newest release of an application of which this holds. */
  async newestRelease(application: string, is: (release: ReleaseRow) => boolean): Promise<string | undefined> {
    for (const { release } of (await this.#rows(`APPLICATION#${application}`, 'RELEASE#')).reverse()) {
      const found = await this.release(z.string().parse(release));
      if (found !== undefined && is(found)) return found.id;
    }
    return undefined;
  }

  /** In which environments of the release somebody is asked now. */
  async asked(id: string): Promise<string[]> {
    const environments = await this.#rows(`RELEASE#${id}`, 'ENVIRONMENT#');
    const approvals = await Promise.all(environments.map(async ({ approval }) => (typeof approval === 'string' ? await this.#rows(`APPROVAL#${approval}`, 'APPROVAL') : [])));
    return approvals.flat().map((row) => ApprovalRow.parse(row)).filter(({ state }) => state === 'waiting').map(({ environment }) => environment);
  }

  async story(id: string): Promise<StoryRow[]> {
    return (await this.#rows(`RELEASE#${id}`, 'STORY#')).map((row) => StoryRow.parse(row));
  }

  /** Locks that somebody holds, places in lines, and waits that nobody has completed. */
  async open(): Promise<string[]> {
    const { Items = [] } = await this.#table.send(new ScanCommand({ TableName: this.#tableName, ConsistentRead: true, FilterExpression: 'begins_with(pk, :lock) OR begins_with(pk, :wait)', ExpressionAttributeValues: { ':lock': 'LOCK#', ':wait': 'WAIT#' } }));
    return Items.map((item) => Row.parse(item)).flatMap(({ pk, sk, owner }) => (sk === 'LOCK' && owner === undefined ? [] : [sk === 'LOCK' ? `held: ${pk}` : `open: ${pk} ${sk}`]));
  }

  /** Names of executions that have not ended. */
  async running(): Promise<string[]> {
    const { stateMachines = [] } = await this.#sfn.send(new ListStateMachinesCommand({}));
    const lists = await Promise.all(stateMachines.map(({ stateMachineArn }) => this.#sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }))));
    return lists.flatMap(({ executions = [] }) => executions.map(({ name }) => name ?? ''));
  }

  /** The value that the parameter of a stack has in an account; nothing where there is no stack. */
  async value(stack: string, account: 'dev' | 'staging' | 'prod'): Promise<string | undefined> {
    const client = this.#town.client(account);
    try {
      const { StackResourceDetail } = await new CloudFormationClient(client).send(new DescribeStackResourceCommand({ StackName: stack, LogicalResourceId: 'One' }));
      return (await new SSMClient(client).send(new GetParameterCommand({ Name: StackResourceDetail?.PhysicalResourceId ?? '' }))).Parameter?.Value;
    } catch {
      return undefined;
    }
  }
}
