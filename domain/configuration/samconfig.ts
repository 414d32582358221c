import { parse, TomlError } from 'smol-toml';
import * as z from 'zod';
import { Capability } from '../../contracts/names.ts';
import type { Parsed } from './problems.ts';

/**
 * What a config-env of `samconfig.toml` says about deploying (AWS SAM Developer Guide, "AWS SAM CLI configuration file").
 * Keys that are not here belong to other commands of SAM and mean nothing to us.
 */
const Values = z.union([z.string(), z.array(z.string())]).transform((value) => (typeof value === 'string' ? splitWords(value) : value));
const Deploy = z.object({
  stack_name: z.string().optional(),
  region: z.string().optional(),
  parameter_overrides: Values.optional(),
  capabilities: Values.optional(),
  tags: Values.optional(),
  confirm_changeset: z.boolean().optional(),
  s3_bucket: z.string().optional(),
  s3_prefix: z.string().optional(),
  profile: z.string().optional(),
  role_arn: z.string().optional(),
  template_file: z.string().optional(),
  template: z.string().optional(),
});
const Commands = z.record(z.string(), z.object({ parameters: z.record(z.string(), z.unknown()).optional() }).optional());
const File = z.record(z.string(), z.unknown());

export interface SamEnvironment {
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly capabilities?: Capability[] | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly asksApproval: boolean;
  /** Read, never obeyed. */
  readonly roleArn?: string | undefined;
  readonly ignored: readonly string[];
}

export interface SamConfig {
  readonly template?: string | undefined;
  readonly environments: Readonly<Record<string, SamEnvironment>>;
}

/** Words of a shell-like text: quotes keep blanks together. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/(?:[^\s"']+|"(?:\\.|[^"])*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/"((?:\\.|[^"])*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''));
}

function pairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      // The older form: ParameterKey=Name,ParameterValue=value
      const older = /^ParameterKey=([^,]+),ParameterValue=(.*)$/s.exec(word);
      if (older) return [older[1] ?? '', older[2] ?? ''];
      const at = word.indexOf('=');
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

const neverObeyed = ['s3_bucket', 's3_prefix', 'profile', 'role_arn'] as const;

/** Parses `samconfig.toml`; `global.parameters` and the config-env's `global` go before its `deploy`. */
export function parseSamConfig(text: string, file = 'samconfig.toml'): Parsed<SamConfig> {
  let content: Record<string, unknown>;
  try {
    content = File.parse(parse(text));
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1;
    return { ok: false, problems: [{ file, line, message: `this is not TOML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}` }] };
  }
  const environments: Record<string, SamEnvironment> = {};
  const problems: { file: string; line: number; message: string }[] = [];
  let template: string | undefined;
  for (const [name, value] of Object.entries(content)) {
    const commands = Commands.safeParse(value);
    if (name === 'version' || !commands.success) continue;
    const { global, build, deploy } = commands.data;
    const merged = Deploy.safeParse({ ...build?.parameters, ...global?.parameters, ...deploy?.parameters });
    if (!merged.success) {
      const line = text.split('\n').findIndex((it) => it.includes(`[${name}.`)) + 1;
      problems.push(...merged.error.issues.map((issue) => ({ file, line: Math.max(line, 1), message: `${name}.deploy.parameters.${issue.path.join('.')}: ${issue.message}` })));
      continue;
    }
    const said = merged.data;
    const capabilities = said.capabilities === undefined ? undefined : z.array(Capability).safeParse(said.capabilities);
    if (capabilities?.success === false) problems.push({ file, line: 1, message: `${name}: capabilities may be ${Capability.options.join(', ')}` });
    template ??= said.template_file ?? said.template;
    environments[name] = {
      stack: said.stack_name,
      region: said.region,
      parameters: pairs(said.parameter_overrides ?? []),
      capabilities: capabilities?.data,
      tags: pairs(said.tags ?? []),
      asksApproval: said.confirm_changeset ?? false,
      roleArn: said.role_arn,
      ignored: neverObeyed.filter((key) => said[key] !== undefined),
    };
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: { template, environments } };
}
