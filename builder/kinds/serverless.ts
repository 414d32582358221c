import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sha256 } from '../../domain/digest.ts';
import { equalZip } from '../../domain/equal-zip.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { isNode, nodeAt, textAt } from '../../domain/packaging/json.ts';
import { archivesOf, ownServerlessTemplate, readState } from '../../domain/packaging/serverless.ts';
import { must } from '../commands.ts';
import { environment, type Made, tool, type Workshop } from '../workshop.ts';

/** Versions that this was tested with. `serverless` 4 needs a licence key, so it is never installed unasked. */
const tested = { osls: '4.3.1', serverless: '3.40.0' } as const;

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Packages the service once for each environment, for the framework bakes the stage in. */
export async function serverless(shop: Workshop): Promise<Made> {
  const { file = 'serverless.yml', framework = 'osls' } = shop.request.steps;
  const config = join(shop.root, file);
  if (!existsSync(config)) throw new InvalidInputError(`Packaging: ${file} is not in the repository at this commit.`);
  const command = await tool(shop, framework, tested[framework]);
  const templates: Made['templates'][number][] = [];
  for (const { name, region } of shop.request.environments) {
    const packaged = join(shop.scratch, name);
    const args = ['package', '--config', basename(config), '--stage', name, '--region', region, '--package', packaged];
    await must(`Packaging ${file} for ${name}`, command, args, { cwd: dirname(config), env: environment(shop, { SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' }) });
    templates.push({ environment: name, ...own(shop, { name, packaged, file, folder: dirname(config) }) });
  }
  return { templates };
}

function own({ out, place }: Workshop, { name, packaged, file, folder }: { name: string; packaged: string; file: string; folder: string }) {
  const state = json(join(packaged, 'serverless-state.json'));
  const stage = readState(state, name);
  const template = json(join(packaged, 'cloudformation-template-update-stack.json'));
  const hashes = new Map<string, string>();
  mkdirSync(join(out, name), { recursive: true });
  for (const archive of archivesOf(template, stage.artifactDirectory)) {
    // Made equal here already: a version says the hash of the archive that is deployed.
    const bytes = equalZip(readFileSync(archiveAt(archive, { state, packaged, folder })));
    hashes.set(archive, sha256(bytes));
    writeFileSync(join(out, name, archive), bytes);
  }
  const text = ownServerlessTemplate(template, stage, hashes, { ...place, prefix: `${place.prefix}/packed/${name}` }, file);
  writeFileSync(join(out, name, 'template.json'), text);
  return { file: `${name}/template.json`, name: stage.stackName };
}

/** An archive that the framework made lies beside the template; one that `package.artifact` names lies where that says. */
function archiveAt(archive: string, { state, packaged, folder }: { state: unknown; packaged: string; folder: string }): string {
  const made = join(packaged, archive);
  if (existsSync(made)) return made;
  const service = nodeAt(state, 'service');
  const wholes = [nodeAt(service, 'package'), ...[nodeAt(service, 'functions'), nodeAt(service, 'layers')].flatMap((all) => Object.values(all).map((it) => (isNode(it) ? nodeAt(it, 'package') : {})))];
  const said = wholes.map((it) => textAt(it, 'artifact')).find((path) => path !== undefined && basename(path) === archive);
  if (said === undefined) throw new InvalidInputError(`Packaging: the framework refers to ${archive}, but left no such archive.`);
  return join(folder, said);
}
