import { setTimeout as sleep } from 'node:timers/promises';
import { CodeCommitClient, CreatePullRequestCommand, MergePullRequestByFastForwardCommand } from '@aws-sdk/client-codecommit';
import { stringify } from 'yaml';
import { DoorError } from '../../aws/door-client.ts';
import { branchEnvironmentName } from '../../domain/branch-name.ts';
import type { OutsideHappening } from '../fakes/happenings.ts';
import { allBranches, type Branch } from '../fakes/history-branches.ts';
import type { Application, Town } from './town.ts';

/** Milliseconds in which the machines go on when they are let. */
const moment = 150;

/** One history in a repository of its own: people really push, and the events of it are in our hand. */
export class LocalHistory {
  readonly application: string;
  /** Where each branch stands. */
  readonly commits = new Map<Branch, string>();
  /** What each commit puts into its stack. */
  readonly texts = new Map<string, string>();
  readonly #town: Town;
  readonly #repository: Application;
  readonly #last = new Map<Branch, string>();
  #start = '';
  #merges = 0;

  private constructor(town: Town, repository: Application) {
    this.#town = town;
    this.#repository = repository;
    this.application = repository.name;
  }

  static async begin(town: Town, repository: Application): Promise<LocalHistory> {
    const history = new LocalHistory(town, repository);
    // The first branch is the repository's default, which CodeCommit does not delete; no environment takes it.
    history.#start = await history.#push('start', 'Begin');
    const { name } = repository;
    const patterns = [
      { source: ['aws.codecommit'], detail: { repositoryName: [name], referenceName: allBranches } },
      { source: ['aws.codecommit'], detail: { repositoryNames: [name], isMerged: ['True'] } },
      { source: ['drawbridge'], 'detail-type': ['Drawbridge Report'], detail: { application: [name], about: ['environment'], branch: [{ exists: true }], outcome: [{ exists: true }] } },
    ];
    for (const pattern of patterns) await town.system.cloud.admin.keepEvents(name, pattern);
    return history;
  }

  /** Whatever was not heard by now is lost, and from now on everything is heard. */
  async loseTheRest(): Promise<void> {
    await this.#town.system.cloud.admin.loseKeptEvents(this.application);
  }

  async happen(it: OutsideHappening): Promise<void> {
    switch (it.kind) {
      case 'push':
        this.commits.set(it.branch, await this.#push(it.branch, `${it.branch} ${String(this.texts.size)}`));
        return;
      case 'delete':
        await this.#delete(it.branch);
        return;
      case 'restore':
        await this.#restore(it.branch);
        return;
      case 'merge':
        await this.#merge(it.branch);
        return;
      case 'stop':
        await this.#stop(it.branch);
        return;
      case 'deliver':
      case 'double':
      case 'lose':
        await this.#decide(it.kind, it.number);
        return;
      case 'advance':
        await sleep(it.states * moment);
    }
  }

  async #push(branch: string, text: string): Promise<string> {
    const { git } = { git: (...args: string[]) => this.#repository.git(...args) };
    await this.#repository.write({
      'template.yaml': stringify({ Resources: { Text: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: text } } }, Outputs: { Text: { Value: { 'Fn::GetAtt': ['Text', 'Value'] } } } }),
      'drawbridge.yaml': stringify({ version: 1, build: { kind: 'cloudformation' }, order: ['dev'], branches: [{ branch: 'feature/*', environment: 'sandbox', idle: '24 hours', timeToLive: '72 hours' }] }),
    });
    await git('add', '--all');
    await git('commit', '--quiet', '--message', text);
    const commit = await git('rev-parse', 'HEAD');
    this.texts.set(commit, text);
    await this.#send(`${commit}:refs/heads/${branch}`);
    return commit;
  }

  async #send(what: string): Promise<void> {
    await this.#repository.git('push', '--quiet', '--force', this.#town.system.cloud.gitRemote(this.application), what);
  }

  async #delete(branch: Branch): Promise<void> {
    const commit = this.commits.get(branch);
    if (branch === 'main' || commit === undefined) return;
    await this.#send(`:refs/heads/${branch}`);
    this.commits.delete(branch);
    this.#last.set(branch, commit);
  }

  async #restore(branch: Branch): Promise<void> {
    const commit = this.#last.get(branch);
    if (commit === undefined || this.commits.has(branch)) return;
    await this.#send(`${commit}:refs/heads/${branch}`);
    this.commits.set(branch, commit);
  }

  /** Into a branch of its own each time, so that nothing is in the way of the next. */
  async #merge(branch: Branch): Promise<void> {
    if (branch === 'main' || !this.commits.has(branch)) return;
    const into = `into-${String((this.#merges += 1))}`;
    await this.#send(`${this.#start}:refs/heads/${into}`);
    const [codeCommit, repositoryName] = [new CodeCommitClient(this.#town.client()), this.application];
    const { pullRequest } = await codeCommit.send(new CreatePullRequestCommand({ title: branch, targets: [{ repositoryName, sourceReference: branch, destinationReference: into }] }));
    await codeCommit.send(new MergePullRequestByFastForwardCommand({ repositoryName, pullRequestId: pullRequest?.pullRequestId ?? '' }));
  }

  /** Who has no environment to stop is told so. */
  async #stop(branch: Branch): Promise<void> {
    const path = `/applications/${this.application}/environments/${branchEnvironmentName(branch)}/stop`;
    await this.#town.ask('POST', path, { reason: 'Stopped.' }).catch((error: unknown) => {
      if (!(error instanceof DoorError) || error.status >= 500) throw error;
    });
  }

  async #decide(how: 'deliver' | 'double' | 'lose', number: number): Promise<void> {
    const { admin } = this.#town.system.cloud;
    const kept = await admin.keptEvents(this.application);
    const event = kept[number % Math.max(1, kept.length)];
    if (event !== undefined) await admin.decideOnEvent(event.number, how);
  }
}
