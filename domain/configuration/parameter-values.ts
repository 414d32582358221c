import type { Environments } from '../../contracts/environments.ts';
import type { Lookup } from '../../contracts/release.ts';
import { earlierIn } from '../outputs.ts';

interface ParameterValues {
  readonly parameters: Readonly<Record<string, string>>;
  readonly lookups?: Readonly<Record<string, Lookup>>;
}

/**
 * A secret stays a reference, which CloudFormation resolves where a property uses it, with its own role: nobody here reads it.
 * @param name as it stands behind `secret:`, with `#KEY` where one key of it is meant
 */
function secretReference(name: string): string {
  const [id = '', key] = name.split('#');
  return `{{resolve:secretsmanager:${id}${key === undefined ? '' : `:SecretString:${key}`}}}`;
}

const outputReference = /^\$\{stacks\.([a-z0-9-]+)\.outputs\.([A-Za-z0-9]+)\}$/;

/** The stack and its output that a lookup means. */
export function outputOf({ path }: Pick<Lookup, 'path'>): { readonly stack: string; readonly output: string } {
  const at = path.indexOf('.');
  return { stack: path.slice(0, at), output: path.slice(at + 1) };
}

/** Parts what `drawbridge.yaml` gives as parameters into what is known now and what is looked up for each change set. */
export function parameterValues(given: Readonly<Record<string, string>>, file: string): ParameterValues {
  const parameters: Record<string, string> = {};
  const lookups: Record<string, Lookup> = {};
  for (const [name, text] of Object.entries(given)) {
    const [, stack, output] = outputReference.exec(text) ?? [];
    const [earlier] = text.startsWith('${') ? earlierIn(text) : [];
    const [, kind, rest = ''] = /^(ssm|ssm-tools|secret):(.*)$/s.exec(text) ?? [];
    if (stack !== undefined && output !== undefined) lookups[name] = { store: 'stack', path: `${stack}.${output}`, file };
    else if (earlier !== undefined) lookups[name] = { store: 'environment', path: earlier, file };
    else if (kind === 'secret') parameters[name] = secretReference(rest);
    else if (kind === undefined) parameters[name] = text;
    else lookups[name] = { store: kind === 'ssm' ? 'target' : 'tools', path: rest, file };
  }
  return { parameters, ...(Object.keys(lookups).length === 0 ? {} : { lookups }) };
}

/** What an application may read in the tools account, where its neighbours' parameters lie too. */
const defaultPrefix = '/drawbridge/parameters/{application}/';

/** Lookups in the tools account that are not below the prefix which is registered, or usual, for the application. */
export function outsidePrefix(registry: Pick<Environments, 'parameters'>, application: string, lookups: Readonly<Record<string, Lookup>>): string[] {
  const prefix = (registry.parameters?.prefix ?? defaultPrefix).replaceAll('{application}', application);
  return Object.entries(lookups)
    .filter(([, { store, path }]) => store === 'tools' && !path.startsWith(prefix))
    .map(([name, { path }]) => `the parameter ${name} is taken from ssm-tools:${path}, but ${application} may read only what is below ${prefix}; move it there, or ask the platform team to register another prefix.`);
}
