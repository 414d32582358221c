import { ChangeSetNotFoundException, CloudFormationClient, type CreateChangeSetInput, type ResourceChange, type StackEvent } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import type { FakeChangeSet, FakeStack } from './stack-rows.ts';
import { refused } from './refused.ts';

/** CloudFormation of one account and Region, which keeps what it was told. Operations end when the test says so. */

interface Call {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

const templateOf = (...types: string[]): string => JSON.stringify({ Resources: Object.fromEntries(types.map((Type) => [Type.split('::').at(-1) ?? '', { Type }])) });

const tagsOf = ({ Tags = [] }: CreateChangeSetInput) => Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));

const ours = { 'drawbridge:application': 'orders', 'drawbridge:environment': 'dev' };

export class FakeCloudFormation {
  readonly account = '222222222222';
  readonly region = 'eu-west-1';
  readonly stacks = new Map<string, FakeStack>();
  readonly deleted = new Map<string, FakeStack>();
  readonly changeSets = new Map<string, FakeChangeSet>();
  readonly calls: Call[] = [];
  /** What the next change set would change. */
  nextChanges: ResourceChange[] = [{ Action: 'Add', LogicalResourceId: 'Table', ResourceType: 'AWS::DynamoDB::Table' }];
  /** The template that the next change set would deploy, after its transforms. */
  nextTemplate = templateOf('AWS::SQS::Queue', 'AWS::DynamoDB::Table');
  /** How the next change set stands after it was opened. */
  next = { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', reason: undefined as string | undefined };
  /** Called between DeleteStack and its answer. */
  onDelete: (name: string) => void = () => undefined;
  /** Called between ExecuteChangeSet and its answer. */
  onExecute: (name: string) => void = () => undefined;
  private number = 0;
  private readonly mock = mockClient(CloudFormationClient);

  install(): this {
    this.mock.send.callsFake((command: { readonly constructor: { readonly name: string }; readonly input: object }) =>
      Promise.resolve().then(() => this.answer(command.constructor.name.replace('Command', ''), { ...command.input }) as never),
    );
    return this;
  }

  restore(): void {
    this.mock.restore();
  }

  get names(): string[] {
    return this.calls.map(({ name }) => name);
  }

  /** One that is ours by its tags, unless others are said. */
  addStack(name: string, status: string, tags: Readonly<Record<string, string>> = ours): FakeStack {
    this.number += 1;
    const arn = `arn:aws:cloudformation:${this.region}:${this.account}:stack/${name}/${String(this.number)}`;
    const stack: FakeStack = { arn, name, status, outputs: {}, exports: {}, events: [], token: undefined, operation: 'CREATE', template: status === 'REVIEW_IN_PROGRESS' ? '' : templateOf('AWS::SQS::Queue'), parameters: {}, tags: { ...tags }, terminationProtection: false, resources: [], executing: undefined };
    this.stacks.set(name, stack);
    return stack;
  }

  /** Moves a stack to a status, as CloudFormation would, with an event that carries the operation's token. */
  move(name: string, status: string, more: Partial<StackEvent> = {}): void {
    const stack = this.stack(name);
    if (more.LogicalResourceId === undefined) stack.status = status;
    stack.events.unshift({
      EventId: String(stack.events.length),
      StackId: stack.arn,
      StackName: stack.name,
      LogicalResourceId: stack.name,
      PhysicalResourceId: more.LogicalResourceId === undefined ? stack.arn : 'physical',
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatus: status as NonNullable<StackEvent['ResourceStatus']>,
      ClientRequestToken: stack.token,
      Timestamp: new Date(1_700_000_000_000 + stack.events.length),
      ...more,
    });
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(status) && more.LogicalResourceId === undefined && stack.executing !== undefined) {
      const { template, request } = stack.executing;
      stack.template = template;
      stack.tags = tagsOf(request);
      stack.parameters = Object.fromEntries((request.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]));
    }
    if (status === 'DELETE_COMPLETE') {
      this.stacks.delete(name);
      this.deleted.set(stack.arn, stack);
    }
  }

  stack(nameOrArn: string): FakeStack {
    const found = this.stacks.get(nameOrArn) ?? [...this.stacks.values()].find(({ arn }) => arn === nameOrArn) ?? this.deleted.get(nameOrArn);
    if (found === undefined) throw refused('ValidationError', `Stack with id ${nameOrArn} does not exist`);
    return found;
  }

  private changeSet(input: Record<string, unknown>): FakeChangeSet {
    const name = String(input['ChangeSetName']);
    const found = [...this.changeSets.values()].find((set) => set.arn === name || (set.name === name && set.stack === input['StackName']));
    if (found === undefined) throw new ChangeSetNotFoundException({ message: `ChangeSet [${name}] does not exist`, $metadata: {} });
    return found;
  }

  private answer(name: string, input: Record<string, unknown>): unknown {
    this.calls.push({ name, input });
    const handlers: Record<string, (input: Record<string, unknown>) => unknown> = {
      DescribeStacks: (it) => this.describeStacks(String(it['StackName'])),
      CreateChangeSet: (it) => this.createChangeSet(it as unknown as CreateChangeSetInput),
      DescribeChangeSet: (it) => this.describeChangeSet(this.changeSet(it)),
      DeleteChangeSet: (it) => this.changeSets.delete(this.changeSet(it).arn) && {},
      ListChangeSets: (it) => ({ Summaries: [...this.changeSets.values()].filter(({ stack }) => stack === it['StackName'] || this.stacks.get(stack)?.arn === it['StackName']).map((set) => ({ ChangeSetId: set.arn, ChangeSetName: set.name, Status: set.status })) }),
      ExecuteChangeSet: (it) => this.execute(it),
      DeleteStack: (it) => this.deleteStack(it),
      ListImports: (it) => this.listImports(it),
      ListStackResources: (it) => this.listResources(it),
      DescribeStackEvents: (it) => ({ StackEvents: this.stack(String(it['StackName'])).events }),
      GetTemplate: (it) => this.getTemplate(it),
      DescribeEvents: () => ({ OperationEvents: [] }),
    };
    const handle = handlers[name];
    if (handle === undefined) throw new Error(`The fake CloudFormation does not know ${name}.`);
    return handle(input);
  }

  private describeStacks(nameOrArn: string) {
    const stack = this.stack(nameOrArn);
    return {
      Stacks: [
        {
          StackId: stack.arn,
          StackName: stack.name,
          StackStatus: stack.status,
          CreationTime: new Date(1_700_000_000_000),
          EnableTerminationProtection: stack.terminationProtection,
          Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
          Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
          Outputs: [...Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })), ...Object.keys(stack.exports).map((ExportName) => ({ OutputKey: ExportName, OutputValue: 'x', ExportName }))],
        },
      ],
    };
  }

  private getTemplate(input: Record<string, unknown>) {
    if (input['ChangeSetName'] !== undefined) return { TemplateBody: this.changeSet(input).template, StagesAvailable: ['Original', 'Processed'] };
    const { template, name } = this.stack(String(input['StackName']));
    if (template === '') throw refused('ValidationError', `Stack [${name}] has no template: it is in REVIEW_IN_PROGRESS`);
    return { TemplateBody: template, StagesAvailable: ['Original', 'Processed'] };
  }

  private createChangeSet(request: CreateChangeSetInput) {
    const stackName = request.StackName ?? '';
    const name = request.ChangeSetName ?? '';
    if ([...this.changeSets.values()].some((set) => set.name === name && set.stack === stackName)) throw refused('AlreadyExistsException', `ChangeSet ${name} cannot be created: it already exists`);
    const existing = this.stacks.get(stackName);
    if (request.ChangeSetType === 'CREATE' && existing !== undefined && existing.status !== 'REVIEW_IN_PROGRESS') throw refused('ValidationError', `Stack [${stackName}] already exists and cannot be created again`);
    if (request.ChangeSetType !== 'CREATE' && (existing === undefined || existing.status === 'REVIEW_IN_PROGRESS')) throw refused('ValidationError', `Stack [${stackName}] does not exist`);
    const stack = existing ?? this.addStack(stackName, 'REVIEW_IN_PROGRESS', tagsOf(request));
    this.number += 1;
    const arn = `arn:aws:cloudformation:${this.region}:${this.account}:changeSet/${name}/${String(this.number)}`;
    this.changeSets.set(arn, { arn, name, stack: stackName, ...this.next, request, changes: this.nextChanges, template: this.nextTemplate });
    return { Id: arn, StackId: stack.arn };
  }

  private describeChangeSet(set: FakeChangeSet) {
    return {
      ChangeSetId: set.arn,
      StackId: this.stack(set.stack).arn,
      Status: set.status,
      ExecutionStatus: set.executionStatus,
      StatusReason: set.reason,
      Parameters: set.request.Parameters,
      Tags: set.request.Tags,
      Capabilities: set.request.Capabilities,
      Changes: set.changes.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })),
    };
  }

  private execute(input: Record<string, unknown>) {
    const set = this.changeSet(input);
    const stack = this.stack(set.stack);
    if (input['ClientRequestToken'] === stack.token) throw refused('TokenAlreadyExistsException', 'A client request token already exists.');
    if (set.executionStatus !== 'AVAILABLE') throw refused('InvalidChangeSetStatusException', `ChangeSet [${set.name}] is in ${set.executionStatus} status`);
    set.executionStatus = 'EXECUTE_IN_PROGRESS';
    stack.token = String(input['ClientRequestToken']);
    stack.executing = set;
    stack.operation = set.request.ChangeSetType === 'CREATE' ? 'CREATE' : 'UPDATE';
    // CloudFormation deletes all other change sets of the stack.
    for (const other of this.changeSets.values()) if (other.stack === set.stack && other !== set) this.changeSets.delete(other.arn);
    this.move(stack.name, `${stack.operation}_IN_PROGRESS`);
    this.onExecute(stack.name);
    return {};
  }

  /** Two a page, so that nobody reads the first page only. */
  private listResources(input: Record<string, unknown>) {
    const { resources } = this.stack(String(input['StackName']));
    const from = Number(input['NextToken'] ?? 0);
    const page = resources.slice(from, from + 2).map(([LogicalResourceId, ResourceType, PhysicalResourceId]) => ({ LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus: 'CREATE_COMPLETE' }));
    return { StackResourceSummaries: page, ...(from + 2 < resources.length ? { NextToken: String(from + 2) } : {}) };
  }

  /** One a page; who is imported by nobody has no page at all. */
  private listImports(input: Record<string, unknown>) {
    const name = String(input['ExportName']);
    const importers = [...this.stacks.values()].flatMap(({ exports }) => exports[name] ?? []);
    if (importers.length === 0) throw refused('ValidationError', `Export '${name}' is not imported by any stack.`);
    const at = Number(input['NextToken'] ?? 0);
    return { Imports: importers.slice(at, at + 1), ...(at + 1 < importers.length ? { NextToken: String(at + 1) } : {}) };
  }

  private deleteStack(input: Record<string, unknown>) {
    const stack = this.stack(String(input['StackName']));
    const token = input['ClientRequestToken'];
    if (stack.terminationProtection) throw refused('ValidationError', `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
    if (token !== undefined && token === stack.token) throw refused('TokenAlreadyExistsException', 'A client request token already exists.');
    if (typeof token === 'string') stack.token = token;
    for (const set of this.changeSets.values()) if (set.stack === stack.name) this.changeSets.delete(set.arn);
    this.move(stack.name, 'DELETE_IN_PROGRESS');
    this.onDelete(stack.name);
    return {};
  }
}
