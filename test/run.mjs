// `npm test` and `npm run check`: everything that must hold, two things at a time, with its seconds.
// The last line counts the tests, and each tool as one more.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { findBrowser } from '../local/browser.mjs';

const root = resolve(import.meta.dirname, '..');
const results = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
process.on('exit', () => {
  rmSync(results, { recursive: true, force: true });
});

const folders = ['contracts', 'domain', 'aws', 'notifiers', 'runtime', 'functions', 'builder', 'cli', 'local', 'test', 'bench'];
const examples = readdirSync(join(root, 'examples'), { recursive: true }).filter((path) => /(^|\/)(template|infra)\.ya?ml$/.test(path) && !path.includes('node_modules'));
const templates = ['template.yaml', 'infra/*.yaml', ...examples.map((path) => `examples/${path}`)];

// Neither validation needs an account, but both want to know a Region; nothing is reported to anybody.
const environment = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1', SAM_CLI_TELEMETRY: '0' };

const tool = (name, command, ...args) => ({ name, command, args });
const tests = (...projects) => ({
  name: projects.join(' and ').replace('unit and alone', 'unit') + ' tests',
  command: 'vitest',
  args: ['run', ...projects.flatMap((project) => ['--project', project]), '--silent=passed-only', '--reporter=default', '--reporter=json'],
  results: join(results, `${projects.join('-')}.json`),
});

/** Why the pages cannot be tested in a browser here, or nothing. A browser is installed where that may be done. */
async function browser() {
  const found = await findBrowser();
  return 'missing' in found ? found.missing : undefined;
}

// Each lane is worked off in order; the lanes run side by side, one for each processor of a small machine.
const check = [
  [tool('lint', 'eslint', '.')],
  [tool('types', 'tsc', '-p', '.'), tests('unit', 'alone', 'contract'), tool('imports', 'depcruise', '--config', '.dependency-cruiser.cjs', ...folders)],
];
// The local tests take most of the time: they begin as soon as one lane is free.
const rest = [
  [tests('workflow')],
  [// A path in TemplateURL is for a packaging tool to replace, as it does in the build.
  tool('templates', 'cfn-lint', '--ignore-checks', 'W3002', '--', ...templates), tool('SAM template', 'sam', 'validate', '--lint'), { ...tests('browser'), needs: browser }, tests('local')],
];

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const total = { passed: 0, failed: 0 };
const running = new Set();

function start({ command, args, results: file }) {
  const child = spawn(command, file === undefined ? args : [...args, `--outputFile.json=${file}`], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((done) => {
    child.on('error', (error) => {
      done({ code: 127, output: error.message });
    });
    child.on('close', (code) => {
      running.delete(child);
      done({ code: code ?? 1, output });
    });
  });
}

/** What vitest wrote, or nothing when it broke off before. */
function reportIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What failed, a line or two each, so that it is seen at once, also where only the first lines of an output are kept. */
function failures({ results: file }) {
  const files = file === undefined ? [] : (reportIn(file)?.testResults ?? []);
  return files
    .flatMap(({ name, message, assertionResults: tests }) => {
      const failed = tests.filter(({ status }) => status === 'failed').map((test) => [test.fullName, test.failureMessages[0] ?? '']);
      const broken = message === '' ? [] : [['(the whole file)', message]];
      return [...broken, ...failed].map(([test, why]) => `  ${relative(root, name)}: ${test}\n    ${why.split('\n').slice(0, 3).join('\n    ').slice(0, 400)}\n`);
    })
    .join('');
}

/** Passed and failed of one step. A test that was skipped has not passed, and a run that broke off has failed. */
function count({ results: file }, code) {
  if (file === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const report = reportIn(file);
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numTotalTests: all, numFailedTestSuites: broken } = report;
  const failed = all - passed;
  return { passed, failed: failed === 0 && (code !== 0 || broken > 0) ? 1 : failed };
}

async function step(it) {
  const missing = await it.needs?.();
  if (missing !== undefined) {
    process.stdout.write(`SKIPPED ${it.name}: ${missing}\n`);
    return;
  }
  const began = Date.now();
  process.stdout.write(`        ${it.name} ...\n`);
  const { code, output } = await start(it);
  const { passed, failed } = count(it, code);
  total.passed += passed;
  total.failed += failed;
  const tally = it.results === undefined ? '' : `, ${String(passed)} passed`;
  process.stdout.write(failed === 0 ? `passed  ${it.name}: ${seconds(began)}${tally}\n` : `FAILED  ${it.name}: ${seconds(began)}\n${failures(it)}\n${output.trimEnd()}\n`);
}

async function lane(steps) {
  for (const it of steps) await step(it);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(1);
  });
}

const began = Date.now();
const stages = process.argv[2] === 'check' ? [check] : [check, rest];
for (const stage of stages) await Promise.all(stage.map(lane));

process.stdout.write(`\n${seconds(began)} in all\n\n${String(total.passed)} passed, ${String(total.failed)} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
