import { ExecutionAlreadyExists, ExecutionDoesNotExist, DescribeExecutionCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { BranchDoesNotExistException, CodeCommitClient, GetBranchCommand, GetCommitCommand, GetPullRequestCommand, ListBranchesCommand } from '@aws-sdk/client-codecommit';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { vi } from 'vitest';
import { writeRow } from '../../aws/rows.ts';
import { keys } from '../../aws/table.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Report } from '../../contracts/report.ts';
import { BranchEvent } from '../../contracts/source-events.ts';
import type { LookForStacks, RemoveShell } from '../../contracts/sweep.ts';
import { type Branch, branchesOf } from './history-branches.ts';
import { commitOf, stubVariables } from './release-world.ts';
import { FakeTable } from './table.ts';

export type { Branch } from './history-branches.ts';
export const machineArn = (name: string) => `arn:aws:states:eu-west-1:111111111111:stateMachine:drawbridge-${name}`;
export const executionOf = (machine: string, name: string) => `arn:aws:states:eu-west-1:111111111111:execution:drawbridge-${machine}:${name}`;

const [sfn, codeCommit, bus, kms, lambda] = [mockClient(SFNClient), mockClient(CodeCommitClient), mockClient(EventBridgeClient), mockClient(KMSClient), mockClient(LambdaClient)];
const began = new Date('2026-01-01T00:00:00.000Z');
/** Older than anything that is still looked at. */
const longAgo = '2025-12-01T00:00:00.000Z';
const failed = { message: '', $metadata: {} };

/** What AWS keeps in this story: repositories, events on their way, executions, stacks. All of ours that is asked runs over it as it is. */
export class HistoryWorld {
  readonly table = new FakeTable().install();
  /** Where each branch of a repository stands. */
  readonly branches = new Map<Branch, string>();
  readonly merged = new Map<string, { branch: string; commit: string }>();
  /** Events that nobody has heard yet, the oldest first. */
  readonly pending: BranchEvent[] = [];
  readonly executions = new Map<string, 'RUNNING' | 'SUCCEEDED' | 'ABORTED'>();
  /** Releases that were started and that a machine has to take on. */
  readonly started: { readonly release: string; readonly attempt: number }[] = [];
  /** By stack, the commit that is there. */
  readonly stacks = new Map<string, { readonly commit: string; readonly application: string; readonly environment: string; readonly branch?: string }>();
  /** Empty stacks, by name, each with its change set. */
  readonly shells = new Map<string, string>();
  readonly answers = new Map<string, unknown>();
  loseStarts = 0;
  #pushes = 0;

  static async build(registry: Environments): Promise<HistoryWorld> {
    stubVariables();
    for (const [name, value] of Object.entries({ DEPLOY_RELEASE_MACHINE_ARN: machineArn('deploy-release'), DEPLOY_ENVIRONMENT_MACHINE_ARN: machineArn('deploy-environment'), START_RELEASE_FUNCTION: 'start-release', LOOK_FOR_STACKS_FUNCTION: 'look-for-stacks', REMOVE_SHELL_FUNCTION: 'remove-shell' })) vi.stubEnv(name, value);
    vi.useFakeTimers({ toFake: ['Date'], now: began });
    const world = new HistoryWorld();
    world.#install();
    await writeRow('table', keys.registry(), { version: 1, text: '', content: registry, registeredBy: 'alex', registeredAt: began.toISOString() });
    return world;
  }

  close(): void {
    this.table.restore();
    vi.useRealTimers();
    vi.unstubAllEnvs();
  }

  later(minutes: number): void {
    vi.setSystemTime(Date.now() + minutes * 60_000);
  }

  push(branch: Branch): void {
    const event = this.branches.has(branch) ? 'referenceUpdated' : 'referenceCreated';
    this.branches.set(branch, commitOf(`push ${String((this.#pushes += 1))}`));
    this.pending.push(this.#reference(branch, event));
  }

  /** Made again where it was last: the same commit has a second life. */
  restore(branch: Branch, commit: string): void {
    if (this.branches.has(branch)) return;
    this.branches.set(branch, commit);
    this.pending.push(this.#reference(branch, 'referenceCreated'));
  }

  delete(branch: Branch): string | undefined {
    const commit = this.branches.get(branch);
    if (commit === undefined) return undefined;
    this.branches.delete(branch);
    this.pending.push(this.#reference(branch, 'referenceDeleted'));
    return commit;
  }

  merge(branch: Branch): void {
    const commit = this.branches.get(branch);
    if (commit === undefined) return;
    const id = String(this.merged.size + 1);
    this.merged.set(id, { branch, commit });
    this.pending.push({ ...this.#envelope(), source: 'aws.codecommit', 'detail-type': 'CodeCommit Pull Request State Change', detail: { pullRequestId: id } });
  }

  end(execution: string, status: 'SUCCEEDED' | 'ABORTED'): void {
    if (this.executions.get(execution) === 'RUNNING') this.executions.set(execution, status);
  }

  readonly #envelope = () => ({ id: '1', account: '111111111111', region: 'eu-west-1', time: '' });

  #reference(referenceName: string, event: 'referenceCreated' | 'referenceUpdated' | 'referenceDeleted'): BranchEvent {
    return { ...this.#envelope(), source: 'aws.codecommit', 'detail-type': 'CodeCommit Repository State Change', detail: { event, repositoryName: 'shop', referenceType: 'branch', referenceName } };
  }

  #install(): void {
    for (const client of [sfn, codeCommit, bus, kms, lambda]) client.reset();
    sfn.on(StartExecutionCommand).callsFake(({ stateMachineArn = '', name = '', input = '{}' }: { stateMachineArn?: string; name?: string; input?: string }) => {
      if (this.loseStarts > 0) {
        this.loseStarts -= 1;
        throw new Error('the function was killed');
      }
      const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      if (this.executions.has(arn)) throw new ExecutionAlreadyExists(failed);
      this.executions.set(arn, 'RUNNING');
      this.started.push(JSON.parse(input) as { release: string; attempt: number });
      return {};
    });
    sfn.on(DescribeExecutionCommand).callsFake(({ executionArn = '' }: { executionArn?: string }) => {
      const status = this.executions.get(executionArn);
      if (status === undefined) throw new ExecutionDoesNotExist(failed);
      return { status };
    });
    sfn.on(SendTaskSuccessCommand).callsFake(({ taskToken = '', output = '' }: { taskToken?: string; output?: string }) => {
      // A token is its execution's ARN here: one that is gone waits for nothing.
      if (this.executions.get(taskToken) !== 'RUNNING') throw Object.assign(new Error('gone'), { name: 'TaskTimedOut' });
      this.answers.set(taskToken, JSON.parse(output));
      return {};
    });
    kms.on(EncryptCommand).callsFake(({ Plaintext }: { Plaintext: Uint8Array }) => ({ CiphertextBlob: Uint8Array.from(Plaintext) }));
    kms.on(DecryptCommand).callsFake(({ CiphertextBlob }: { CiphertextBlob: Uint8Array }) => ({ Plaintext: Uint8Array.from(CiphertextBlob) }));
    bus.on(PutEventsCommand).callsFake(({ Entries = [] }: { Entries?: { DetailType?: string; Detail?: string }[] }) => {
      for (const { DetailType, Detail = '{}' } of Entries) if (DetailType === 'Drawbridge Report') this.#hear(JSON.parse(Detail) as Report);
      return { FailedEntryCount: 0 };
    });
    codeCommit.on(GetBranchCommand).callsFake(({ branchName = '' }: { branchName?: string }) => {
      const commitId = branchesOf(this.branches, branchName);
      if (commitId === undefined) throw new BranchDoesNotExistException(failed);
      return { branch: { branchName, commitId } };
    });
    codeCommit.on(ListBranchesCommand).callsFake(() => ({ branches: [...this.branches.keys()] }));
    codeCommit.on(GetCommitCommand).callsFake(({ commitId }: { commitId?: string }) => ({ commit: { commitId, author: { name: 'Kim', email: 'kim@example.com' }, message: 'Change', parents: [] } }));
    codeCommit.on(GetPullRequestCommand).callsFake(({ pullRequestId = '' }: { pullRequestId?: string }) => {
      const { branch = '', commit } = this.merged.get(pullRequestId) ?? {};
      return { pullRequest: { pullRequestTargets: [{ repositoryName: 'shop', sourceReference: `refs/heads/${branch}`, sourceCommit: commit, mergeMetadata: { isMerged: true } }] } };
    });
    lambda.on(InvokeCommand).callsFake(({ FunctionName, Payload }: { FunctionName?: string; Payload?: string }) => {
      const input = JSON.parse(String(Payload)) as unknown;
      if (FunctionName === 'start-release') return void this.pending.push(BranchEvent.parse(input));
      const answer = (it: unknown) => ({ Payload: { transformToString: () => JSON.stringify(it) } });
      if (FunctionName === 'remove-shell') return answer({ answer: this.shells.delete((input as RemoveShell).stackName) ? 'removed' : 'kept' });
      const { known, place } = input as LookForStacks;
      const there = [...this.stacks].filter(([name, { environment }]) => !known.includes(name) && (environment === 'dev') === (place.account === '222222222222'));
      const of = (stackName: string) => ({ stackName, stackArn: `arn:aws:cloudformation:eu-west-1:${place.account}:stack/${stackName}/1`, createdAt: longAgo, types: [] });
      const stacks = there.map(([stackName, { application, environment, branch }]) => ({ ...of(stackName), status: 'CREATE_COMPLETE', application, environment, ...(branch === undefined ? {} : { branch }) }));
      const shells = place.account === '222222222222' ? [...this.shells].map(([stackName, changeSet]) => ({ ...of(stackName), status: 'REVIEW_IN_PROGRESS', application: 'orders', environment: 'dev', changeSets: [changeSet] })) : [];
      return answer({ stacks: [...stacks, ...shells], cut: false });
    });
  }

  /** The rule for ends of branches' releases (BranchRule). */
  #hear({ about, release, branch, outcome }: Report): void {
    if (about === 'environment' && branch !== undefined && outcome !== undefined) this.pending.push({ ...this.#envelope(), source: 'drawbridge', 'detail-type': 'Drawbridge Report', detail: { release, branch, outcome } });
  }
}
