// `npm run faults`: every AWS call of a release goes wrong in every way, one at a time, in the local cloud. See docs/faults.md.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { faultKinds } from '../../local/admin.ts';
import { bundleForAll } from '../../local/bundles.ts';
import { Town } from '../../test/local/town.ts';
import { distinctCalls, everything, named, trials } from './calls.ts';
import { section, table, withSection } from './document.ts';
import { Journal } from './journal.ts';
import { Ledger } from '../../test/local/ledger.ts';
import { quiet, type Result, run } from './trial.ts';
import { scenarios } from './scenarios.ts';

const page = 'docs/faults.md';
const { values: asked } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    scenario: { type: 'string', default: 'release' },
    only: { type: 'string' },
    kinds: { type: 'string', default: faultKinds.join(',') },
    changes: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    minutes: { type: 'string', default: 'Infinity' },
    clouds: { type: 'string', default: '1' },
    resume: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const kinds = faultKinds.filter((kind) => asked.kinds.split(',').includes(kind));
const make = scenarios[asked.scenario];
if (make === undefined) throw new Error(`There is no scenario ${asked.scenario}; there are ${Object.keys(scenarios).join(', ')}.`);
const say = (text: string) => process.stdout.write(`${text}\n`);
const show = ({ says, wrongs, seconds }: Result) => `${says} (${seconds.toFixed(1)} s)${wrongs.map((wrong) => `\n      WRONG: ${wrong}`).join('')}`;

/** One local cloud in which the scenario is run again and again. */
async function stage(make: NonNullable<(typeof scenarios)[string]>, what: string) {
  // A lost event costs five seconds in place of a quarter of an hour.
  const town = await Town.build(5);
  const ledger = new Ledger(town);
  const { admin } = town.system.cloud;
  const scenario = make(town, ledger);
  await scenario.prepare();
  const parts = { admin, ledger, scenario };
  // The first makes the stacks; the second is what every later one is like.
  for (const value of ['first', 'clean']) {
    say(`${what} ${value}: ${show(await run(parts, value))}`);
    await quiet(admin);
  }
  return { town, parts, calls: distinctCalls(await admin.calls()) };
}

const journal = await Journal.open(`.drawbridge/faults/${asked.scenario}.jsonl`, asked.resume);
let end = Date.now() + Number(asked.minutes) * 60_000;
// Who has seen enough keeps what was tried so far.
process.on('SIGINT', () => {
  if (end !== 0) say('It ends with the runs that are under way.');
  end = 0;
});
await bundleForAll();
// They share nothing but the list and the bundles, so several at once are only quicker.
const stages = await Promise.all(Array.from({ length: Number(asked.clouds) }, (_, index) => stage(make, `cloud ${String(index + 1)}`)));
const [first] = stages;
if (first === undefined) throw new Error('--clouds must be 1 or more.');
try {
  const { calls } = first;
  const list = trials(calls, { every: Number(asked.every), changes: asked.changes, only: asked.only, kinds });
  say(`${String(calls.length)} calls, ${String(list.length)} trials`);
  if (asked.list) for (const call of calls) say(`  ${named(call)}`);
  const waiting = [...list.entries()].filter(([, trial]) => !asked.list && !journal.has(trial));
  await Promise.all(
    stages.map(async (own) => {
      for (let next = waiting.shift(); next !== undefined && Date.now() < end; next = waiting.shift()) {
        const [index, trial] = next;
        // Each cloud has names of its own for the functions. A call that it has not made is not met there.
        const call = own.calls.find((one) => named(one) === named(trial.call)) ?? trial.call;
        const result = await run(own.parts, `run-${String(index)}`, { ...trial, call });
        await journal.add(trial, result);
        say(`${String(index + 1).padStart(4)}/${String(list.length)} ${named(trial.call)} ${trial.kind}: ${show(result)}`);
      }
    }),
  );
  const { tried } = journal;
  if (tried.length > 0) say(`\n${table(tried)}`);
  if (asked.write) {
    const made = { scenario: first.parts.scenario.title, calls: calls.length, untried: trials(calls, everything).filter((trial) => !journal.has(trial)).length, tried, command: ['npm run faults --', ...process.argv.slice(2).filter((word) => !['--write', '--resume'].includes(word))].join(' ') };
    await writeFile(page, withSection(await readFile(page, 'utf8'), made.scenario, section(made)));
  }
} finally {
  await Promise.all(stages.map(({ town }) => town.close()));
}
process.exitCode = journal.tried.some(({ result }) => result.wrongs.length > 0) ? 1 : 0;
