import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import type { Release } from '../contracts/release.ts';
import { askForMore, buildsAtOnce } from '../domain/build-line.ts';
import { testAnswer, type TestAnswer, type TestedTarget, testPolicy, testProject } from '../domain/command-test.ts';
import { DeploymentFailedError } from '../domain/errors.ts';
import type { Purpose } from '../domain/session.ts';
import { readLastWords } from './build-logs.ts';
import { readBuild } from './codebuild.ts';
import { calling, isNamed } from './errors.ts';
import { retries } from './once.ts';
import { credentialsFor } from './sts.ts';

interface Visit {
  readonly release: Pick<Release, 'id' | 'application' | 'commit'>;
  readonly environment: string;
  readonly tested: TestedTarget;
  /** Of the control plane: there the project is, whichever Region the stack is in. */
  readonly region: string;
}

/** The test project of a target account, with a session for it and nothing else. */
export interface TestAccount extends Visit {
  readonly codeBuild: CodeBuildClient;
  readonly logs: CloudWatchLogsClient;
}

export async function testAccountFor(purpose: Purpose, visit: Visit): Promise<TestAccount> {
  const { release, environment, tested: { target }, region } = visit;
  const context = { release: release.id, environment, application: release.application, commit: release.commit };
  const credentials = { ...(await credentialsFor(target, purpose, context, testPolicy(purpose, { account: target.account, region }))) };
  return { ...visit, codeBuild: new CodeBuildClient({ ...retries, region, credentials }), logs: new CloudWatchLogsClient({ ...retries, region, credentials }) };
}

interface TestOrder {
  /** Bucket and key of the folder. */
  readonly archive: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly idempotencyToken: string;
}

/** What comes with CodeBuild it pulls itself; the rest is pulled with the project's role (CodeBuild API: StartBuild). */
const imageOf = (image: string) => ({ imageOverride: image, imagePullCredentialsTypeOverride: image.startsWith('aws/codebuild/') ? ('CODEBUILD' as const) : ('SERVICE_ROLE' as const) });

/**
 * Starts the build that runs the command.
 * @returns its ARN, or `refused` when the account takes no more builds now
 */
export async function startTest({ tested: { target, command }, codeBuild }: TestAccount, { archive, variables, idempotencyToken }: TestOrder): Promise<{ readonly build: string } | 'refused'> {
  const { account, accountName } = target;
  const doing = `starting the test "${command.run}" in account ${account} (${accountName}), whose stack drawbridge-target allows it with TestProject: true`;
  try {
    const { build } = await calling(doing, () =>
      codeBuild.send(
        new StartBuildCommand({
          projectName: testProject,
          sourceTypeOverride: 'S3',
          sourceLocationOverride: archive,
          timeoutInMinutesOverride: command.withinMinutes,
          idempotencyToken,
          environmentVariablesOverride: Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
          ...(command.image === undefined ? {} : imageOf(command.image)),
        }),
      ),
    );
    return { build: build?.arn ?? '' };
  } catch (error) {
    if (isNamed(error, 'AccountLimitExceededException')) {
      if (buildsAtOnce(error.message) !== 0) return 'refused';
      throw new DeploymentFailedError(`${doing}: CodeBuild of this account may not build at all on such machines (${error.message}). Retry the release when it may: ${askForMore}.`, { cause: error });
    }
    if (isNamed(error, 'ResourceNotFoundException')) throw new DeploymentFailedError(`${doing}: ${error.message.replace(/\.$/, '')}. Deploy that stack with it, then retry the release.`, { cause: error });
    if (isNamed(error, 'InvalidInputException')) throw new DeploymentFailedError(`${doing}: ${error.message.replace(/\.$/, '')}. Correct the test in drawbridge.yaml and push again.`, { cause: error });
    throw error;
  }
}

/** How a test ended, read from the target account itself, or nothing while it runs. */
export async function readTestAnswer({ release, environment, tested, codeBuild, logs }: TestAccount, build: string): Promise<TestAnswer | undefined> {
  const about = { environment, release: release.id, tested };
  const found = await readBuild(build, codeBuild);
  const answer = testAnswer(about, found);
  return found === undefined || answer?.answer !== 'failed' ? answer : testAnswer(about, found, await readLastWords(found, logs));
}
