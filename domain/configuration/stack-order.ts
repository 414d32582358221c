/** How deep each stack lies: those that wait for none are 0, and the others come one after the deepest that they wait for. */
export type StackOrder = { readonly ok: true; readonly depth: Readonly<Record<string, number>> } | { readonly ok: false; readonly cycle: readonly string[] };

/** @param after the stacks that each one waits for; one that is not there counts as none */
export function stackOrder(after: Readonly<Record<string, readonly string[]>>): StackOrder {
  const depth: Record<string, number> = {};
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (depth[name] !== undefined) return undefined;
    const before = (after[name] ?? []).filter((it) => it in after);
    for (const it of before) {
      const cycle = visit(it, [...path, name]);
      if (cycle !== undefined) return cycle;
    }
    depth[name] = before.reduce((deepest, it) => Math.max(deepest, (depth[it] ?? 0) + 1), 0);
    return undefined;
  };
  for (const name of Object.keys(after)) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return { ok: false, cycle };
  }
  return { ok: true, depth };
}
