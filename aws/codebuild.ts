import { BatchGetBuildsCommand, BatchGetProjectsCommand, CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { askForMore, buildsAtOnce } from '../domain/build-line.ts';
import { DeploymentFailedError } from '../domain/errors.ts';
import type { BuildSource, Built } from '../domain/source.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const codeBuild = once(() => new CodeBuildClient(retries));

export interface BuildOrder {
  readonly project: string;
  readonly source: BuildSource;
  readonly variables: Readonly<Record<string, string>>;
  /** CodeBuild knows it for five minutes (CodeBuild API: StartBuild). */
  readonly idempotencyToken: string;
}

/** `refused`: as many builds as the account may have run or queue already; how many that are is said where it is known. */
export type BuildStart = { readonly answer: 'started'; readonly id: string } | { readonly answer: 'refused'; readonly limit: number | undefined };

export async function startBuild({ project, source: { version, archive }, variables, idempotencyToken }: BuildOrder): Promise<BuildStart> {
  try {
    const { build } = await calling(`starting a build of ${project}`, () =>
      codeBuild().send(
        new StartBuildCommand({
          projectName: project,
          sourceVersion: version,
          ...(archive === undefined ? {} : { sourceTypeOverride: 'S3', sourceLocationOverride: archive }),
          idempotencyToken,
          environmentVariablesOverride: Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
        }),
      ),
    );
    return { answer: 'started', id: build?.id ?? '' };
  } catch (error) {
    // New accounts queue nothing: "Cannot have more than 1 builds in queue for the account" (CodeBuild User Guide, "Quotas"; F 5.6).
    if (isNamed(error, 'AccountLimitExceededException')) {
      const limit = buildsAtOnce(error.message);
      if (limit !== 0) return { answer: 'refused', limit };
      throw new DeploymentFailedError(`Starting a build of ${project}: CodeBuild of this account may not build at all on such machines (${error.message}). Retry the release when it may: ${askForMore}, or ask AWS Support.`, { cause: error });
    }
    if (isNamed(error, 'ResourceNotFoundException')) {
      throw new DeploymentFailedError(`Starting a build: there is no CodeBuild project ${project}. Deploy infra/application.yaml for the application, then retry the release.`, { cause: error });
    }
    throw error;
  }
}

export interface Build extends Built {
  readonly id: string;
  readonly project: string;
  readonly status: string;
  /** As it was started with; the build cannot change it. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the build exported: CodeBuild's own record, which nobody can change afterwards. */
  readonly exported: Readonly<Record<string, string>>;
  /** Phase and words of the first failure. */
  readonly trouble: string | undefined;
  readonly logs: string | undefined;
  /** Where its log is in CloudWatch Logs, when it has begun one. */
  readonly log: { readonly group: string; readonly stream: string } | undefined;
}

/**
 * @param id `project:uuid`, or the build's ARN
 * @param client of another account, where the build is not ours
 */
export async function readBuild(id: string, client = codeBuild()): Promise<Build | undefined> {
  const short = id.startsWith('arn:') ? id.slice(id.indexOf(':build/') + ':build/'.length) : id;
  const { builds } = await calling(`looking at build ${short}`, () => client.send(new BatchGetBuildsCommand({ ids: [short] })));
  const build = builds?.[0];
  if (build === undefined) return undefined;
  const failed = build.phases?.find(({ phaseStatus }) => phaseStatus !== undefined && !['SUCCEEDED', 'IN_PROGRESS', 'QUEUED'].includes(phaseStatus));
  const { groupName: group, streamName: stream, deepLink } = build.logs ?? {};
  const words = failed?.contexts?.map(({ message }) => message).filter((message) => message !== undefined && message !== '').join(' ');
  return {
    id: build.id ?? short,
    project: build.projectName ?? '',
    status: build.buildStatus ?? '',
    commit: build.resolvedSourceVersion,
    source: { type: build.source?.type ?? '', location: build.source?.location ?? '', version: build.sourceVersion ?? '' },
    variables: Object.fromEntries((build.environment?.environmentVariables ?? []).map(({ name = '', value = '' }) => [name, value])),
    exported: Object.fromEntries((build.exportedEnvironmentVariables ?? []).map(({ name = '', value = '' }) => [name, value])),
    trouble: failed === undefined ? undefined : `${failed.phaseType ?? 'a phase'}: ${words ?? ''}`,
    logs: deepLink,
    log: group === undefined || stream === undefined ? undefined : { group, stream },
  };
}

/** On what a project builds, or `undefined` when there is no such project. */
export async function findProject(name: string): Promise<{ readonly type: string; readonly computeType: string } | undefined> {
  const { projects } = await calling(`looking for the build project ${name}`, () => codeBuild().send(new BatchGetProjectsCommand({ names: [name] })));
  const { environment } = projects?.[0] ?? {};
  return environment === undefined ? undefined : { type: environment.type ?? '', computeType: environment.computeType ?? '' };
}
