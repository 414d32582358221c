// Finds a Chromium, or installs one where that is plainly allowed. Plain Node without a dependency:
//
//   node local/browser.mjs        prints where it is, or says why there is none and ends with 3
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const longest = 5 * 60_000;
const byHand = 'Install Chromium or Chrome, or say where it is in DRAWBRIDGE_CHROMIUM.';

/** Runs a command to its end, out of sight. */
const run = (command, args, timeout) =>
  new Promise((done) => {
    execFile(command, args, { timeout, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } }, (error, stdout, stderr) => {
      done({ ok: error === null, late: error?.killed === true, output: `${stdout}${stderr}` });
    });
  });

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const real = {
  chosen: process.env['DRAWBRIDGE_CHROMIUM'],
  isProgram,
  run,
  mayInstall: () => process.getuid?.() === 0 && existsSync('/etc/debian_version') && isProgram('/usr/bin/apt-get'),
  say: (line) => process.stderr.write(`${line}\n`),
};

/** One that starts: where Ubuntu has only a stand-in for a snap, there is a file that does not. */
async function firstThatStarts(system, paths) {
  for (const path of paths) {
    if (system.isProgram(path) && (await system.run(path, ['--version'], 20_000)).ok) return path;
  }
  return undefined;
}

/** @returns `undefined` when it is installed, otherwise why it is not */
async function install({ run, say }) {
  say('browser: no Chromium here, installing it with apt-get (once, at most 5 minutes)');
  const end = Date.now() + longest;
  // Another process may be installing it just now: then this one waits, and finds it done.
  const apt = (...args) => run('/usr/bin/apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=240', ...args], Math.max(1, end - Date.now()));
  const attempt = () => apt('install', '-y', '--no-install-recommends', 'chromium');
  let tried = await attempt();
  // The lists of packages are missing in most images, and old ones name files that are gone.
  if (!tried.ok && /Unable to locate|no installation candidate|Unable to fetch|Failed to fetch/.test(tried.output)) {
    await apt('update');
    tried = await attempt();
  }
  if (tried.ok) return undefined;
  const said = tried.output.split('\n').findLast((line) => line.startsWith('E: '));
  return tried.late ? 'it took longer than 5 minutes' : (said?.slice(3).trim().replace(/\.$/, '') ?? 'it said nothing more');
}

/** @returns where it is, or one sentence why there is none */
export async function findBrowser(given = {}) {
  const system = { ...real, ...given };
  if (system.chosen) {
    const path = await firstThatStarts(system, [system.chosen]);
    return path === undefined ? { missing: `DRAWBRIDGE_CHROMIUM names ${system.chosen}, which is no browser that starts.` } : { path };
  }
  const found = await firstThatStarts(system, usual);
  if (found !== undefined) return { path: found };
  if (!system.mayInstall()) return { missing: `No Chromium was found (${usual.join(', ')}). ${byHand}` };
  const why = await install(system);
  const installed = await firstThatStarts(system, usual);
  return installed === undefined ? { missing: `No Chromium was found, and apt-get could not install it: ${why ?? 'what it installed does not start'}. ${byHand}` } : { path: installed };
}

const [, script = ''] = process.argv;
if (existsSync(script) && import.meta.url === pathToFileURL(realpathSync(script)).href) {
  const found = await findBrowser();
  process.stdout.write(`${found.path ?? found.missing}\n`);
  process.exitCode = found.path === undefined ? 3 : 0;
}
