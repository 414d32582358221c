import { isNode, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { type Parsed, type Path, problemsOf } from './problems.ts';

/** Parses a YAML text against a schema; everything that is wrong is said at once, with its line. */
export function parseYamlFile<Schema extends z.ZodType>(file: string, text: string, schema: Schema): Parsed<z.output<Schema>> & { lineOf: (path: Path) => number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineOf = (path: Path): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  if (document.errors.length > 0) {
    return { ok: false, lineOf, problems: document.errors.map((error) => ({ file, line: lines.linePos(error.pos[0]).line, message: `this is not YAML: ${error.message}` })) };
  }
  let content: unknown;
  try {
    // Aliases could otherwise blow a small file up to a huge one.
    content = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return { ok: false, lineOf, problems: [{ file, line: 1, message: `its aliases cannot be followed: ${error instanceof Error ? error.message : String(error)}` }] };
  }
  const parsed = schema.safeParse(content);
  return parsed.success ? { ok: true, value: parsed.data, lineOf } : { ok: false, lineOf, problems: problemsOf(file, parsed.error.issues, lineOf) };
}
