/** A commit as its repository knows it. */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
  /** First line. */
  readonly message: string;
  /** Seconds since 1970, as the committer's clock had it. */
  readonly committedAt: number;
}

export interface History {
  /** Newest first. */
  readonly commits: readonly Commit[];
  /** There were more than were looked at. */
  readonly cut: boolean;
}

/**
 * The commits that lead to `head` and not to `base`: what `git log base..head` lists. Both sides are walked, the newest
 * commit first, until only what leads to `base` is left; without a base, all of the history.
 * A commit says its own date. One that lies about it may keep the walk from finding out that a commit is old, and then
 * too many are listed, never too few.
 * @param most how many commits are read on each side
 */
export async function commitsSince(read: (id: string) => Promise<Commit>, head: string, base: string | undefined, most: number): Promise<History> {
  const known = new Map<string, Commit>();
  const old = new Set<string>();
  const queue: Commit[] = [];
  const enqueue = async (id: string) => {
    if (known.has(id)) return;
    const commit = await read(id);
    known.set(id, commit);
    queue.push(commit);
  };
  /** What leads to something old is old, also where it was reached from the new side first. */
  const age = (id: string) => {
    if (old.has(id)) return;
    old.add(id);
    known.get(id)?.parents.forEach(age);
  };
  if (base !== undefined) {
    await enqueue(base);
    age(base);
  }
  await enqueue(head);
  /** What is left of the old side may still lead to what looks new: commits of one second have no order. */
  const isOpen = () => {
    const oldest = Math.min(...[...known.values()].filter(({ id }) => !old.has(id)).map(({ committedAt }) => committedAt));
    return queue.some(({ id, committedAt }) => !old.has(id) || committedAt >= oldest);
  };
  const isNew = ({ id }: Commit) => !old.has(id);
  const newOnes = () => [...known.values()].filter(isNew).length;
  while (isOpen() && newOnes() < most) {
    queue.sort((a, b) => b.committedAt - a.committedAt);
    const at = known.size - newOnes() < most ? 0 : queue.findIndex(isNew);
    const next = queue.splice(at, at === -1 ? 0 : 1)[0];
    if (next === undefined) break;
    await Promise.all(next.parents.map(enqueue));
    if (old.has(next.id)) next.parents.forEach(age);
  }
  const commits = [...known.values()].filter(isNew).sort((a, b) => b.committedAt - a.committedAt);
  return { commits, cut: queue.some(isNew) };
}
