import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { Left } from '../contracts/left.ts';
import { InvalidInputError, NotFoundError } from '../domain/errors.ts';
import { grouped, leavingSentence, type Leaving } from '../domain/removal/left.ts';
import { calling } from './errors.ts';
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

const real = { listLeft, writeLeft, deleteLeft, proposeRemoval, now: () => new Date() };
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
  const isRow = (left: Left, { row }: Leaving) => left.application === row.application && left.environment === row.environment && left.target === row.target;
  for (const left of known.filter((it) => concerns(it) && !leaving.some((one) => isRow(it, one)))) await uses.deleteLeft(tableName, left);
  const said: Said[] = [];
  for (const { rows, ...wish } of grouped(leaving)) {
    const outcome = await proposed(uses, context, wish);
    for (const one of rows) {
      const { application, environment, target, account, region, stackName } = one.row;
      const since = known.find((it) => isRow(it, one))?.since ?? uses.now().toISOString();
      await uses.writeLeft(tableName, { application, environment, target, account, region, stackName, by: one.by, why: one.why, since, ...outcome.fields });
    }
    said.push({ text: `${leavingSentence({ ...wish, rows })} ${outcome.text}`, isNew: outcome.isNew });
  }
  return said;
}

async function proposed(uses: LeftUses, context: RemovalContext, wish: Parameters<typeof proposeRemoval>[1]): Promise<Said & { readonly fields: Pick<Left, 'removal' | 'trouble'> }> {
  try {
    const { release, opened } = await uses.proposeRemoval(context, wish);
    return { fields: { removal: release }, isNew: opened, text: opened ? `Its removal is planned: ${release}.` : `Its removal was planned before: ${release}.` };
  } catch (error) {
    // It stays in view, with the reason; nothing that goes well must fail because of it.
    if (!(error instanceof InvalidInputError || error instanceof NotFoundError)) throw error;
    return { fields: { trouble: error.message }, isNew: true, text: error.message };
  }
}
