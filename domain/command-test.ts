import type { TargetRecord } from '../contracts/plan.ts';
import type { Release, ResolvedEnvironment, SealedTestFolder, Target } from '../contracts/release.ts';
import type { CommandTest } from '../contracts/steps.ts';
import { buildAnswer } from './build-answer.ts';
import { ConfigurationError, DeploymentFailedError } from './errors.ts';
import { filled, outputsOf, unknownIn } from './outputs.ts';
import type { Purpose } from './session.ts';

/** The CodeBuild project of a target account in which commands test what is deployed there. */
export const testProject = 'drawbridge-test';

/** The test with each text that outputs may stand in turned into another. */
export const mapVariables = (test: CommandTest, to: (text: string) => string): CommandTest => ({ ...test, variables: Object.fromEntries(Object.entries(test.variables).map(([name, text]) => [name, to(text)])) });

export interface TestedTarget {
  readonly target: Target;
  readonly command: CommandTest;
}

/** Every command that tests an environment, in the order in which they are run. */
export const commandsOf = ({ targets }: Pick<ResolvedEnvironment, 'targets'>): TestedTarget[] => targets.flatMap((target) => (target.commands ?? []).map((command) => ({ target, command })));

export function commandOf(environment: Pick<ResolvedEnvironment, 'name' | 'targets'>, test: number): TestedTarget {
  const found = commandsOf(environment)[test];
  if (found === undefined) throw new ConfigurationError(`Testing ${environment.name}: it has no test ${String(test)}. The workflow and the record do not agree; retry the release.`);
  return found;
}

export function testFolderOf(release: Pick<Release, 'id' | 'artifact'>, folder: string): SealedTestFolder {
  const found = release.artifact?.testFolders?.find((it) => it.folder === folder);
  if (found === undefined) throw new ConfigurationError(`Looking for the folder ${folder} in the artifact of ${release.id}: it is not there. Retry the release, which builds it again.`);
  return found;
}

interface Test {
  readonly release: string;
  readonly environment: string;
  readonly target: string;
  /** With the round of planning. */
  readonly attempt: string;
  readonly test: number;
}

export const testOperation = ({ release, environment, target, attempt, test }: Test): string => `test:${release}/${environment}/${target}/${attempt}#${String(test)}`;

/** How a build is told which wait it ends. */
export const operationVariable = 'DRAWBRIDGE_TEST';

interface Surroundings {
  readonly release: string;
  readonly environment: string;
  readonly operation: string;
  readonly record: Pick<TargetRecord, 'outputs' | 'taken'> | undefined;
}

/**
 * What a command finds in its environment.
 * @throws DeploymentFailedError naming an output that is not there
 */
export function testVariables({ target, command }: TestedTarget, { release, environment, operation, record }: Surroundings): Record<string, string> {
  const outputs = outputsOf(record);
  const [missing] = Object.values(command.variables).flatMap((text) => unknownIn(text, outputs));
  if (missing !== undefined) throw new DeploymentFailedError(`Testing ${environment}: "${command.run}" takes the output ${missing}, which ${target.stackName} does not have. Correct the name in drawbridge.yaml, or add the output.`);
  return {
    ...Object.fromEntries(Object.entries(record?.outputs ?? {}).map(([name, value]) => [`DRAWBRIDGE_OUTPUT_${name}`, value])),
    ...mapVariables(command, (text) => filled(text, outputs)).variables,
    ...(target.url === undefined ? {} : { DRAWBRIDGE_URL: filled(target.url, outputs) }),
    DRAWBRIDGE_ENVIRONMENT: environment,
    DRAWBRIDGE_REGION: target.region,
    DRAWBRIDGE_RELEASE: release,
    DRAWBRIDGE_COMMAND: command.run,
    [operationVariable]: operation,
  };
}

/** Narrows a session to the project and its log. */
export function testPolicy(purpose: Purpose, { account, region }: { readonly account: string; readonly region: string }): string {
  const statements = [
    { Action: ['codebuild:BatchGetBuilds', ...(purpose === 'execute' ? ['codebuild:StartBuild'] : [])], Resource: `arn:aws:codebuild:${region}:${account}:project/${testProject}` },
    { Action: ['logs:GetLogEvents'], Resource: `arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/${testProject}:log-stream:*` },
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) });
}

/** `again`: no build of it was started. */
export type TestAnswer = { readonly answer: 'passed' } | { readonly answer: 'again' } | { readonly answer: 'failed'; readonly reason: string };

interface Ended {
  readonly id: string;
  readonly status: string;
  readonly trouble: string | undefined;
  readonly logs: string | undefined;
}

interface About {
  readonly environment: string;
  readonly release: string;
  readonly tested: TestedTarget;
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/**
 * What the end of a build says of the test.
 * @param words from the end of its log
 * @returns `undefined` while it runs
 */
export function testAnswer({ environment, release, tested: { target, command } }: About, build: Ended | undefined, words?: string): TestAnswer | undefined {
  const answer = build === undefined ? 'failed' : buildAnswer(build.status);
  if (answer === undefined) return undefined;
  if (answer === 'built') return { answer: 'passed' };
  const why = build === undefined ? 'CodeBuild does not know its build any more' : (words ?? (build.status === 'TIMED_OUT' ? `it took longer than ${String(command.withinMinutes)} minutes` : build.trouble ?? `its build ended as ${build.status}`));
  const log = build?.logs === undefined ? '' : ` Log, in account ${target.account} (${target.accountName}): ${build.logs}`;
  return {
    answer: 'failed',
    reason: `What is deployed in ${environment} fails its test "${oneLine(command.run)}" of ${target.stackName}: ${oneLine(why).replace(/[. ]+$/, '')}. The release stops before the next environment. Mend it and push again, or test it again with drawbridge retry ${release}.${log}`,
  };
}
