/** One version of an archive, with what tells which of two is the newer. */
export interface Uploaded {
  readonly key: string;
  readonly version: string;
  /** When S3 made the version; of a multipart upload, when it was begun (S3 User Guide, "System-defined object metadata"). */
  readonly uploadedAt: string;
  /** Where an event about this version gave one. It orders events of one key, and only those. */
  readonly sequencer?: string | undefined;
}

/** The upload that was last released as a branch or a tag. */
export interface LastUpload extends Uploaded {
  /** Key and version of each that was released with the same second in `uploadedAt`. */
  readonly same: readonly string[];
}

/** Does one event of a key come before another? Hexadecimal numbers, the shorter filled up with zeros on the right (S3 User Guide, "Event message structure"). */
export function precedes(one: string, other: string): boolean {
  const length = Math.max(one.length, other.length);
  return one.toUpperCase().padEnd(length, '0') < other.toUpperCase().padEnd(length, '0');
}

const nameOf = ({ key, version }: Uploaded): string => `${key}@${version}`;

/**
 * What follows from an upload that is the newest of its key now: it is released, or it was already, or a newer one was
 * and an older upload never overtakes a newer.
 */
export function standingOf(last: LastUpload | undefined, found: Uploaded): 'new' | 'released' | 'overtaken' {
  if (last === undefined) return 'new';
  if (last.same.includes(nameOf(found))) return 'released';
  const bothTold = found.key === last.key && found.sequencer !== undefined && last.sequencer !== undefined;
  const isOlder = bothTold ? precedes(found.sequencer, last.sequencer) : found.uploadedAt < last.uploadedAt;
  return isOlder ? 'overtaken' : 'new';
}

/** What is kept once it is released. */
export function nextUpload(last: LastUpload | undefined, found: Uploaded): LastUpload {
  const before = last?.uploadedAt === found.uploadedAt ? last.same : [];
  return { ...found, same: [...before, nameOf(found)] };
}
