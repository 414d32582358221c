import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidInputError } from '../../domain/errors.ts';
import { assetsOf, type CdkAsset, ownCdkTemplate, stacksOfAssembly } from '../../domain/packaging/cdk.ts';
import type { Place } from '../../domain/packaging/json.ts';
import { must } from '../commands.ts';
import { zipFolder } from '../folder-zip.ts';
import { environment, type Made, tool, type Workshop } from '../workshop.ts';

/** The version that this was tested with. */
const tested = '2.1148.1';

/** Nothing that changes without the application: no version, no path of this machine. */
const quiet = ['--quiet', '--no-version-reporting', '--no-path-metadata', '--no-asset-metadata', '--no-notices', '--no-color'];

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Synthesizes the app once for each environment, for it bakes in what it is told of it. */
export async function cdk(shop: Workshop): Promise<Made> {
  const { app } = shop.request.steps;
  if (app === undefined && !existsSync(join(shop.folder, 'cdk.json'))) {
    throw new InvalidInputError('Synthesizing: there is no cdk.json in the repository at this commit, and drawbridge.yaml names no build.app. Add one of them.');
  }
  const command = await tool(shop, 'cdk', tested);
  const templates: Made['templates'][number][] = [];
  for (const to of shop.request.environments) {
    const assembly = join(shop.scratch, to.name);
    const args = ['synth', ...quiet, '--output', assembly, '-c', `environment=${to.name}`, '-c', `stage=${to.name}`, ...(app === undefined ? [] : ['--app', app])];
    const env = environment(shop, { DRAWBRIDGE_ENVIRONMENT: to.name, CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true' });
    await must(`Synthesizing the CDK application for ${to.name}`, command, args, { cwd: shop.folder, env });
    const place = { ...shop.place, prefix: `${shop.place.prefix}/packed/${to.name}` };
    mkdirSync(join(shop.out, to.name), { recursive: true });
    for (const stack of stacksOfAssembly(json(join(assembly, 'manifest.json')), { environment: to.name, account: to.account, region: to.region })) {
      const assets = stack.assetFiles.flatMap((file) => assetsOf(json(join(assembly, file)), stack, file));
      for (const asset of assets) publish(asset, assets, { assembly, to: join(shop.out, to.name), place, id: stack.id });
      const file = `${to.name}/${stack.key}.template.json`;
      writeFileSync(join(shop.out, file), ownCdkTemplate(json(join(assembly, stack.templateFile)), assets, place, stack.id));
      templates.push({ stack: stack.key, environment: to.name, file, name: stack.name, after: [...stack.after] });
    }
  }
  return { templates };
}

function publish({ path, packaging, objectKey }: CdkAsset, assets: readonly CdkAsset[], { assembly, to, place, id }: { assembly: string; to: string; place: Place; id: string }): void {
  const from = join(assembly, path);
  const target = join(to, objectKey);
  mkdirSync(dirname(target), { recursive: true });
  if (packaging === 'zip') writeFileSync(target, zipFolder(from));
  // A nested stack refers to assets itself.
  else if (path.endsWith('.template.json')) writeFileSync(target, ownCdkTemplate(json(from), assets, place, id));
  else cpSync(from, target);
}
