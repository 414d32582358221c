import { subscribe, subscribers } from '../../aws/mail.ts';
import { findRegistry, type Registration } from '../../aws/registry.ts';
import { writeRegistration } from '../../aws/registry-history.ts';
import type { RegisterAnswer, RegisterRequest, RegistryAnswer } from '../../contracts/commands.ts';
import type { Environments } from '../../contracts/environments.ts';
import { parseEnvironmentsFile } from '../../domain/configuration/environments-file.ts';
import { sayProblems } from '../../domain/configuration/problems.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { differences } from '../../domain/registry-diff.ts';

export interface Where {
  readonly tableName: string;
  readonly mailTopicArn: string;
}

export async function registry({ tableName }: Where): Promise<RegistryAnswer | undefined> {
  return await findRegistry(tableName);
}

/** Registers `environments.yaml` as the next version, or only says what would differ. */
export async function register({ tableName, mailTopicArn }: Where, { text, dryRun, expectedVersion }: RegisterRequest, by: string): Promise<RegisterAnswer> {
  const parsed = parseEnvironmentsFile(text);
  if (!parsed.ok) throw new InvalidInputError(`Registering the environments:\n${sayProblems(parsed.problems)}`);
  const before = await findRegistry(tableName);
  const version = before?.version ?? 0;
  if (expectedVersion !== undefined && expectedVersion !== version) {
    throw new InvalidInputError(`Registering the environments: version ${String(version)} is registered, not ${String(expectedVersion)}; somebody else registered meanwhile. Look at the difference again.`);
  }
  const difference = differences(before?.content, parsed.value);
  if (dryRun || difference.length === 0) {
    if (!dryRun) await subscribeApprovers(mailTopicArn, parsed.value);
    return { version, changed: difference.length > 0, difference };
  }
  const next: Registration = { version: version + 1, text, content: parsed.value, registeredBy: by, registeredAt: new Date().toISOString() };
  if (!(await writeRegistration(tableName, next))) throw new InvalidInputError('Registering the environments: somebody else registered in the same moment. Look at the difference again.');
  await subscribeApprovers(mailTopicArn, parsed.value);
  return { version: next.version, changed: true, difference };
}

/** Each approver's own subscription lets through what is theirs; an address that is subscribed stays as it is. */
async function subscribeApprovers(topicArn: string, { approvers }: Environments): Promise<void> {
  const known = await subscribers(topicArn);
  for (const [name, { email }] of Object.entries(approvers)) {
    if (email !== undefined && !known.has(email.toLowerCase())) await subscribe(topicArn, name, email);
  }
}
