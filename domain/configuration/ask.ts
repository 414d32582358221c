import { type Asked, askedByFile, askedByNobody, askedBySamConfig, askedByTemplate } from './asked.ts';
import { parseApplicationFile, parseReadyFile } from './application-file.ts';
import { inFolder } from './in-folder.ts';
import type { Parsed } from './problems.ts';
import { parseSamConfig } from './samconfig.ts';

interface Files {
  readonly drawbridge: string | undefined;
  readonly samconfig: string | undefined;
  readonly template: { readonly path: string; readonly text: string } | undefined;
}

/**
 * What a repository asks for: `drawbridge.yaml` before `samconfig.toml` before a template alone.
 * @param known environments that the registry has
 * @param folder where the files are, when that is not the root
 */
export function ask({ drawbridge, samconfig, template }: Files, known: readonly string[], folder?: string): Parsed<Asked> {
  const at = (path: string) => inFolder(folder, path);
  if (drawbridge !== undefined) {
    const parsed = parseApplicationFile(drawbridge, at('drawbridge.yaml'));
    return parsed.ok ? { ok: true, value: askedByFile(parsed.value, at) } : parsed;
  }
  if (samconfig !== undefined) {
    const parsed = parseSamConfig(samconfig, at('samconfig.toml'));
    if (!parsed.ok) return parsed;
    const asked = askedBySamConfig(parsed.value, known, at);
    if (Object.keys(asked.environments).length > 0) return { ok: true, value: asked };
  }
  if (template !== undefined) return { ok: true, value: askedByTemplate(at(template.path), template.text) };
  return {
    ok: false,
    problems: [{ file: at('drawbridge.yaml'), line: 1, message: `there is none at this commit, nor a samconfig.toml with a config-env named ${known.join(', ')}, nor a template.yaml ${folder === undefined ? 'at the root' : `in ${folder}`}; add one of them` }],
  };
}

/** What an upload asks for that is ready: the same files, as far as they do not say how it is built. */
export function askReady({ drawbridge, samconfig }: Pick<Files, 'drawbridge' | 'samconfig'>, known: readonly string[]): Parsed<Asked> {
  if (drawbridge !== undefined) {
    const parsed = parseReadyFile(drawbridge);
    return parsed.ok ? { ok: true, value: askedByFile(parsed.value, (path) => path) } : parsed;
  }
  if (samconfig === undefined) return { ok: true, value: askedByNobody };
  const parsed = parseSamConfig(samconfig, 'samconfig.toml');
  if (!parsed.ok) return parsed;
  const asked = askedBySamConfig(parsed.value, known, (path) => path);
  return { ok: true, value: Object.keys(asked.environments).length > 0 ? { ...asked, build: undefined } : askedByNobody };
}
