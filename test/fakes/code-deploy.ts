import { BatchGetDeploymentsCommand, CodeDeployClient, CreateDeploymentCommand, type DeploymentInfo, GetDeploymentCommand, GetDeploymentGroupCommand, GetDeploymentTargetCommand, ListDeploymentsCommand, ListDeploymentTargetsCommand, type RevisionLocation } from '@aws-sdk/client-codedeploy';
import { mockClient } from 'aws-sdk-client-mock';
import { refused } from './refused.ts';

interface Script {
  readonly event: string;
  readonly scriptName: string;
  readonly message: string;
  readonly logTail: string;
}

/** One deployment group that keeps what it was told. Deployments end when the test says so. */
export class FakeCodeDeploy {
  readonly deployments: DeploymentInfo[] = [];
  readonly names: string[] = [];
  /** Why the newest deployment failed. */
  script: Script | undefined;
  exists = true;
  rollsBack = true;
  computePlatform: 'Server' | 'Lambda' | 'ECS' = 'Server';
  now = () => new Date('2026-01-01T00:00:00.000Z');
  /** Called between CreateDeployment and its answer. */
  onCreate: () => void = () => undefined;
  readonly #mock = mockClient(CodeDeployClient);

  install(): this {
    this.#mock.on(GetDeploymentGroupCommand).callsFake(() => this.#group());
    this.#mock.on(CreateDeploymentCommand).callsFake((input: { revision: RevisionLocation; description: string }) => this.#create(input));
    this.#mock.on(GetDeploymentCommand).callsFake(({ deploymentId }: { deploymentId: string }) => this.#seen('GetDeployment', { deploymentInfo: this.deployment(deploymentId) }));
    this.#mock.on(ListDeploymentsCommand).callsFake(({ createTimeRange }: { createTimeRange: { start: Date } }) =>
      this.#seen('ListDeployments', { deployments: this.deployments.filter(({ createTime }) => createTime !== undefined && createTime >= createTimeRange.start).map(({ deploymentId }) => deploymentId) }));
    this.#mock.on(BatchGetDeploymentsCommand).callsFake(({ deploymentIds }: { deploymentIds: string[] }) => this.#seen('BatchGetDeployments', { deploymentsInfo: deploymentIds.map((id) => this.deployment(id)) }));
    this.#mock.on(ListDeploymentTargetsCommand).callsFake(() => this.#seen('ListDeploymentTargets', { targetIds: this.script === undefined ? [] : ['i-1'] }));
    this.#mock.on(GetDeploymentTargetCommand).callsFake(() => {
      const { event = '', ...diagnostics } = this.script ?? {};
      return this.#seen('GetDeploymentTarget', { deploymentTarget: { instanceTarget: { lifecycleEvents: [{ lifecycleEventName: 'Install', status: 'Succeeded' }, { lifecycleEventName: event, status: 'Failed', diagnostics }] } } });
    });
    return this;
  }

  restore(): void {
    this.#mock.restore();
  }

  deployment(id: string | undefined): DeploymentInfo {
    const found = this.deployments.find(({ deploymentId }) => deploymentId === id);
    if (found === undefined) throw refused('DeploymentDoesNotExistException', `no deployment ${String(id)}`);
    return found;
  }

  get last(): DeploymentInfo {
    return this.deployment(`d-${String(this.deployments.length)}`);
  }

  /** Begins one as somebody else would. */
  begin(revision: RevisionLocation, more: Partial<DeploymentInfo> = {}): DeploymentInfo {
    const deployment: DeploymentInfo = {
      deploymentId: `d-${String(this.deployments.length + 1)}`,
      status: 'InProgress',
      revision,
      createTime: this.now(),
      autoRollbackConfiguration: { enabled: this.rollsBack, events: ['DEPLOYMENT_FAILURE'] },
      ...(this.#good === undefined ? {} : { previousRevision: this.#good.revision }),
      ...more,
    };
    this.deployments.push(deployment);
    return deployment;
  }

  /** Ends the one that runs; a failure begins a rollback where there is something to go back to. */
  end(status: 'Succeeded' | 'Failed' | 'Stopped', rollback = true): void {
    const good = this.#good;
    const running = this.last;
    Object.assign(running, { status, completeTime: this.now() });
    if (status !== 'Failed' || !rollback || !this.rollsBack || good?.revision === undefined || running.creator === 'codeDeployRollback') return;
    const back = this.begin(good.revision, { creator: 'codeDeployRollback' });
    running.rollbackInfo = { rollbackDeploymentId: back.deploymentId };
  }

  get #good(): DeploymentInfo | undefined {
    return this.deployments.findLast(({ status }) => status === 'Succeeded');
  }

  #seen<Answer>(name: string, answer: Answer): Answer {
    this.names.push(name);
    return answer;
  }

  #group() {
    if (!this.exists) throw refused('DeploymentGroupDoesNotExistException', 'No Deployment Group found for name: web');
    const last = this.deployments.at(-1);
    const short = (it: DeploymentInfo | undefined) => (it === undefined ? undefined : { deploymentId: it.deploymentId, status: it.status });
    return this.#seen('GetDeploymentGroup', { deploymentGroupInfo: { deploymentConfigName: 'CodeDeployDefault.OneAtATime', computePlatform: this.computePlatform, lastSuccessfulDeployment: short(this.#good), lastAttemptedDeployment: short(last) } });
  }

  #create({ revision, description }: { revision: RevisionLocation; description: string }) {
    this.names.push('CreateDeployment');
    if (this.deployments.at(-1)?.status === 'InProgress') throw refused('DeploymentLimitExceededException', "The Deployment Group 'web' already has an active Deployment");
    const { deploymentId } = this.begin(revision, { description });
    this.onCreate();
    return { deploymentId };
  }
}
