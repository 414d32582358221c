import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Credentials } from '../local/cloud.ts';
import { until } from '../test/fakes/until.ts';
import { type Application, outcomes, type Shown, type Town } from '../test/local/town.ts';
import { newestBuild } from './builds.ts';
import { eachInSeconds, inSeconds, median, type Row } from './print.ts';
import { type Subject, subjects } from './subjects.ts';
import { developerOf, idle, timed } from './workplace.ts';

const rounds = 3;

/** Milliseconds, one for each round. */
interface Times {
  /** The tool alone, packaging. */
  readonly packaged: number[];
  readonly program: number[];
  readonly build: number[];
  readonly pushed: number[];
  readonly environment: number[];
  /** The tools alone, deploying. */
  readonly deployed: Record<string, number[]>;
}

export interface SideBySide {
  readonly building: readonly Row[];
  readonly deploying: readonly Row[];
  /** Milliseconds of `cdk bootstrap`, which `cdk deploy` needs once. */
  readonly bootstrap: number;
}

/** Who runs the plain tools: in the account that packages, and in the one that is deployed to. */
type People = Readonly<Record<'tools' | 'staging', Credentials>>;

/**
 * The same applications, built and deployed by a push and by the plain tools: created in the first round, updated in the
 * others. In turn, and when the local cloud is idle, so that a noisy machine is noisy for all. A push goes to the account
 * dev, the tools to staging, because their stacks have the same names.
 */
export async function sideBySide(town: Town): Promise<SideBySide> {
  const { cloud } = town.system;
  const apps = await town.applications(...subjects.map(({ name }) => name));
  for (const app of apps.filter(({ name }) => name !== 'parameters')) await app.copyExample();
  const people = { tools: await developerOf(cloud, cloud.accounts.tools), staging: await developerOf(cloud, cloud.accounts.staging) };
  const bootstrap = await timed(cloud, people.staging, [['cdk', 'bootstrap', `aws://${cloud.accounts.staging}/${cloud.region}`]]);
  const building: Row[] = [];
  const deploying: Row[] = [];
  for (const subject of subjects) {
    const times = await measure(town, subject, people);
    building.push(buildingRow(subject, upload(town), times));
    deploying.push(...deployingRows(subject.name, times));
  }
  return { building, deploying, bootstrap };
}

async function measure(town: Town, subject: Subject, people: People): Promise<Times> {
  const { cloud } = town.system;
  const app = town.application(subject.name);
  const times: Times = { packaged: [], program: [], build: [], pushed: [], environment: [], deployed: {} };
  const packaging = () => timed(cloud, people.tools, subject.packaging(upload(town)), app.folder);
  const turns = [
    () => release(town, app, times),
    async () => void times.packaged.push(await packaging()),
    ...subject.deploying.map(({ tool, commands }) => async () => void (times.deployed[tool] ??= []).push(await timed(cloud, people.staging, commands, app.folder))),
  ];
  await commit(app, subject, 0);
  // Not counted: what npm downloads is in the cache from here on, for all.
  await packaging();
  for (let round = 1; round <= rounds; round += 1) {
    await commit(app, subject, round);
    // Not always the same one first: the machine keeps files at hand that the one before has read.
    for (const turn of round % 2 === 1 ? turns : turns.toReversed()) await turn();
  }
  for (const account of ['dev', 'staging'] as const) await mustWork(town, subject, account);
  return times;
}

async function commit(app: Application, subject: Subject, round: number): Promise<void> {
  await app.write(await subject.files(app, round));
  await app.git('add', '--all');
  await app.git('commit', '--quiet', '--message', `Round ${String(round)}`);
}

const upload = ({ system: { cloud, outputs } }: Town) => ({ bucket: outputs['ArtifactBucket'] ?? '', keyArn: outputs['ArtifactKeyArn'] ?? '', region: cloud.region });

async function release(town: Town, app: Application, times: Times): Promise<void> {
  await idle(town.system.cloud);
  const pushed = Date.now();
  const ended = await app.release({});
  // What is told of the end follows the end itself.
  const shown = await until('the story says the end', async () => {
    const now = await town.show(ended.release.id);
    return now.story.some(({ kind, about }) => kind === 'ended' && about === 'release') ? now : undefined;
  });
  if (outcomes(shown)['dev'] !== 'deployed') throw new Error(`Measuring ${app.name}: its release was not deployed: ${shown.release.reason ?? JSON.stringify(shown.environments)}`);
  times.pushed.push(at(shown, 'ended', 'release') - pushed);
  times.environment.push(at(shown, 'ended', 'environment') - at(shown, 'started', 'environment'));
  const { program, whole } = await newestBuild(town, app.name);
  times.program.push(program);
  times.build.push(whole);
}

/** When the release or its one environment began, or ended, as its story says. */
function at({ story }: Shown, kind: 'started' | 'ended', about: 'release' | 'environment'): number {
  const found = story.find((it) => it.kind === kind && it.about === about);
  if (found === undefined) throw new Error(`Measuring a release: its story does not say when the ${about} ${kind}.`);
  return Date.parse(found.at);
}

/** @throws Error where a stack was not created and then updated, or what was deployed does not answer: their seconds would mean nothing */
async function mustWork(town: Town, { name, stacks, answers }: Subject, account: 'dev' | 'staging'): Promise<void> {
  const client = new CloudFormationClient(town.client(account));
  for (const StackName of stacks[account]) {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    if (stack?.StackStatus !== 'UPDATE_COMPLETE') throw new Error(`Measuring ${name}: the stack ${StackName} in ${account} is ${stack?.StackStatus ?? 'not there'}, not UPDATE_COMPLETE.`);
    if (answers === undefined) continue;
    const url = stack.Outputs?.find(({ OutputKey }) => OutputKey === answers.output)?.OutputValue ?? '';
    const { status } = await fetch(`${url}${answers.path}`);
    if (status !== answers.status) throw new Error(`Measuring ${name}: ${url}${answers.path} in ${account} answers ${String(status)}, not ${String(answers.status)}.`);
  }
}

function buildingRow(subject: Subject, to: ReturnType<typeof upload>, { packaged, program, build }: Times): Row {
  const commands = subject.packaging(to).map(([command, ...words]) => [command, ...words.slice(0, command === 'aws' ? 2 : 1)].join(' '));
  return {
    application: subject.name,
    'plain tool': commands.join(', '),
    'alone, s': inSeconds(median(packaged)),
    'in our build, s': inSeconds(median(program)),
    'overhead, s': inSeconds(median(program) - median(packaged)),
    'whole build, s': inSeconds(median(build)),
    'alone, all rounds': eachInSeconds(packaged),
    'in our build, all rounds': eachInSeconds(program),
  };
}

function deployingRows(application: string, { pushed, environment, deployed }: Times): Row[] {
  const row = (by: string, numbers: readonly number[], what: string): Row => ({ application, by, 'median, s': inSeconds(median(numbers)), 'all rounds': eachInSeconds(numbers), what });
  return [
    row('drawbridge, push to end', pushed, 'event, build, seal, plan, execute, report'),
    row('drawbridge, plan to end', environment, 'the one environment of it'),
    ...Object.entries(deployed).map(([tool, numbers]) => row(tool, numbers, 'from a clean clone')),
  ];
}
