import { applicationsOf, type Registration } from '../../aws/registry.ts';
import type { RegisterAnswer, RegisterRequest } from '../../contracts/commands.ts';
import type { Deployed } from '../../contracts/plan.ts';
import type { Environments } from '../../contracts/environments.ts';
import { parseEnvironmentsFile } from '../../domain/configuration/environments-file.ts';
import { sayProblems } from '../../domain/configuration/problems.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { differences } from '../../domain/registry-diff.ts';
import { grouped, type Leaving, leavingSentence, leftByRegistry } from '../../domain/removal/left.ts';

export interface Uses {
  findRegistry(): Promise<Registration | undefined>;
  writeRegistration(registration: Registration): Promise<boolean>;
  subscribers(): Promise<Set<string>>;
  subscribe(email: string): Promise<void>;
  deployedOf(applications: readonly string[]): Promise<Deployed[]>;
  /** Keeps in view what has left, and plans its removal. */
  keepLeft(leaving: readonly Leaving[]): Promise<{ readonly text: string }[]>;
  now(): Date;
}

/** Registers `environments.yaml` as the next version, or only says what would differ. */
export async function register(uses: Uses, { text, dryRun, expectedVersion }: RegisterRequest, by: string): Promise<RegisterAnswer> {
  const file = parseEnvironmentsFile(text);
  if (!file.ok) throw new InvalidInputError(`Registering the environments:\n${sayProblems(file.problems)}`);
  const before = await uses.findRegistry();
  const version = before?.version ?? 0;
  if (expectedVersion !== undefined && expectedVersion !== version) {
    throw new InvalidInputError(`Registering the environments: version ${String(version)} is registered, not ${String(expectedVersion)}; somebody else registered meanwhile. Look at the difference again.`);
  }
  const difference = differences(before?.content, file.value);
  if (dryRun || difference.length === 0) {
    if (!dryRun) await subscribeApprovers(uses, file.value);
    const would = difference.length === 0 ? [] : grouped(await leavingOf(uses, before, file.value));
    return { version, changed: difference.length > 0, difference, leaves: would.map((it) => `${leavingSentence(it)} Its removal would be planned.`) };
  }
  const former = applicationsOf(before).filter((name) => file.value.applications[name] === undefined);
  const next: Registration = { version: version + 1, text, content: file.value, former, registeredBy: by, registeredAt: uses.now().toISOString() };
  if (!(await uses.writeRegistration(next))) throw new InvalidInputError('Registering the environments: somebody else registered in the same moment. Look at the difference again.');
  // What is interrupted here the sweep makes good.
  const leaves = await uses.keepLeft(await leavingOf(uses, before, file.value));
  await subscribeApprovers(uses, file.value);
  return { version: next.version, changed: true, difference, leaves: leaves.map(({ text }) => text) };
}

/** What is deployed, of applications of before and now, and has no place in the new environments. */
async function leavingOf(uses: Uses, before: Registration | undefined, now: Environments): Promise<Leaving[]> {
  const applications = new Set([...applicationsOf(before), ...Object.keys(now.applications)]);
  return leftByRegistry(now, await uses.deployedOf([...applications]));
}

/** Each address's own subscription lets through what is for it; an address that is subscribed stays as it is. */
async function subscribeApprovers(uses: Uses, { approvers }: Environments): Promise<void> {
  const known = await uses.subscribers();
  for (const { email } of Object.values(approvers)) {
    if (email !== undefined && !known.has(email.toLowerCase())) await uses.subscribe(email);
  }
}
