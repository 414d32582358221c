// `npm run faults`: every AWS call of a release goes wrong in every way, one at a time, in the local cloud. See docs/faults.md.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { faultKinds } from '../../local/admin.ts';
import { Town } from '../../test/local/town.ts';
import { distinctCalls, named, trials } from './calls.ts';
import { section, table, type Tried, withSection } from './document.ts';
import { Ledger } from './ledger.ts';
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
    write: { type: 'boolean', default: false },
  },
});
const kinds = faultKinds.filter((kind) => asked.kinds.split(',').includes(kind));
const make = scenarios[asked.scenario];
if (make === undefined) throw new Error(`There is no scenario ${asked.scenario}; there are ${Object.keys(scenarios).join(', ')}.`);
const say = (text: string) => process.stdout.write(`${text}\n`);
const show = ({ says, wrongs, seconds }: Result) => `${says} (${seconds.toFixed(1)} s)${wrongs.map((wrong) => `\n      WRONG: ${wrong}`).join('')}`;

// A lost event costs five seconds in place of a quarter of an hour.
const town = await Town.build(5);
const tried: Tried[] = [];
const end = Date.now() + Number(asked.minutes) * 60_000;
try {
  const ledger = new Ledger(town);
  const { admin } = town.system.cloud;
  const scenario = make(town, ledger);
  await scenario.prepare();
  const parts = { admin, ledger, scenario };
  // The first makes the stacks; the second is what every later one is like.
  for (const value of ['first', 'clean']) {
    say(`${value}: ${show(await run(parts, value))}`);
    await quiet(admin);
  }
  const calls = distinctCalls(await admin.calls());
  const list = trials(calls, { every: Number(asked.every), changes: asked.changes, only: asked.only, kinds });
  say(`${String(calls.length)} calls, ${String(list.length)} trials`);
  if (asked.list) for (const call of calls) say(`  ${named(call)}`);
  for (const [index, trial] of (asked.list ? [] : list).entries()) {
    if (Date.now() > end) break;
    const result = await run(parts, `run-${String(index)}`, trial);
    tried.push({ trial, result });
    say(`${String(index + 1).padStart(4)}/${String(list.length)} ${named(trial.call)} ${trial.kind}: ${show(result)}`);
  }
  if (tried.length > 0) say(`\n${table(tried)}`);
  if (asked.write) {
    const made = { scenario: scenario.title, calls: calls.length, possible: calls.length * faultKinds.length, tried, date: new Date().toISOString().slice(0, 10), command: ['npm run faults --', ...process.argv.slice(2).filter((word) => word !== '--write')].join(' ') };
    await writeFile(page, withSection(await readFile(page, 'utf8'), made.scenario, section(made)));
  }
} finally {
  await town.close();
}
process.exitCode = tried.some(({ result }) => result.wrongs.length > 0) ? 1 : 0;
