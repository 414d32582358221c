import type * as z from 'zod';

/** One thing that is wrong in a file of a person's: where, what, and what is allowed. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type Parsed<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problems: readonly Problem[] };

export type Path = readonly PropertyKey[];

export const place = (path: Path): string => path.map((part, index) => (typeof part === 'number' ? `[${String(part)}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');

/** What is wrong with a name; or, where one of several shapes would do, with the one that was meant: the one with which least is wrong. */
function opened(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === 'invalid_key') return issue.issues.map((it) => ({ ...it, path: issue.path }));
  if (issue.code !== 'invalid_union') return [issue];
  const [meant] = [...issue.errors].sort((a, b) => a.length - b.length);
  return meant === undefined ? [issue] : meant.flatMap((it) => opened({ ...it, path: [...issue.path, ...it.path] }));
}

/** What zod found, one problem each, in the order of the lines. */
export function problemsOf(file: string, issues: readonly z.core.$ZodIssue[], lineOf: (path: Path) => number): Problem[] {
  return issues
    .flatMap((issue) => opened(issue))
    .map((issue) => ({ file, line: lineOf(issue.path), message: `${place(issue.path) || 'the file'}: ${issue.message}` }))
    .sort((a, b) => a.line - b.line);
}

/** Everything that is wrong, as one text: a line each. */
export const sayProblems = (problems: readonly Problem[]): string => problems.map(({ file, line, message }) => `${file}:${String(line)}: ${message}`).join('\n');
