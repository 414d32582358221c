// `npm start`: the local cloud, the control plane, a sample application pushed to three accounts.
import { readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { parse } from 'yaml';
import { approveCommand } from '../cli/approve-command.ts';
import { BuildLog } from '../cli/build-log.ts';
import { ReleasesAnswer } from '../contracts/commands.ts';
import { ApplicationName } from '../contracts/names.ts';
import { defaultStateDir } from './cloud.ts';
import { knock } from './door.ts';
import { eventually } from './eventually.ts';
import { follow } from './follow.ts';
import { Parts } from './parts.ts';
import { openProject, type Project, push } from './project.ts';
import { bringUp, type System } from './system.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const help = `npm start [-- OPTIONS]

  --app PATH       deploy the SAM or CloudFormation application in PATH
  --example NAME   deploy examples/NAME (orders unless you say otherwise)
  --yes            approve production as the sample approver, then stop
  --keep           keep the state of the last start
  --help
`;

const { values: options } = parseArgs({
  options: { app: { type: 'string' }, example: { type: 'string', default: 'orders' }, yes: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

/** The name that `drawbridge.yaml` gives the application, else the folder's. */
async function nameOf(folder: string): Promise<string> {
  const file = await readFile(join(folder, 'drawbridge.yaml'), 'utf8').catch(() => '');
  const said = file === '' ? undefined : (parse(file) as { application?: unknown } | null)?.application;
  const name = typeof said === 'string' ? said : basename(folder).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[^a-z]+|-+$/g, '').slice(0, 24);
  return ApplicationName.parse(name === '' ? 'application' : name);
}

async function releaseOf(system: System, application: string, commit: string): Promise<string> {
  return await eventually(`a release of ${commit.slice(0, 8)}`, async () => {
    const answer = ReleasesAnswer.parse(await knock(system.doorUrl, system.people.alex, system.cloud.region, 'GET', `/releases?application=${application}&limit=5`));
    return answer.releases.find((release) => release.commit === commit)?.id;
  });
}

/** The link in the newest mail to the first approver. */
async function approvalLink(system: System): Promise<string> {
  return await eventually('the mail to the approver', async () => {
    const mails = await system.cloud.admin.mails();
    return /https?:\/\/\S+\/approvals\/\S+/.exec(mails.findLast(({ to }) => to.startsWith('alex'))?.body ?? '')?.[0];
  });
}

async function run(parts: Parts): Promise<number> {
  const source = resolve(options.app ?? join(root, 'examples', options.example));
  const application = await nameOf(source);
  const stateDir = defaultStateDir;
  if (!options.keep) await Promise.all([stateDir, join(stateDir, '..', 'work')].map((folder) => rm(folder, { recursive: true, force: true })));
  const system = await bringUp({ stateDir, persist: options.keep, part: parts.part });
  try {
    await parts.part(`application ${application} registered`, async () => {
      await system.prepareTargets(source);
      await system.addApplications(application);
    });
    const project = await openProject(source, join(stateDir, '..', 'work'));
    const code = await deliver(system, application, project, parts);
    if (options.yes) return code;
    explain(system, application, project, parts);
    await new Promise<void>((stopped) => {
      // Nothing else keeps the process: the emulator is a child that must not.
      setInterval(() => undefined, 60_000);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stopped(); });
    });
    return code;
  } finally {
    await system.stop();
  }
}

async function deliver(system: System, application: string, project: Project, parts: Parts): Promise<number> {
  await parts.part(`pushed ${project.head.slice(0, 8)} to main`, () => push(project, system.cloud.gitRemote(application)));
  const began = Date.now();
  const release = await releaseOf(system, application, project.head);
  const told = { lines: 0, log: new BuildLog((path) => knock(system.doorUrl, system.people.alex, system.cloud.region, 'GET', path), release) };
  const tell = { story: (text: string) => { parts.step(text); }, log: (line: string) => { parts.line(pc.dim(`${' '.repeat(10)}${line}`)); } };
  const answered = new Set<string>();
  for (;;) {
    const { shown, waiting } = await follow(system, release, told, tell, answered);
    if (waiting === undefined) return await finish(shown, system, parts, (Date.now() - began) / 1000);
    const { id, environment } = waiting;
    answered.add(id);
    if (options.yes) {
      await knock(system.doorUrl, system.people.alex, system.cloud.region, 'POST', `/releases/${release}/environments/${environment}/decision`, { decision: 'approve', reason: 'npm start -- --yes' });
      continue;
    }
    parts.line('');
    parts.line(`  ${pc.bold(`${environment} waits for your answer.`)} Open ${pc.underline(await approvalLink(system))}`);
    parts.line(`  or answer from the mailbox ${system.cloud.mailboxUrl} or in Slack ${system.slackApp.slack.url}`);
    parts.line(`  or run  npx ${approveCommand(waiting)}`);
    parts.line('');
  }
}

async function finish({ release, targets }: Awaited<ReturnType<typeof follow>>['shown'], system: System, parts: Parts, seconds: number): Promise<number> {
  const good = release.outcome === 'deployed' || release.outcome === 'no-changes';
  parts.line('');
  parts.line(`${good ? pc.green(release.outcome ?? '') : pc.red(release.outcome ?? '')} ${release.id} ${pc.dim(`${seconds.toFixed(1)} s from push to end`)}`);
  if (release.reason !== undefined) parts.line(release.reason);
  for (const remark of release.remarks) parts.line(`  ${pc.yellow('remark')} ${remark}`);
  for (const { environment, stackName, outputs = {} } of targets) {
    for (const [name, value] of Object.entries(outputs)) parts.line(`  ${environment.padEnd(8)} ${stackName}  ${name} = ${value}${await answerOf(value)}`);
  }
  // What CodeDeploy deployed has no outputs; it answers on the instances.
  for (const { account, id, port } of await system.cloud.admin.instances()) parts.line(`  ${account} ${id}  http://127.0.0.1:${String(port)}/${await answerOf(`http://127.0.0.1:${String(port)}/`)}`);
  parts.line(pc.dim(`  ${parts.summary()}; ${parts.since()} in all`));
  return good ? 0 : 1;
}

/** What an address that was deployed answers; anything else has no answer. */
async function answerOf(value: string): Promise<string> {
  if (!/^https?:\/\//.test(value)) return '';
  try {
    const response = await fetch(value, { signal: AbortSignal.timeout(20_000) });
    return pc.dim(`  answers ${String(response.status)} ${(await response.text()).slice(0, 100)}`);
  } catch (error) {
    return pc.red(`  does not answer: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function explain(system: System, application: string, { folder }: Project, parts: Parts): void {
  parts.line('');
  parts.line('It keeps running. To release the next change:');
  parts.line(`  cd ${folder}`);
  parts.line('  # change something, then');
  parts.line('  git commit -am "My change" && git push drawbridge HEAD:main');
  parts.line('');
  parts.line(`  git remote   ${system.cloud.gitRemote(application)}`);
  parts.line(`  mailbox      ${system.cloud.mailboxUrl}`);
  parts.line(`  Slack        ${system.slackApp.slack.url}`);
  parts.line('  environments .drawbridge/cloud/environments.yaml: change it, then npx drawbridge register .drawbridge/cloud/environments.yaml');
  parts.line('  status       npx drawbridge status');
  parts.line('  stop         Ctrl-C');
}

if (options.help) process.stdout.write(help);
else {
  const parts = new Parts();
  try {
    process.exit(await run(parts));
  } catch (error) {
    process.stderr.write(`${pc.red('npm start:')} ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
