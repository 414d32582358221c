import { Environments } from '../../contracts/environments.ts';
import type { Parsed, Path, Problem } from './problems.ts';
import { targetNames } from './target-names.ts';
import { parseYamlFile } from './yaml-file.ts';

/** Parses `environments.yaml` and checks that what it names is there. */
export function parseEnvironmentsFile(text: string, file = 'environments.yaml'): Parsed<Environments> {
  const parsed = parseYamlFile(file, text, Environments);
  if (!parsed.ok) return parsed;
  const problems = crossCheck(parsed.value).map(({ path, message }): Problem => ({ file, line: parsed.lineOf(path), message }));
  return problems.length === 0 ? { ok: true, value: parsed.value } : { ok: false, problems };
}

interface Found {
  readonly path: Path;
  readonly message: string;
}

const known = (names: object): string => Object.keys(names).join(', ') || 'none';

function crossCheck({ accounts, approvers, applications, environments }: Environments): Found[] {
  const found: Found[] = [];
  for (const [name, environment] of Object.entries(environments)) {
    const here = ['environments', name];
    environment.targets.forEach(({ account }, index) => {
      if (!(account in accounts)) found.push({ path: [...here, 'targets', index, 'account'], message: `there is no account ${account} under accounts; known: ${known(accounts)}` });
    });
    environment.applications?.forEach((application, index) => {
      if (!(application in applications)) found.push({ path: [...here, 'applications', index], message: `there is no application ${application} under applications; known: ${known(applications)}` });
    });
    environment.approval?.approvers.forEach((approver, index) => {
      if (!(approver in approvers)) found.push({ path: [...here, 'approval', 'approvers', index], message: `there is no approver ${approver} under approvers; known: ${known(approvers)}` });
    });
    const { approval } = environment;
    if (approval !== undefined && approval.required > new Set(approval.approvers).size) {
      found.push({ path: [...here, 'approval', 'required'], message: `${String(approval.required)} yeses are asked for, but only ${String(new Set(approval.approvers).size)} may answer` });
    }
    const names = targetNames(environment.targets);
    names.forEach((target, index) => {
      if (names.indexOf(target) !== index) found.push({ path: [...here, 'targets', index], message: `two targets are called ${target}; give each a name of its own (name: …)` });
    });
  }
  return found;
}
