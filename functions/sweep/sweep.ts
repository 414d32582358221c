import type { Sweep, SweepRequest } from '../../contracts/sweep.ts';
import { branchRemark } from '../../domain/sweep/branches.ts';
import { remedies, sentenceOf } from '../../domain/sweep/remedies.ts';
import { act } from './act.ts';
import { look } from './look.ts';
import { removeLeftovers } from './leftovers.ts';
import { lookAtStacks, stackRemarks } from './stacks.ts';
import { keepWhatLeft } from './what-left.ts';
import { Troubles, type Uses, type Where } from './uses.ts';

/** Finds what events forgot, puts it right by waking what exists, and tells what it did. */
export async function sweep(uses: Uses, where: Where, { by = 'the schedule' }: SweepRequest): Promise<Sweep> {
  const now = uses.now();
  const troubles = new Troubles();
  const registration = await uses.findRegistry(where.tableName);
  const told = { at: now.toISOString(), by };
  if (registration === undefined) return await tell(uses, where, { ...told, did: [], left: [], trouble: [] });
  const registry = registration.content;
  const looked = await look(uses, where, registration, troubles);
  const did: string[] = [];
  // One after the other: what is over gives room to what is started.
  for (const remedy of remedies(looked.seen, now)) if ((await troubles.attempt(() => act(uses, where, remedy))) === true) did.push(sentenceOf(remedy));
  did.push(...((await troubles.attempt(() => keepWhatLeft(uses, where, registry, looked))) ?? []));
  const remarks = looked.seen.branches.map((it) => branchRemark(it, now)).filter((it) => it !== undefined);
  const found = await lookAtStacks(uses, where, registry, looked, troubles);
  const removed = await removeLeftovers(uses, where, registry, looked, found, troubles);
  const left = [...remarks, ...stackRemarks(found.filter((it) => !removed.stacks.has(it)), registry, looked, now)];
  return await tell(uses, where, { ...told, did: [...did, ...removed.did], left, trouble: troubles.sentences });
}

/** An event has room for 256 KB, a row for 400 (F 1.18): what is more than this is seen when this is done. */
const most = 100;

async function tell(uses: Uses, where: Where, all: Sweep): Promise<Sweep> {
  const cut = (list: readonly string[]) => (list.length > most ? [...list.slice(0, most).map(short), `and ${String(list.length - most)} more`] : list.map(short));
  const told = { ...all, did: cut(all.did), left: cut(all.left), trouble: cut(all.trouble) };
  await uses.tellSweep(where, told);
  return told;
}

const short = (sentence: string) => sentence.slice(0, 500);
