import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, transform } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleOptions, functionNames } from '../../esbuild.config.mjs';
import * as errors from '../../domain/errors.ts';
import { root } from './project.ts';

const names = functionNames();
const largest = 600 * 1024;

let folder = '';
let sizes: Readonly<Record<string, { readonly bytes: number }>> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-bundles-'));
  const { metafile } = await build({ ...bundleOptions(names), outdir: folder });
  sizes = metafile?.outputs ?? {};
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it('every bundle is small enough to start quickly', () => {
  const bundles = Object.entries(sizes).filter(([path]) => path.endsWith('.mjs'));
  expect(bundles).toHaveLength(names.length);
  expect(bundles.filter(([, { bytes }]) => bytes > largest).map(([path]) => path)).toEqual([]);
});

it('every bundle loads without a network, a credential or a variable: nothing happens on import', async () => {
  const files = names.map((name) => pathToFileURL(join(folder, name, 'handler.mjs')).href);
  const program = `for (const file of ${JSON.stringify(files)}) { const { handler } = await import(file); if (typeof handler !== 'function') throw new Error(file); }`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env: {} });
  expect(stdout + stderr).toBe('');
});

it('an error names our file and line, though the map of a bundle knows nothing of libraries', async () => {
  const bundle = join(folder, 'check-plan', 'handler.mjs');
  const program = `const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)}); await handler({}, {}).catch((error) => console.log(error.stack));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--enable-source-maps', '--input-type=module', '--eval', program], { env: {} });
  expect(stdout).toMatch(/at parseInput \(.*runtime\/task\.ts:\d+:\d+\)/);
  expect(await readFile(`${bundle}.map`, 'utf8')).not.toContain('node_modules');
});

it('errors keep their names when they are minified, for the machines decide by them', async () => {
  const bundle = await build({ absWorkingDir: root, entryPoints: ['domain/errors.ts'], bundle: true, write: false, format: 'esm', minify: true });
  const { code } = await transform(bundle.outputFiles[0]?.text ?? '', { minify: true, format: 'esm' });
  const small = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as typeof errors;
  for (const [name, Kind] of Object.entries(small)) expect(new Kind('said').name).toBe(name);
  expect(Object.keys(small).sort()).toEqual(Object.keys(errors).sort());
});

it.each([
  ['codecommit', 'CodeCommitClient, GetRepositoryCommand', '{ repositoryName: "x" }', 400, 'application/x-amz-json-1.1', JSON.stringify({ __type: 'com.amazonaws.codecommit#RepositoryDoesNotExistException', message: 'x does not exist' }), 'RepositoryDoesNotExistException'],
  ['s3', 'S3Client, GetObjectCommand', '{ Bucket: "b", Key: "x" }', 404, 'application/xml', '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>x does not exist</Message></Error>', 'NoSuchKey'],
] as const)('an error that a bundle does not know keeps its name and its words, for we decide by them: %s', async (service, parts, input, statusCode, type, said, name) => {
  const [client, command] = parts.split(', ');
  const contents = `
    import { ${parts} } from '@aws-sdk/client-${service}';
    export const ask = (requestHandler) => new ${client ?? ''}({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler }).send(new ${command ?? ''}(${input}));`;
  const { entryPoints: _, ...options } = { ...bundleOptions([]), sourcemap: false as const };
  const bundle = await build({ ...options, stdin: { contents, resolveDir: root }, outdir: join(folder, `errors-${service}`), outExtension: { '.js': '.mjs' } });
  expect(Object.keys(bundle.metafile?.outputs ?? {}).length).toBeGreaterThan(0);
  const { ask } = (await import(pathToFileURL(join(folder, `errors-${service}`, 'stdin.mjs')).href)) as { ask: (handler: unknown) => Promise<unknown> };
  const body = Readable.from([Buffer.from(said)]);
  const handle = () => Promise.resolve({ response: { statusCode, headers: { 'content-type': type }, body } });
  await expect(ask({ handle })).rejects.toMatchObject({ name, message: 'x does not exist', $metadata: { httpStatusCode: statusCode } });
});
