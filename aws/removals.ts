import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Deployed } from '../contracts/plan.ts';
import type { Release } from '../contracts/release.ts';
import { InvalidInputError, NotFoundError, TransientError } from '../domain/errors.ts';
import { deployedState, removalRelease, wasAnswered } from '../domain/removal/release.ts';
import { resolveRemoval } from '../domain/removal/resolve.ts';
import { listDeployed } from './deployed.ts';
import { calling } from './errors.ts';
import { startRelease } from './executions.ts';
import { nextSequence } from './heads.ts';
import { readRegistry } from './registry.ts';
import { findRelease } from './releases.ts';
import { report } from './reports.ts';
import { readRow } from './rows.ts';
import { keys, table } from './table.ts';
import { cancellations } from './transactions.ts';

export interface RemovalContext {
  readonly tableName: string;
  readonly busName: string;
  /** ARN of the machine that takes a release through its environments. */
  readonly machine: string;
}

export interface RemovalWish {
  readonly application: string;
  readonly environment: string;
  /** Only these; without them everything that is deployed there. */
  readonly targets?: readonly string[] | undefined;
  readonly reason: string;
  /** The principal who asks, or `Drawbridge` where nobody did. */
  readonly by: string;
  /** Its number, where it was given one already; without it the next. */
  readonly sequence?: number;
}

const RemovalRow = z.object({ release: z.string(), state: z.string() });
type RemovalRow = z.infer<typeof RemovalRow>;

const real = { listDeployed, readRegistry, findRelease, nextSequence, readRemovalRow, writeRemoval, startRelease, report, now: () => new Date() };
type Uses = typeof real;

/** How often a removal that others ask for in the same moment is looked for again. */
const tries = 5;

/**
 * Begins to remove what is deployed of an application in an environment. Asked twice for the same deployed state while the
 * first still runs, it answers that one.
 * @returns the release that removes it; it waits for a person wherever it is no branch's environment in a sandbox
 */
export async function startRemoval(context: RemovalContext, wish: RemovalWish, uses: Uses = real): Promise<string> {
  return (await begin(context, wish, false, uses)).release;
}

/**
 * The same for what has left the configuration, which nobody asked for: what was answered once for the same deployed state
 * is not asked again.
 */
export async function proposeRemoval(context: RemovalContext, wish: Omit<RemovalWish, 'by'>, uses: Uses = real): Promise<{ readonly release: string; readonly opened: boolean }> {
  return await begin(context, { ...wish, by: 'Drawbridge' }, true, uses);
}

async function begin(context: RemovalContext, wish: RemovalWish, once: boolean, uses: Uses): Promise<{ release: string; opened: boolean }> {
  const { tableName, machine } = context;
  const { application, environment, targets } = wish;
  const doing = `Removing ${application} from ${environment}`;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const rows = (await uses.listDeployed(tableName, application)).filter((row) => row.environment === environment && targets?.includes(row.target) !== false);
    if (rows.length === 0) throw new NotFoundError(`${doing}: nothing is deployed there${targets === undefined ? '' : ` as ${targets.join(', ')}`}. "drawbridge status" shows what is deployed.`);
    const registration = await uses.readRegistry(tableName);
    const resolved = resolveRemoval(registration.content, wish, rows);
    if (!resolved.ok) throw new InvalidInputError(resolved.problem);

    const state = deployedState(rows);
    const before = await uses.readRemovalRow(tableName, wish);
    const last = before?.state === state ? await uses.findRelease(tableName, before.release) : undefined;
    if (last?.state === 'running') {
      // The row may have been written and the start lost; by its name it starts at most once.
      await uses.startRelease(machine, last.id, last.attempt);
      return { release: last.id, opened: false };
    }
    if (once && last !== undefined && wasAnswered(last.outcome)) return { release: last.id, opened: false };
    const release = removalRelease({
      wish,
      rows,
      source: await sourceOf(uses, tableName, rows),
      repository: registration.content.applications[application]?.repository,
      sequence: wish.sequence ?? (await uses.nextSequence(tableName, application)),
      registryVersion: registration.version,
      environment: resolved.environment,
      now: uses.now(),
    });
    if (!(await uses.writeRemoval(tableName, release, wish, state, before))) continue;
    const text = `${release.author.name} asks to remove ${application} from ${environment} (${rows.map(({ stackName }) => stackName).join(', ')}): ${wish.reason}`;
    await uses.report(context, { kind: 'started', about: 'release', release: release.id, application, text }, uses.now(), release.pushedBy);
    await uses.startRelease(machine, release.id, 1);
    return { release: release.id, opened: true };
  }
  throw new TransientError(`${doing}: others asked for it in the same moment. Ask again.`);
}

/** Where the newest release there came from. */
async function sourceOf(uses: Uses, tableName: string, rows: readonly Deployed[]): Promise<Release['source'] | undefined> {
  const newest = [...rows].sort((a, b) => b.sequence - a.sequence)[0];
  return newest === undefined ? undefined : (await uses.findRelease(tableName, newest.release))?.source;
}

/** The newest removal of an environment of an application. */
export async function readRemovalRow(tableName: string, { application, environment }: Pick<RemovalWish, 'application' | 'environment'>): Promise<RemovalRow | undefined> {
  return await readRow(tableName, keys.removal(application, environment), RemovalRow);
}

/** @returns `false` when somebody else began a removal there meanwhile */
async function writeRemoval(tableName: string, release: Release, { application, environment }: Pick<RemovalWish, 'application' | 'environment'>, state: string, before: RemovalRow | undefined): Promise<boolean> {
  try {
    await calling(`writing release ${release.id}`, () =>
      table().send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Put: {
                TableName: tableName,
                Item: { release: release.id, state, ...keys.removal(application, environment) },
                ConditionExpression: before === undefined ? 'attribute_not_exists(pk)' : '#release = :before',
                ...(before === undefined ? {} : { ExpressionAttributeNames: { '#release': 'release' }, ExpressionAttributeValues: { ':before': before.release } }),
              },
            },
            { Put: { TableName: tableName, Item: { ...release, ...keys.release(release.id) } } },
            { Put: { TableName: tableName, Item: { release: release.id, ...keys.releaseOf(release.application, release.sequence) } } },
          ],
        }),
      ),
    );
    return true;
  } catch (error) {
    if (cancellations(error).includes('ConditionalCheckFailed')) return false;
    throw error;
  }
}
