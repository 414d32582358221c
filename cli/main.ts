import { Command, CommanderError, Option } from 'commander';
import { ControlPlane, type ConnectOptions } from './connect.ts';
import { adopt, type AdoptOptions } from './commands/adopt.ts';
import { decide, retry } from './commands/decide.ts';
import { doctor } from './commands/doctor.ts';
import { envs, stop } from './commands/envs.ts';
import { cancel, halt, promote, remove, resume, rollback } from './commands/go-on.ts';
import { delegate, inbox } from './commands/inbox.ts';
import { down, reset, up } from './commands/local.ts';
import { log } from './commands/log.ts';
import type { OffboardOptions } from './commands/offboard.ts';
import { plan } from './commands/plan.ts';
import { register } from './commands/register.ts';
import { show } from './commands/show.ts';
import { releases, status } from './commands/status.ts';
import { sweep } from './commands/sweep.ts';
import { validate } from './commands/validate.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { Output } from './output.ts';

interface Common extends ConnectOptions {
  readonly json: boolean;
}

const program = new Command('drawbridge')
  .description('Deploys into many AWS accounts: built once, planned everywhere, approved by a person, executed exactly so.')
  .option('--json', 'one JSON document instead of text', false)
  .option('--url <url>', 'the control plane’s address (DRAWBRIDGE_URL)')
  .option('--region <region>', 'its Region (AWS_REGION)')
  .option('--stack <name>', 'its stack', 'drawbridge')
  .option('--as <person>', 'who you are in the local cloud', 'alex')
  .exitOverride()
  .configureHelp({ sortSubcommands: false });

const output = () => new Output(program.opts<Common>().json);
const controlPlane = () => new ControlPlane(program.opts<Common>());

/** Runs a command and turns how it ended into the exit code. */
function ending<Args extends unknown[]>(run: (...args: Args) => Promise<ExitCode>) {
  return async (...args: Args): Promise<void> => {
    try {
      process.exitCode = await run(...args);
    } catch (error) {
      output().trouble(error);
      process.exitCode = exitCodeOf(error);
    }
  };
}

program.command('validate [files...]').description('check environments.yaml, drawbridge.yaml or samconfig.toml').action(ending((files: string[]) => validate(output(), files)));
program
  .command('plan')
  .description('what would this working tree change in each environment?')
  .option('--application <name>')
  .option('--remote <name>', 'the git remote of the application’s repository; without it the one called drawbridge, or the only one, or the only one of CodeCommit')
  .action(ending((options: { application?: string; remote?: string }) => plan(controlPlane(), output(), options)));
program
  .command('register <file>')
  .description('register environments.yaml: shows the difference, asks, keeps history')
  .option('--dry-run', 'only show the difference', false)
  .option('--yes', 'do not ask', false)
  .action(ending((file: string, options: { dryRun: boolean; yes: boolean }) => register(controlPlane(), output(), file, options)));
program.command('doctor [environment]').description('is everything there that a release will need, here and in each target account?').action(ending((environment: string | undefined) => doctor(controlPlane(), output(), environment)));
program.command('status').description('which commit is where, and what waits for whom').action(ending(() => status(controlPlane(), output())));
program.command('sweep').description('look now for what events forgot, and put it right; otherwise it is done every 15 minutes').action(ending(() => sweep(controlPlane(), output())));
program
  .command('releases')
  .description('releases, newest first')
  .option('--application <name>')
  .option('--limit <number>', 'how many', '20')
  .action(ending((options: { application?: string; limit: string }) => releases(controlPlane(), output(), options)));
program
  .command('show <release>')
  .description('the story of one release; "latest" is the newest')
  .option('--follow', 'go on until it ends or waits', false)
  .action(ending((release: string, options: { follow: boolean }) => show(controlPlane(), output(), release, options)));
program
  .command('log <release>')
  .description('what the build of a release wrote; "latest" is the newest')
  .option('--follow', 'go on until the build has ended', false)
  .action(ending((release: string, options: { follow: boolean }) => log(controlPlane(), output(), release, options)));
program
  .command('envs')
  .description('the environments of branches: where, until when, whose')
  .option('--application <name>')
  .option('--all', 'those that were removed too', false)
  .action(ending((options: { application?: string; all: boolean }) => envs(controlPlane(), output(), options)));
program
  .command('env')
  .description('one environment of a branch')
  .command('stop <name>')
  .description('end it: what is in it is removed, and it comes back when the branch is pushed again')
  .option('--application <name>', 'where several applications have one of that name')
  .option('--reason <text>', 'why', '')
  .option('--follow', 'go on until it is removed', false)
  .action(ending((name: string, options: { application?: string; reason: string; follow: boolean }) => stop(controlPlane(), output(), name, options)));
