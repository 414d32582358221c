import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';
import { keys, table } from './table.ts';

const kms = once(() => new KMSClient(retries));
const sfn = once(() => new SFNClient(retries));

const Row = z.object({ sealedToken: z.instanceof(Uint8Array), about: z.record(z.string(), z.string()), since: z.string() });

export interface Wait {
  /** The operation that is waited for: `build:<release>#1`, `stack:<stack id>:<client request token>`, `approval:<id>`. */
  readonly operation: string;
  /** Ids that whoever completes the wait needs to find its way. */
  readonly about: Readonly<Record<string, string>>;
}

/** Table rows of waits go away by themselves after the longest wait that Step Functions knows. */
const keptSeconds = 366 * 24 * 3600;

/**
 * Stores a token before its operation starts: a fast event can beat a later write (F 2.13).
 * The token is sealed with the wait key and bound to the operation: who reads the table cannot complete anything.
 */
export async function storeWait(where: { tableName: string; keyArn: string }, wait: Wait, token: string, now: Date): Promise<void> {
  await calling(`storing the wait for ${wait.operation}`, async () => {
    const sealed = await kms().send(
      new EncryptCommand({ KeyId: where.keyArn, Plaintext: Buffer.from(token), EncryptionContext: { operation: wait.operation } }),
    );
    await table().send(
      new PutCommand({
        TableName: where.tableName,
        Item: {
          ...keys.wait(wait.operation),
          sealedToken: sealed.CiphertextBlob,
          about: wait.about,
          since: now.toISOString(),
          expiresAt: Math.floor(now.getTime() / 1000) + keptSeconds,
        },
      }),
    );
  });
}

/** What a wait is about, or `undefined` when nobody waits for that operation. */
export async function findWait(tableName: string, operation: string): Promise<Readonly<Record<string, string>> | undefined> {
  const row = await readWait(tableName, operation);
  return row?.about;
}

async function readWait(tableName: string, operation: string) {
  const answer = await calling(`reading the wait for ${operation}`, () =>
    table().send(new GetCommand({ TableName: tableName, Key: keys.wait(operation), ConsistentRead: true })),
  );
  return answer.Item === undefined ? undefined : Row.parse(answer.Item);
}

/**
 * Completes a wait with an answer.
 * @returns `nobody` when no wait is stored or its state has gone on without us (F 4.6): a second event, a late click.
 */
export async function completeWait(where: { tableName: string; keyArn: string }, operation: string, answer: unknown): Promise<'completed' | 'nobody'> {
  const row = await readWait(where.tableName, operation);
  if (row === undefined) return 'nobody';
  const opened = await calling(`opening the wait for ${operation}`, () =>
    kms().send(new DecryptCommand({ KeyId: where.keyArn, CiphertextBlob: row.sealedToken, EncryptionContext: { operation } })),
  );
  const done = await completeToken(Buffer.from(opened.Plaintext ?? []).toString(), answer);
  await calling(`removing the wait for ${operation}`, () =>
    table().send(
      new DeleteCommand({
        TableName: where.tableName,
        Key: keys.wait(operation),
        // A retried task may have stored a newer token meanwhile; that one stays.
        ConditionExpression: 'sealedToken = :mine',
        ExpressionAttributeValues: { ':mine': row.sealedToken },
      }),
    ),
  ).catch((error: unknown) => {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  });
  return done;
}

/** Forgets a wait that nobody can complete any more. Whoever completed it may have died before its row was removed. */
export async function forgetWait(tableName: string, operation: string): Promise<void> {
  await calling(`forgetting the wait for ${operation}`, () => table().send(new DeleteCommand({ TableName: tableName, Key: keys.wait(operation) })));
}

/** Completes a token that is at hand: what a task finds already over when it looks once after starting. */
export async function completeToken(token: string, answer: unknown): Promise<'completed' | 'nobody'> {
  try {
    await calling('completing a waiting state', () => sfn().send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(answer) })));
    return 'completed';
  } catch (error) {
    if (isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist')) return 'nobody';
    throw error;
  }
}
