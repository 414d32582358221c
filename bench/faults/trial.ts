import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudAdmin } from '../../local/admin.ts';
import { until } from '../../test/fakes/until.ts';
import type { Trial } from './calls.ts';
import type { Ledger, ReleaseRow } from '../../test/local/ledger.ts';
import type { Scenario } from './scenario.ts';

export interface Result {
  /** How the release ended, and what made it right; `not met` where the call did not come this time. */
  readonly says: string;
  /** What must not be, a sentence each. */
  readonly wrongs: readonly string[];
  readonly seconds: number;
}

interface Parts {
  readonly admin: CloudAdmin;
  readonly ledger: Ledger;
  readonly scenario: Scenario;
}

/** Milliseconds that a release may take, and that things may take to come to rest after it. */
const limits = { release: 180_000, rest: 60_000, unseen: 4_000, quiet: 2_000 };

/** Waits until a release has ended; a machine that is gone without saying so is found. */
async function ended({ ledger, scenario }: Parts, id: string): Promise<ReleaseRow | undefined> {
  let goneSince = 0;
  return await until(`${id} ends`, async () => {
    const release = await ledger.release(id);
    if (release?.state === 'ended') return { release };
    const runs = (await ledger.running()).some((name) => name.startsWith(`${id}-`));
    goneSince = runs ? 0 : goneSince === 0 ? Date.now() : goneSince;
    if (!runs && Date.now() - goneSince > 20_000) return { release: undefined };
    await scenario.attend(id);
    return undefined;
  }, limits.release).then(({ release }) => release);
}

/** What must be once nothing runs any more; it may take a moment, for events are on their way. */
async function rest({ admin, ledger, scenario }: Parts, id: string, value: string, before: readonly string[]): Promise<string[]> {
  let found: string[] = [];
  const look = async () => {
    const [open, running, wrong, asked] = await Promise.all([ledger.open(), ledger.running(), scenario.wrongs(value), ledger.asked(id)]);
    found = [...open.filter((row) => !before.includes(row)), ...running.filter((name) => !before.includes(name)).map((name) => `still runs: ${name}`), ...asked.map((environment) => `a question about ${environment} is open`), ...wrong];
    return found.length === 0;
  };
  await until('everything is at rest', look, limits.rest).catch(() => undefined);
  return [...found, ...executions(await admin.calls(), scenario.executes), ...(await told(ledger, scenario.good, id))];
}

function executions(calls: Awaited<ReturnType<CloudAdmin['calls']>>, wanted: number): string[] {
  const sets = calls.filter(({ action, status }) => action === 'ExecuteChangeSet' && status === 200).map(({ resource = '' }) => resource);
  const twice = sets.filter((set, index) => sets.indexOf(set) !== index).map((set) => `executed twice: ${set}`);
  return sets.length === wanted ? twice : [...twice, `${String(sets.length)} change sets were executed, not ${String(wanted)}`];
}

/** Each target is told once to be as it should. */
async function told(ledger: Ledger, good: string, id: string): Promise<string[]> {
  const lines = (await ledger.story(id)).filter(({ kind, about, outcome }) => kind === 'ended' && about === 'target' && outcome === good).map(({ environment = '', target = '' }) => `${environment}/${target}`);
  return [...new Set(lines)].filter((line) => lines.filter((other) => other === line).length > 1).map((line) => `${line} was reported twice as ${good}`);
}

async function isMet(admin: CloudAdmin): Promise<boolean> {
  return (await admin.faults()).some(({ met }) => met > 0);
}

/** What comes after the end, notices for example, may still meet the fault. */
async function meets(admin: CloudAdmin): Promise<boolean> {
  const end = Date.now() + limits.unseen;
  while (!(await isMet(admin))) {
    if (Date.now() > end) return false;
    await sleep(200);
  }
  return true;
}

/** Waits until no function calls anything any more. */
export async function quiet(admin: CloudAdmin): Promise<void> {
  let before = -1;
  await until('no function is at work', async () => {
    const now = (await admin.calls()).filter(({ function: name }) => name !== undefined).length;
    const same = now === before;
    before = now;
    if (!same) await sleep(limits.quiet);
    return same;
  }, limits.rest);
}

/** One run of the scenario in which one call goes wrong. Without a trial nothing does. */
export async function run(parts: Parts, value: string, trial?: Trial): Promise<Result> {
  const { admin, ledger, scenario } = parts;
  const began = Date.now();
  // What an earlier run left is its own fault.
  const before = [...(await ledger.open()), ...(await ledger.running())];
  const goesBefore = await scenario.ahead?.(value);
  if (goesBefore !== undefined) {
    await ended(parts, goesBefore);
    await quiet(admin);
  }
  await admin.resetCalls();
  await admin.clearFaults();
  if (trial !== undefined) await admin.addFault({ how: trial.kind, function: trial.call.function, service: trial.call.service, action: trial.call.action, at: trial.call.occurrence });
  const said: string[] = [];
  const result = (wrongs: readonly string[]): Result => ({ says: said.join(', '), wrongs, seconds: (Date.now() - began) / 1000 });
  try {
    let id = await scenario.begin(value);
    if (id === undefined) {
      said.push('not started', 'right after it was started again');
      id = await scenario.begin(value);
      if (id === undefined) return result(['it cannot be started']);
    }
    const first = await ended(parts, id);
    if (first?.outcome === undefined) return result([`${id} has no outcome, and nothing runs`]);
    if (said.length === 0) said.push(first.outcome);
    if (first.outcome !== scenario.good) {
      await scenario.retry(id);
      const second = await ended(parts, id);
      said.push(`${second?.outcome ?? 'no outcome'} after a retry`);
      if (second?.outcome === undefined || ![scenario.good, 'no-changes'].includes(second.outcome)) return result([`the retry ended as ${second?.outcome ?? 'nothing'}: ${second?.reason ?? ''}`]);
    }
    if (trial !== undefined && !(await meets(admin))) said.unshift('not met');
    return result(await rest(parts, id, value, before));
  } catch (error) {
    return result([error instanceof Error ? error.message : String(error)]);
  } finally {
    await admin.clearFaults();
  }
}
