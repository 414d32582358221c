import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Packed } from '../../contracts/packed.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { type BuildPhase, parseBuildspec } from '../../domain/packaging/buildspec.ts';
import { run } from '../commands.ts';
import { environment, type Made, type Workshop } from '../workshop.ts';

/** The repository's own buildspec, run as CodeBuild runs it: a bash for each phase, which hands its environment and its folder on. */
export async function buildspec(shop: Workshop): Promise<Made> {
  const { file = 'buildspec.yml' } = shop.request.steps;
  if (!existsSync(join(shop.root, file))) throw new InvalidInputError(`Building: ${file} is not in the repository at this commit.`);
  const { variables, exported, phases, ignored } = parseBuildspec(readFileSync(join(shop.root, file), 'utf8'), file);
  if (ignored.length > 0) process.stdout.write(`${file}: ${ignored.join(', ')} ${ignored.length === 1 ? 'has' : 'have'} no meaning here\n`);
  const { bucket, prefix } = shop.place;
  const told = {
    DRAWBRIDGE_OUT: shop.out,
    DRAWBRIDGE_OUT_URL: `s3://${bucket}/${prefix}/packed`,
    DRAWBRIDGE_ENVIRONMENTS: shop.request.environments.map(({ name }) => name).join(' '),
    DRAWBRIDGE_COMMIT: shop.request.commit,
    PREFIX: prefix,
  };
  const state = { cwd: shop.folder, env: environment(shop, { ...variables, ...told }) };
  let failed: string | undefined;
  for (const phase of phases) {
    process.stdout.write(`${file}: ${phase.name}\n`);
    const trouble = await runPhase(shop, phase, state, failed === undefined);
    failed ??= trouble === undefined ? undefined : `${phase.name} ${trouble}`;
    if (trouble !== undefined && !phase.goesOn) break;
  }
  if (failed !== undefined) throw new InvalidInputError(`Building ${file}: ${failed}`);
  return { ...left(shop.out, file), exports: exportsOf(exported, state.env, file) };
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** @returns why it failed */
async function runPhase({ scratch }: Workshop, { name, commands, last }: BuildPhase, state: { cwd: string; env: NodeJS.ProcessEnv }, succeeding: boolean): Promise<string | undefined> {
  let trouble: string | undefined;
  for (const [part, lines] of [['commands', commands], ['finally', last]] as const) {
    if (lines.length === 0) continue;
    const saved = { env: join(scratch, 'env'), cwd: join(scratch, 'cwd') };
    const save = `trap '__status=$?; trap - EXIT; pwd > ${saved.cwd}; env -0 > ${saved.env}; exit $__status' EXIT`;
    const files = lines.map((line, index) => {
      const path = join(scratch, `${name}-${part}-${String(index)}.sh`);
      writeFileSync(path, `${line}\n`);
      // As CodeBuild writes it, so that it is not taken for words of the command.
      return `echo ${quoted(`[Container] Running command ${line.trim().replaceAll(/\s*\n\s*/g, '; ')}`)}\n. ${quoted(path)} || exit $?`;
    });
    const script = join(scratch, `${name}-${part}.sh`);
    writeFileSync(script, [save, ...files, ''].join('\n'));
    const { code, words } = await run('bash', ['--noprofile', '--norc', script], { cwd: state.cwd, env: { ...state.env, CODEBUILD_BUILD_SUCCEEDING: succeeding && trouble === undefined ? '1' : '0' } });
    if (existsSync(saved.env)) {
      const pairs = readFileSync(saved.env, 'utf8').split('\0').filter((pair) => pair !== '').map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
      state.env = Object.fromEntries(pairs.filter(([key]) => !['_', 'SHLVL', 'OLDPWD'].includes(key)));
      state.cwd = readFileSync(saved.cwd, 'utf8').trimEnd();
    }
    if (code !== 0) trouble ??= `ended with ${String(code)}${words === undefined ? '' : `: ${words}`}`;
  }
  return trouble;
}

/** `release.json` where there are several templates; else the one that there is. */
function left(out: string, file: string): Made {
  const list = join(out, 'release.json');
  if (!existsSync(list)) {
    const only = ['template.yaml', 'template.yml', 'template.json'].find((name) => existsSync(join(out, name)));
    if (only === undefined) throw new InvalidInputError(`Building ${file}: it left neither template.yaml nor release.json in $DRAWBRIDGE_OUT. Put the packaged template there.`);
    return { templates: [{ file: only }] };
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(list, 'utf8'));
  } catch {
    throw new InvalidInputError(`Building ${file}: the release.json that it left is not JSON.`);
  }
  const parsed = Packed.safeParse(content);
  const [issue] = parsed.error?.issues ?? [];
  if (!parsed.success) throw new InvalidInputError(`Building ${file}: the release.json that it left: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  const missing = parsed.data.templates.find((it) => !existsSync(join(out, it.file)));
  if (missing !== undefined) throw new InvalidInputError(`Building ${file}: the release.json that it left names ${missing.file}, which is not in $DRAWBRIDGE_OUT.`);
  return { templates: parsed.data.templates };
}

/** Exported variables that can be the name of a parameter. */
function exportsOf(exported: readonly string[], env: NodeJS.ProcessEnv, file: string): Record<string, string> {
  const wrong = exported.filter((name) => !/^[a-zA-Z0-9]+$/.test(name));
  if (wrong.length > 0) process.stdout.write(`${file}: exported ${wrong.join(', ')}: no template can have a parameter of that name\n`);
  return Object.fromEntries(exported.filter((name) => !wrong.includes(name)).flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
