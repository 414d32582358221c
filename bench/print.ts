export type Row = Readonly<Record<string, string | number>>;

/**
 * A table for people. Numbers stand right, text left.
 * @param words what one must know to read it
 */
export function print(title: string, rows: readonly Row[], words: readonly string[] = []): void {
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => String(row[name] ?? '')));
  const widths = names.map((name, index) => Math.max(name.length, ...cells.map((cell) => cell[index]?.length ?? 0)));
  const line = (texts: readonly string[]) =>
    texts.map((text, index) => (/^-?[\d.]+$/.test(text) ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0))).join('  ').trimEnd();
  process.stdout.write(`\n${title}\n\n  ${line(names)}\n${cells.map((cell) => `  ${line(cell)}\n`).join('')}${words.length === 0 ? '' : `\n${words.map((it) => `  ${it}\n`).join('')}`}`);
}

export function median(numbers: readonly number[]): number {
  const inOrder = [...numbers].sort((a, b) => a - b);
  return inOrder[Math.floor(inOrder.length / 2)] ?? Number.NaN;
}

export const inSeconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);

/** All of them in seconds, in the order in which they were measured: a person sees how noisy it was. */
export const eachInSeconds = (numbers: readonly number[]): string => numbers.map((it) => (it / 1000).toFixed(1)).join(' ');
