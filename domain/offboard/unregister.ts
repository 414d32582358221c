import { isSeq, parseDocument } from 'yaml';
import { Environments } from '../../contracts/environments.ts';
import { parseYamlFile } from '../configuration/yaml-file.ts';

export type Unregistered = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/** `environments.yaml` without an application: its entry, and its name where environments list whom they take. Comments stay. */
export function withoutApplication(text: string, application: string): Unregistered {
  const document = parseDocument(text);
  const only: string[] = [];
  const read = parseYamlFile('environments.yaml', text, Environments);
  for (const [name, { applications }] of read.ok ? Object.entries(read.value.environments) : []) {
    if (applications?.includes(application) !== true) continue;
    const list = document.getIn(['environments', name, 'applications'], true);
    // An empty list would be none, and without a list the environment would take everybody.
    if (applications.length === 1 || !isSeq(list)) only.push(name);
    else list.delete(applications.indexOf(application));
  }
  if (only.length > 0) return { ok: false, problem: `${only.join(', ')} ${only.length === 1 ? 'takes' : 'take'} only ${application}; what becomes of ${only.length === 1 ? 'it' : 'them'} is for you to say` };
  document.deleteIn(['applications', application]);
  const after = document.toString({ lineWidth: 0 });
  const parsed = parseYamlFile('environments.yaml', after, Environments);
  const gone = parsed.ok && parsed.value.applications[application] === undefined;
  return gone ? { ok: true, text: after } : { ok: false, problem: 'it cannot be taken out of the registered text by a machine' };
}
