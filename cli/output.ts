import pc from 'picocolors';
import type { Halt } from '../contracts/halt.ts';

/** Where a command writes to: text for a person, or one JSON document for a program. */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** A line for a person; a program does not get it. */
  line(text = ''): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** The answer for a program. */
  answer(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Columns as wide as they need to be. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
    for (const row of rows) this.line(`  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd()}`);
  }

  trouble(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const kind = error instanceof Error ? error.name : 'Error';
    process.stderr.write(this.json ? `${JSON.stringify({ error: kind, message })}\n` : `${pc.red('drawbridge:')} ${message}\n`);
  }
}

const good = new Set(['deployed', 'no-changes', 'planned', 'removed', 'approved']);

/** An outcome or a state, in colour on a terminal. */
export const coloured = (word: string): string => (good.has(word) ? pc.green(word) : word === 'failed' || word === 'rejected' ? pc.red(word) : pc.yellow(word));

/** `3 min ago`: how long ago something was. */
export function ago(at: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 90) return `${String(seconds)} s ago`;
  if (seconds < 5400) return `${String(Math.round(seconds / 60))} min ago`;
  return seconds < 129_600 ? `${String(Math.round(seconds / 3600))} h ago` : `${String(Math.round(seconds / 86_400))} days ago`;
}

/** That nothing starts in an environment now. */
export const haltLine = ({ environment, by, reason, at }: Halt): string => `${pc.red('halted')} ${environment} by ${by}, ${ago(at)}: ${reason}`;
