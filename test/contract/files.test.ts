import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { root, sources, texts } from './project.ts';

const production = sources.filter(({ path }) => !/^(test|bench)\//.test(path));
/** This file has to name what it looks for. */
const others = sources.filter(({ path }) => path !== 'test/contract/files.test.ts');
const holding = (pattern: RegExp, among = others) => among.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

it('no file is longer than a person reads at once', () => {
  const code = texts.filter(({ path }) => /\.(ts|mts|mjs|cjs|py|sh)$/.test(path));
  expect(code.length).toBeGreaterThan(sources.length);
  expect(code.filter(({ lines }) => lines > 250).map(({ path, lines }) => `${path}: ${String(lines)}`)).toEqual([]);
  expect(median(production.map(({ lines }) => lines))).toBeLessThanOrEqual(50);
});

it('no check is switched off in a file', () => {
  expect(holding(/eslint-disable|@ts-(ignore|expect-error|nocheck)|v8 ignore|depcruise-ignore|cfn-lint:\s*disable/)).toEqual([]);
  for (const file of ['template.yaml', 'infra/target-account.yaml', 'infra/application.yaml']) expect(readFileSync(resolve(root, file), 'utf8')).not.toMatch(/ignore_checks|cfn-lint/);
});

it('nothing is of any type', () => {
  expect(holding(/(:\s*|\bas\s+|<|\|\s*)any\b(?=\s*[;,)=>|[\]{}]|$)/m)).toEqual([]);
});

it('no test is skipped, left alone or put off', () => {
  // Where no browser can be had, the tests that need one say so in their name.
  expect(holding(/\b(it|test|describe)(\.concurrent|\.sequential)?\.(skip|only|todo|fails|skipIf|runIf)\b/)).toEqual(['test/browser/stage.ts']);
});

it('nothing is left to do in the code', () => {
  expect(holding(/\b(TODO|FIXME|XXX|HACK)\b/)).toEqual([]);
});

it('a decision asks neither clock nor chance', () => {
  const decisions = sources.filter(({ path }) => /^(contracts|domain)\//.test(path));
  expect(holding(/Date\.now\(|new Date\(\)|Math\.random|randomBytes|randomUUID|randomInt|setTimeout|setInterval/, decisions)).toEqual([]);
});

it('the environment is read in one place, by the command line, by the program in a build and by the local cloud', () => {
  const allowed = /^(runtime\/env\.ts$|builder\/|cli\/|local\/)/;
  expect(holding(/process\.env\b/, production.filter(({ path }) => !allowed.test(path)))).toEqual([]);
});

it('every handler fits on a screen or two, and every function answers or throws', () => {
  const handlers = sources.filter(({ path }) => path.endsWith('/handler.ts'));
  expect(median(handlers.map(({ lines }) => lines))).toBeLessThanOrEqual(50);
  expect(holding(/success:\s*(true|false)/, handlers)).toEqual([]);
});

it('words of the repository say nothing of the machine that they were written on', () => {
  const elsewhere = texts.filter(({ path }) => path !== 'test/contract/files.test.ts');
  expect(elsewhere.length).toBeGreaterThan(200);
  expect(holding(/\/(root|home)\/\w|\/work\/(main|shared)|\/tmp\/(notes|ms)/, elsewhere)).toEqual([]);
});

it('packages come from wherever the reader gets packages: no list names a registry', () => {
  const lists = texts.filter(({ path }) => path === 'package-lock.json' || path.startsWith('local/requirements/'));
  expect(lists).toHaveLength(5);
  expect(holding(/"resolved":|--(extra-)?index-url|https?:\/\/(registry|pypi|files)\./, lists)).toEqual([]);
});
