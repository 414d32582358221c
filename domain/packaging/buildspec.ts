import { parseDocument } from 'yaml';
import * as z from 'zod';
import { InvalidInputError } from '../errors.ts';

/** A repository's own buildspec, version 0.2 (CodeBuild User Guide, "Build specification reference"), as far as it says what is run. */

const commands = z.union([z.string().transform((one) => [one]), z.array(z.union([z.string(), z.number(), z.boolean()]).transform(String))], { error: "it must be a list of commands; one with ': ' in it needs quotes" }).default([]);
const Phase = z.looseObject({ commands, finally: commands, 'on-failure': z.string().optional(), 'runtime-versions': z.unknown().optional() });
const names = ['install', 'pre_build', 'build', 'post_build'] as const;
const Buildspec = z.looseObject({
  version: z.union([z.literal(0.2), z.literal('0.2')]),
  env: z
    .looseObject({
      shell: z.literal('bash').optional(),
      variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
      'exported-variables': z.array(z.string()).default([]),
      'parameter-store': z.unknown().optional(),
      'secrets-manager': z.unknown().optional(),
    })
    .optional(),
  phases: z.strictObject({ install: Phase.optional(), pre_build: Phase.optional(), build: Phase.optional(), post_build: Phase.optional() }),
});

export interface BuildPhase {
  readonly name: (typeof names)[number];
  readonly commands: readonly string[];
  /** Run in any case. */
  readonly last: readonly string[];
  /** Whether the next phase comes where this one failed; the build has failed all the same. */
  readonly goesOn: boolean;
}

export interface OwnBuildspec {
  readonly variables: Readonly<Record<string, string>>;
  readonly exported: readonly string[];
  readonly phases: readonly BuildPhase[];
  /** What it says that has no meaning here. */
  readonly ignored: readonly string[];
}

/** @throws InvalidInputError naming the file */
export function parseBuildspec(text: string, file: string): OwnBuildspec {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  const [trouble] = document.errors;
  if (trouble !== undefined) throw new InvalidInputError(`Reading ${file}: it is not YAML: ${trouble.message}`);
  const parsed = Buildspec.safeParse(document.toJS({ maxAliasCount: 100 }));
  const [issue] = parsed.error?.issues ?? [];
  if (!parsed.success) throw new InvalidInputError(`Reading ${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. It must be a buildspec of version 0.2.`);
  const { env, phases, ...rest } = parsed.data;
  for (const store of ['parameter-store', 'secrets-manager'] as const) {
    if (env?.[store] !== undefined) throw new InvalidInputError(`Reading ${file}: env.${store}: a build may read no parameters and no secrets. Let the application read them where it runs, or take them as parameters in drawbridge.yaml.`);
  }
  const versions = names.filter((name) => phases[name]?.['runtime-versions'] !== undefined).map((name) => `phases.${name}.runtime-versions`);
  return {
    variables: env?.variables ?? {},
    exported: env?.['exported-variables'] ?? [],
    phases: names.flatMap((name): BuildPhase[] => {
      const it = phases[name];
      if (it === undefined) return [];
      // CodeBuild goes on to post_build where build failed, and stops where another phase did.
      const goesOn = it['on-failure'] === undefined ? name === 'build' : it['on-failure'].toUpperCase().startsWith('CONTINUE');
      return [{ name, commands: it.commands, last: it.finally, goesOn }];
    }),
    ignored: [...versions, ...Object.keys(rest).filter((key) => key !== 'version')],
  };
}
