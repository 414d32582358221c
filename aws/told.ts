import type * as z from 'zod';
import { readRow, writeRow } from './rows.ts';
import { keys } from './table.ts';

/** What a channel keeps of what it told: the id of its message, so that it changes it in place. */
export interface Memory {
  recall<Schema extends z.ZodType>(channel: string, about: string, schema: Schema): Promise<z.output<Schema> | undefined>;
  keep(channel: string, about: string, row: object): Promise<void>;
}

/** Rows go away by themselves a while after nobody asks for them any more. */
const keptSeconds = 400 * 24 * 3600;

export const memory = (tableName: string): Memory => ({
  recall: (channel, about, schema) => readRow(tableName, keys.told(channel, about), schema),
  keep: async (channel, about, row) => {
    await writeRow(tableName, keys.told(channel, about), { ...row, expiresAt: Math.floor(Date.now() / 1000) + keptSeconds });
  },
});
