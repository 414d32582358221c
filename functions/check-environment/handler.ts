import * as z from 'zod';
import { listTargets, readRelease } from '../../aws/releases.ts';
import type { HttpTest } from '../../contracts/steps.ts';
import { EnvironmentTask } from '../../contracts/tasks.ts';
import { attemptOf, isOfRound } from '../../domain/attempt.ts';
import { commandsOf } from '../../domain/command-test.ts';
import { DeploymentFailedError } from '../../domain/errors.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { type Addresses, failedTest, problemOf, refusedUrl, testSentence, type Trouble } from '../../domain/http-test.ts';
import { filled, type Outputs, outputsOf, unknownIn } from '../../domain/outputs.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { probe, RefusedAddress } from './probe.ts';

const Input = EnvironmentTask.extend({
  /** When it was looked for the first time. */
  begun: z.iso.datetime(),
});

const real = { readRelease, listTargets, probe, now: () => new Date() };

interface Answer {
  readonly answer: 'passed' | 'again';
  /** How many commands are to test it besides. */
  readonly tests: number;
}

/** Looks once whether what is deployed works. Where it does not yet, there is time until the test's own limit. */
export async function checkEnvironment(uses: typeof real, where: { tableName: string; addresses: Addresses }, { begun, ...input }: z.infer<typeof Input>): Promise<Answer> {
  const release = await uses.readRelease(where.tableName, input.release);
  const environment = findEnvironment(release, input.environment);
  const { name, targets } = environment;
  const records = (await uses.listTargets(where.tableName, input.release, name)).filter((record) => isOfRound(record, attemptOf(input)));
  const asked = targets.flatMap(({ name: target, tests = [] }) => tests.map((test) => lookAt(uses, where.addresses, test, outputsOf(records.find((record) => record.target === target)))));
  const troubles = (await Promise.all(asked)).filter((trouble) => trouble !== undefined);
  if (troubles.length === 0) return { answer: 'passed', tests: commandsOf(environment).length };
  const failed = failedTest(troubles, (uses.now().getTime() - Date.parse(begun)) / 1000);
  if (failed !== undefined) throw new DeploymentFailedError(testSentence(name, release.id, failed));
  return { answer: 'again', tests: 0 };
}

async function lookAt({ probe: look }: Pick<typeof real, 'probe'>, addresses: Addresses, test: HttpTest, outputs: Outputs): Promise<Trouble | undefined> {
  const url = filled(test.url, outputs);
  const [missing] = unknownIn(test.url, outputs);
  const refusal = missing === undefined ? refusedUrl(url, addresses) : `takes the output ${missing}, which the stack does not have`;
  if (refusal !== undefined) return { test, url, problem: refusal, final: true };
  try {
    const problem = problemOf(test, await look(url, addresses));
    return problem === undefined ? undefined : { test, url, problem, final: false };
  } catch (error) {
    if (error instanceof RefusedAddress) return { test, url, problem: error.message, final: true };
    return { test, url, problem: `could not be asked: ${error instanceof Error ? error.message : String(error)}`, final: false };
  }
}

export const handler = task({
  name: 'check-environment',
  input: Input,
  run: (input) => {
    const { TABLE_NAME, TEST_ADDRESSES } = env('TABLE_NAME', 'TEST_ADDRESSES');
    return checkEnvironment(real, { tableName: TABLE_NAME, addresses: TEST_ADDRESSES === 'any' ? 'any' : 'public' }, input);
  },
});
