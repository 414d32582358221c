import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemas } from '../../cli/schemas.ts';
import { parseApplicationFile } from '../../domain/configuration/application-file.ts';
import { parseEnvironmentsFile } from '../../domain/configuration/environments-file.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

it.each(Object.entries(schemas()))('docs/schemas/%s is what the control plane parses with (else: npm run schemas)', async (name, text) => {
  expect(await read(`docs/schemas/${name}`)).toBe(text);
});

it.each(await readdir(new URL('../../examples', import.meta.url)))('examples/%s has a drawbridge.yaml that is right, and names its schema', async (example) => {
  const text = await read(`examples/${example}/drawbridge.yaml`);
  expect(parseApplicationFile(text)).toMatchObject({ ok: true });
  expect(text).toContain('docs/schemas/drawbridge.schema.json');
});

it('the files shown in the documentation are right', async () => {
  const blocks = [...(await read('docs/configuration.md')).matchAll(/```yaml\n([^`]*)```/g)].map(([, block = '']) => block).filter((block) => block.startsWith('version: 1'));
  const [environments, application] = blocks;
  expect(parseEnvironmentsFile(environments ?? '')).toMatchObject({ ok: true });
  expect(parseApplicationFile(application ?? '')).toMatchObject({ ok: true });
  expect(Object.keys(parse(environments ?? '') as object)).toContain('accounts');
});
