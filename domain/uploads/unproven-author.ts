import type { Release } from '../../contracts/release.ts';
import type { Gate } from '../gate.ts';

/**
 * Who wrote an upload is the uploader's word: they may name somebody else, or nobody, and approve their own work. Where
 * an author may not approve, two people are asked, of whom at most one can be the uploader.
 */
export function withUnprovenAuthor(gate: Gate, { source }: Pick<Release, 'source'>, authorMayApprove: boolean): Gate {
  if (source.kind !== 's3' || authorMayApprove || gate.atLeast >= 2) return gate;
  return { ...gate, atLeast: 2, because: [...gate.because, 'Nobody can check who wrote an upload, so it takes two people.'] };
}
