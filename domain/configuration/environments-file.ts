import { Environments } from '../../contracts/environments.ts';
import type { Parsed, Path, Problem } from './problems.ts';
import { membersOf, quorumsOf } from '../people.ts';
import { approversOf, isMet } from '../quorum.ts';
import { secondsOf } from './seconds.ts';
import { targetNames } from './target-names.ts';
import { parseYamlFile } from './yaml-file.ts';

/** A release ends by itself after 330 days, and may have to ask in several environments (F 4.2: an execution is open for a year at most). */
const longestQuestion = '90 days';

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

function crossCheck(content: Environments): Found[] {
  const { accounts, applications, environments } = content;
  const found: Found[] = [...peopleProblems(content)];
  for (const [name, environment] of Object.entries(environments)) {
    const here = ['environments', name];
    environment.targets.forEach(({ account }, index) => {
      if (!(account in accounts)) found.push({ path: [...here, 'targets', index, 'account'], message: `there is no account ${account} under accounts; known: ${known(accounts)}` });
    });
    environment.applications?.forEach((application, index) => {
      if (!(application in applications)) found.push({ path: [...here, 'applications', index], message: `there is no application ${application} under applications; known: ${known(applications)}` });
    });
    found.push(...approvalProblems(content, name));
    if (environment.rules !== undefined && environment.approval === undefined) found.push({ path: [...here, 'rules'], message: 'rules say who is asked, but no approval is registered; add one' });
    if (environment.slack !== undefined && content.slack === undefined) found.push({ path: [...here, 'slack'], message: 'a channel of its own needs the workspace; add slack: at the top' });
    const names = targetNames(environment.targets);
    names.forEach((target, index) => {
      if (names.indexOf(target) !== index) found.push({ path: [...here, 'targets', index], message: `two targets are called ${target}; give each a name of its own (name: …)` });
    });
  }
  return found;
}

const shared = ['email', 'slack', 'principal'] as const;

/** A person registered twice could count twice. */
function peopleProblems({ approvers, groups }: Environments): Found[] {
  const found: Found[] = [];
  const entries = Object.entries(approvers);
  for (const [index, [name, approver]] of entries.entries()) {
    for (const field of shared) {
      const value = approver[field]?.toLowerCase();
      const other = value === undefined ? undefined : entries.slice(0, index).find(([, it]) => it[field]?.toLowerCase() === value)?.[0];
      if (other !== undefined) found.push({ path: ['approvers', name, field], message: `${other} has the same; one person is registered once` });
    }
  }
  for (const [group, members] of Object.entries(groups)) {
    if (group in approvers) found.push({ path: ['groups', group], message: `an approver is called ${group} too; give the group another name` });
    members.forEach((member, index) => {
      if (!(member in approvers)) found.push({ path: ['groups', group, index], message: `there is no approver ${member} under approvers; known: ${known(approvers)}` });
    });
  }
  return found;
}

/** What an approval names must be there, and what it asks must be possible. */
function approvalProblems(content: Environments, environment: string): Found[] {
  const { applications, approvers, groups, environments } = content;
  const approval = environments[environment]?.approval;
  if (approval === undefined) return [];
  const found: Found[] = [];
  const here = ['environments', environment, 'approval'];
  for (const list of ['approvers', 'breakGlass'] as const) {
    approval[list]?.forEach((name, index) => {
      if (!(name in approvers) && !(name in groups)) found.push({ path: [...here, list, index], message: `there is no approver ${name} under approvers; known: ${known({ ...approvers, ...groups })}` });
    });
  }
  for (const group of Object.keys(approval.groups ?? {})) {
    if (!(group in groups)) found.push({ path: [...here, 'groups', group], message: `there is no group ${group} under groups; known: ${known(groups)}` });
  }
  if (found.length > 0) return found;
  const quorums = quorumsOf(content, approval);
  for (const { from, required, approvers: may } of quorums) {
    const path = from === 'approvers' ? [...here, 'required'] : [...here, 'groups', from];
    if (required > may.length) found.push({ path, message: `${String(required)} yeses are asked for, but only ${String(may.length)} may answer` });
  }
  const everybody = approversOf(quorums).map((person) => ({ person, places: [person] }));
  if (found.length === 0 && !isMet(quorums, 1, everybody)) found.push({ path: here, message: 'each yes must come from another person, and there are not enough people for all groups' });
  if (approval.breakGlass !== undefined && membersOf(content, approval.breakGlass).length < 2) found.push({ path: [...here, 'breakGlass'], message: 'breaking the glass takes two people; name at least two' });
  if (secondsOf(approval.expires) > secondsOf(longestQuestion)) found.push({ path: [...here, 'expires'], message: `a question stays open for ${longestQuestion} at most, not for ${approval.expires}: the release that asks ends by itself some day` });
  if (approval.remind !== undefined && secondsOf(approval.remind) >= secondsOf(approval.expires)) found.push({ path: [...here, 'remind'], message: `a reminder ${approval.remind} before the end comes too early: the question expires after ${approval.expires}` });
  const uploaded = Object.entries(applications).find(([name, { upload }]) => upload !== undefined && environments[environment]?.applications?.includes(name) !== false)?.[0];
  if (uploaded !== undefined && !approval.authorMayApprove && approversOf(quorums).length < 2) found.push({ path: here, message: `${uploaded} is uploaded, and nobody can check who wrote an upload: it takes two people, but only one may answer; name more, or set authorMayApprove: true` });
  const two = environments[environment]?.rules?.findIndex(({ then }) => then === 'two') ?? -1;
  if (two !== -1 && approversOf(quorums).length < 2) found.push({ path: ['environments', environment, 'rules', two], message: 'it asks two people, but only one may answer' });
  return found;
}