program.command('inbox').description('what waits for you').action(ending(() => inbox(controlPlane(), output())));
for (const decision of ['approve', 'reject'] as const) {
  program
    .command(`${decision} <release> <environment>`)
    .description(decision === 'approve' ? 'say yes to exactly what was planned' : 'say no')
    .option('--reason <text>', 'why', '')
    .option('--plan <digest>', 'only if this is the plan that waits, as the inbox names it')
    .option('--follow', 'go on until it ends or waits again', false)
    .addOption(new Option('--break-glass', 'in an emergency: two people, each with a reason; everybody is told').default(false).hideHelp(decision === 'reject'))
    .action(ending((release: string, environment: string, options: { reason: string; follow: boolean; breakGlass: boolean; plan?: string }) => decide(controlPlane(), output(), decision, release, environment, options)));
}
program
  .command('delegate [approver]')
  .description('let another approver answer in your place for a while; alone, shows who answers for whom')
  .option('--until <time>', 'a time such as "3 days", or a day such as 2026-12-24')
  .option('--reason <text>', 'why', '')
  .option('--end', 'take it back', false)
  .action(ending((to: string | undefined, options: { until?: string; reason: string; end: boolean }) => delegate(controlPlane(), output(), to, options)));
program
  .command('retry <release>')
  .description('try an ended release again, from planning on')
  .option('--follow', 'go on until it ends or waits', false)
  .action(ending((release: string, options: { follow: boolean }) => retry(controlPlane(), output(), release, options)));
program
  .command('promote <release> <environment>')
  .description('take an ended release on to an environment, behind those that its files name')
  .option('--follow', 'go on until it ends or waits', false)
  .action(ending((release: string, environment: string, options: { follow: boolean }) => promote(controlPlane(), output(), release, environment, options)));
program
  .command('rollback <application> <environment>')
  .description('go back to what ran there before: planned, shown and asked for like any other')
  .option('--to <release>', 'to this release')
  .option('--reason <text>', 'why', '')
  .option('--follow', 'go on until it ends or waits', false)
  .action(ending((application: string, environment: string, options: { to?: string; reason: string; follow: boolean }) => rollback(controlPlane(), output(), application, environment, options)));
program
  .command('remove <application> <environment>')
  .description('remove what is deployed there: planned and shown, and asked for wherever it is no sandbox')
  .option('--reason <text>', 'why', '')
  .option('--follow', 'go on until it ends or waits', false)
  .action(ending((application: string, environment: string, options: { reason: string; follow: boolean }) => remove(controlPlane(), output(), application, environment, options)));
const listOf = (value: string, before: string[]): string[] => [...before, value];
program
  .command('offboard <what>')
  .description('remove for good an application, a target account (its 12 digits), or ALL: lists everything in order, asks, removes it; safe to run again')
  .option('--profile <account=name>', 'the profile that may delete our stacks in a target account; one for each', listOf, [])
  .option('--without <account>', 'leave our stacks in this account to somebody else', listOf, [])
  .option('--dry-run', 'only show the list', false)
  .option('--yes', 'do not ask', false)
  .option('--no-wait', 'do not wait for approvals; run it again when they are given')
  .option('--artifacts', 'delete for good what was built and uploaded', false)
  .option('--evidence', 'delete for good the record: releases, approvals, plans', false)
  .option('--reason <text>', 'why', '')
  .action(
    ending(async (what: string, options: OffboardOptions) => {
      // It alone loads the clients of four more services.
      const { offboard } = await import('./commands/offboard.ts');
      return await offboard(controlPlane(), output(), what, options);
    }),
  );
program
  .command('adopt <stack> <application> <environment>')
  .description('let the next release take over a stack that was deployed by other means; a person must say yes to its plan')
  .option('--account <account>', 'where the environment has several places: its account')
  .option('--target-region <region>', 'and its Region')
  .option('--reason <text>', 'why', '')
  .option('--end', 'take it back', false)
  .action(ending((stack: string, application: string, environment: string, { targetRegion: region, ...options }: Omit<AdoptOptions, 'region'> & { targetRegion?: string }) => adopt(controlPlane(), output(), stack, application, environment, { ...options, ...(region === undefined ? {} : { region }) })));
program
  .command('cancel <release>')
  .description('call a running release off; what has begun goes on to its end')
  .option('--reason <text>', 'why', '')
  .action(ending((release: string, options: { reason: string }) => cancel(controlPlane(), output(), release, options)));
program
  .command('halt <environment>')
  .description('let nothing start there until it is resumed')
  .requiredOption('--reason <text>', 'why')
  .action(ending((environment: string, options: { reason: string }) => halt(controlPlane(), output(), environment, options)));
program
  .command('resume <environment>')
  .description('let it go on, and say what ended there meanwhile')
  .option('--retry', 'try that again', false)
  .action(ending((environment: string, options: { retry: boolean }) => resume(controlPlane(), output(), environment, options)));
const local = program.command('local').description('the cloud on this machine');
local.command('up').description('start it, as npm start does').allowUnknownOption().allowExcessArguments().action(ending((_: object, command: Command) => up(command.args)));
local.command('down').description('stop it').action(ending(() => down(output())));
local.command('reset').description('stop it and forget its state').action(ending(() => reset(output())));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.input;
}
