/**
 * Does a path of the repository fit a pattern such as `services/orders/**`? `*` stands for any characters within
 * one folder, `**` for any folders, none included; a pattern without a star is a file or a whole folder.
 */
export function pathFits(pattern: string, path: string): boolean {
  const whole = pattern.endsWith('/') || !pattern.includes('*');
  const parts = [...pattern.replace(/\/$/, '').split('/'), ...(whole ? ['**'] : [])];
  return matches(parts, path.split('/'), (part) => part === '**', nameFits);
}

const nameFits = (pattern: string, name: string): boolean => matches(Array.from(pattern), Array.from(name), (character) => character === '*', (a, b) => a === b);

/**
 * Goes back to the last star only, never to one before it: whoever can push names the paths, and a long name must not
 * cost more than its length times that of the pattern.
 */
function matches(pattern: readonly string[], text: readonly string[], isStar: (part: string) => boolean, equals: (part: string, item: string) => boolean): boolean {
  let at = 0;
  let star: { readonly after: number; taken: number } | undefined;
  for (let next = 0; next < text.length; ) {
    const part = pattern[at];
    if (part !== undefined && isStar(part)) {
      at += 1;
      star = { after: at, taken: next };
    } else if (part !== undefined && equals(part, text[next] ?? '')) {
      at += 1;
      next += 1;
    } else if (star !== undefined) {
      star.taken += 1;
      at = star.after;
      next = star.taken;
    } else return false;
  }
  return pattern.slice(at).every(isStar);
}
