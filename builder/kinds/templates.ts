import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackedTemplate } from '../../contracts/packed.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { must } from '../commands.ts';
import { environment, type Made, tool, type Workshop } from '../workshop.ts';

/** With which `sam build` was tested here; it brings none of its own. */
const esbuild = '0.28.2';

const named = (stack: string | undefined, file: string): PackedTemplate => ({ ...(stack === undefined ? {} : { stack }), file });

/** One template after the other: `build` where there is something to build, then `package`. */
async function packageAll(shop: Workshop, one: (path: string, packed: string, upload: readonly string[]) => Promise<void>): Promise<Made> {
  const { templates } = shop.request.steps;
  const missing = templates.find(({ path }) => !existsSync(join(shop.root, path)));
  if (missing !== undefined) throw new InvalidInputError(`Packaging: the template ${missing.path} is not in the repository at this commit.`);
  const { bucket, prefix } = shop.place;
  const made: PackedTemplate[] = [];
  for (const { stack, path } of templates) {
    const file = `${stack ?? '-'}.yaml`;
    await one(path, join(shop.out, file), ['--s3-bucket', bucket, '--s3-prefix', prefix, '--kms-key-id', shop.keyArn]);
    made.push(named(stack, file));
  }
  return { templates: made };
}

export const sam = (shop: Workshop): Promise<Made> =>
  packageAll(shop, async (path, packed, upload) => {
    const options = { cwd: shop.root, env: environment(shop) };
    const region = ['--region', shop.place.region];
    const folder = join(shop.scratch, packed.split('/').at(-1) ?? '');
    if (/BuildMethod:.*esbuild/.test(readFileSync(join(shop.root, path), 'utf8'))) await tool(shop, 'esbuild', esbuild);
    await must(`Building ${path}`, 'sam', ['build', '--template-file', path, '--build-dir', folder, ...region], options);
    await must(`Packaging ${path}`, 'sam', ['package', '--template-file', join(folder, 'template.yaml'), '--output-template-file', packed, ...region, ...upload], options);
  });

export const cloudformation = (shop: Workshop): Promise<Made> =>
  packageAll(shop, async (path, packed, upload) => {
    await must(`The template ${path} could not be packaged`, 'aws', ['cloudformation', 'package', '--template-file', path, '--output-template-file', packed, ...upload], { cwd: shop.root, env: environment(shop) });
  });
