import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { Left } from '../contracts/left.ts';
import { InvalidInputError, NotFoundError } from '../domain/errors.ts';
import { grouped, isLeft, leavingSentence, type Leaving } from '../domain/removal/left.ts';
import { endBranchEnvironment } from './branch-ends.ts';
import { readBranchEnvironment } from './branch-environments.ts';
import { listDeployed } from './deployed.ts';
import { calling } from './errors.ts';
import { readRegistry } from './registry.ts';
import { proposeRemoval, type RemovalContext } from './removals.ts';
import { queryRows, writeRow } from './rows.ts';
import { keys, table } from './table.ts';

/** Everything that was found to have left the configuration. */
export async function listLeft(tableName: string): Promise<Left[]> {
  return await queryRows(tableName, { pk: keys.left('', '', '').pk, skBegins: 'TARGET#' }, Left);
}

async function writeLeft(tableName: string, left: Left): Promise<void> {
  await writeRow(tableName, keys.left(left.application, left.environment, left.target), left);
}

async function deleteLeft(tableName: string, { application, environment, target }: Pick<Left, 'application' | 'environment' | 'target'>): Promise<void> {
  await calling(`noting that ${target} of ${environment} is in the configuration again`, () => table().send(new DeleteCommand({ TableName: tableName, Key: keys.left(application, environment, target) })));
}

interface Said {
  readonly text: string;
  readonly isNew: boolean;
}

const real = { listLeft, writeLeft, deleteLeft, proposeRemoval, readRegistry, readBranchEnvironment, listDeployed, endBranchEnvironment, now: () => new Date() };
type LeftUses = typeof real;

/**
 * Keeps in view what has left the configuration, and plans its removal, which waits for a person as any other does.
 * What was found before and is in the configuration again is forgotten.
 * @param concerns whether a row that was found before could have been found now
 * @returns a sentence for each environment, and whether it says something new
 */
export async function keepLeft(context: RemovalContext, leaving: readonly Leaving[], concerns: (left: Left) => boolean, uses: LeftUses = real): Promise<Said[]> {
  const { tableName } = context;
  const known = await uses.listLeft(tableName);
  for (const left of known.filter((it) => concerns(it) && !leaving.some((one) => isLeft(it, one)))) await uses.deleteLeft(tableName, left);
  const said: Said[] = [];
  for (const { rows, ...wish } of grouped(leaving)) {
    const outcome = await proposed(uses, context, wish);
    for (const one of rows) {
      const { application, environment, target, account, region, stackName } = one.row;
      const since = known.find((it) => isLeft(it, one))?.since ?? uses.now().toISOString();
      await uses.writeLeft(tableName, { application, environment, target, account, region, stackName, by: one.by, why: one.why, since, ...outcome.fields });
    }
    said.push({ text: `${leavingSentence({ ...wish, rows })} ${outcome.text}`, isNew: outcome.isNew });
  }
  return said;
}

async function proposed(uses: LeftUses, context: RemovalContext, wish: Parameters<typeof proposeRemoval>[1]): Promise<Said & { readonly fields: Pick<Left, 'removal' | 'trouble'> }> {
  try {
    const moved = await endMoved(uses, context, wish);
    const { release, opened } = moved === undefined ? await uses.proposeRemoval(context, wish) : { release: moved, opened: true };
    return { fields: { removal: release }, isNew: opened, text: opened ? `Its removal is planned: ${release}.` : `Its removal was planned before: ${release}.` };
  } catch (error) {
    // It stays in view, with the reason; nothing that goes well must fail because of it.
    if (!(error instanceof InvalidInputError || error instanceof NotFoundError)) throw error;
    return { fields: { trouble: error.message }, isNew: true, text: error.message };
  }
}

/**
 * A sandbox that was moved: what its branches have goes with nobody asked, so each is ended first. When it is removed, the
 * branch's newest commit is released to the new place.
 * @returns the removal, or `undefined` where it is another case
 */
async function endMoved(uses: LeftUses, context: RemovalContext, { application, environment, targets, reason }: Parameters<typeof proposeRemoval>[1]): Promise<string | undefined> {
  const row = await uses.readBranchEnvironment(context.tableName, application, environment);
  if (row?.state !== 'live' || (await uses.readRegistry(context.tableName)).content.environments[row.registered]?.disposable !== true) return undefined;
  const all = (await uses.listDeployed(context.tableName, application)).filter((it) => it.environment === environment);
  if (all.some(({ target }) => targets?.includes(target) !== true)) return undefined;
  const ended = await uses.endBranchEnvironment(context, row, { reason: `${reason}.`, by: 'Drawbridge' });
  return ended.answer === 'removing' ? ended.release : undefined;
}
