import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findBrowser, type System } from '../../local/browser.mjs';

/** A machine on which nothing is installed yet, and what is done on it. */
function aMachine(fields: Partial<System> & { readonly programs?: string[]; readonly answers?: readonly string[] } = {}) {
  const programs = new Set(fields.programs);
  const answers = [...(fields.answers ?? [''])];
  const said: string[] = [];
  const done: string[] = [];
  const system: System = {
    chosen: undefined,
    isProgram: (path) => programs.has(path),
    mayInstall: () => true,
    say: (line) => said.push(line),
    run: (command, args) => {
      if (args[0] === '--version') return Promise.resolve({ ok: !command.includes('stand-in'), late: false, output: '' });
      const what = args.find((arg) => arg === 'install' || arg === 'update') ?? '';
      done.push(what);
      const output = what === 'install' ? (answers.shift() ?? '') : '';
      if (what === 'install' && output === '') programs.add('/usr/bin/chromium');
      return Promise.resolve({ ok: output === '', late: output === 'late', output });
    },
    ...fields,
  };
  return { system, said, done };
}

it('takes the browser that is named before any other, and no other in its place', async () => {
  expect(await findBrowser(aMachine({ chosen: '/opt/browser', programs: ['/opt/browser', '/usr/bin/chromium'] }).system)).toEqual({ path: '/opt/browser' });
  for (const chosen of ['/opt/missing', '/opt/stand-in']) {
    const { system, done } = aMachine({ chosen, programs: ['/opt/stand-in', '/usr/bin/chromium'] });
    expect(await findBrowser(system)).toEqual({ missing: `DRAWBRIDGE_CHROMIUM names ${chosen}, which is no browser that starts.` });
    expect(done).toEqual([]);
  }
});

it.each(['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'])('finds %s, and then installs nothing', async (path) => {
  const { system, said, done } = aMachine({ programs: [path] });
  expect(await findBrowser(system)).toEqual({ path });
  expect([...said, ...done]).toEqual([]);
});

it('installs one where it may, and says so in one line', async () => {
  const { system, said, done } = aMachine();
  expect(await findBrowser(system)).toEqual({ path: '/usr/bin/chromium' });
  expect(done).toEqual(['install']);
  expect(said).toHaveLength(1);
});

it('looks for newer lists of packages only when the package was not found', async () => {
  const { system, done } = aMachine({ answers: ['E: Unable to locate package chromium', ''] });
  expect(await findBrowser(system)).toEqual({ path: '/usr/bin/chromium' });
  expect(done).toEqual(['install', 'update', 'install']);
});

it.each([
  ['may install nothing', { mayInstall: () => false }, /^No Chromium was found \(.*\)\. Install Chromium or Chrome, or say where it is in DRAWBRIDGE_CHROMIUM\.$/, []],
  ['fails to install it', { answers: ['E: No space left on device.'] }, /: No space left on device\. Install/, ['install']],
  ['takes too long', { answers: ['late'] }, /: it took longer than 5 minutes\. Install/, ['install']],
  ['installs something that does not start', { isProgram: () => false }, /: what it installed does not start\. Install/, ['install']],
] as const)('says why there is none where it %s', async (_, fields, sentence, did) => {
  const { system, done } = aMachine(fields);
  expect(await findBrowser(system)).toEqual({ missing: expect.stringMatching(sentence) as string });
  expect(done).toEqual(did);
});

it('as a script prints the sentence and ends with 3', async () => {
  const ended = await new Promise((done) => {
    execFile(process.execPath, [join(import.meta.dirname, '../../local/browser.mjs')], { env: { DRAWBRIDGE_CHROMIUM: '/nowhere' } }, (error, stdout) => {
      done([error?.code, stdout]);
    });
  });
  expect(ended).toEqual([3, 'DRAWBRIDGE_CHROMIUM names /nowhere, which is no browser that starts.\n']);
});
