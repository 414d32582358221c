import type { startRelease } from '../../aws/executions.ts';
import type { nextSequence, readHead, writeRelease } from '../../aws/heads.ts';
import type { findRegistry } from '../../aws/registry.ts';
import type { report } from '../../aws/reports.ts';
import type { newestVersion } from '../../aws/uploads.ts';
import type { Release } from '../../contracts/release.ts';
import { Claims } from '../../contracts/source-events.ts';
import { environmentsFor } from '../../domain/accepting.ts';
import { TransientError } from '../../domain/errors.ts';
import { inSentence, type Reference, shortName } from '../../domain/reference.ts';
import { releaseId } from '../../domain/release-id.ts';
import { fingerprint, objectName, type Upload } from '../../domain/source.ts';
import { claimsInMetadata, said } from '../../domain/uploads/claims.ts';
import { notAsUpload } from '../../domain/uploads/counts-as.ts';
import { nextUpload, standingOf, type Uploaded } from '../../domain/uploads/order.ts';
import type { Asked, Refused } from './asked.ts';

export interface Uses {
  readonly findRegistry: typeof findRegistry;
  readonly newestVersion: typeof newestVersion;
  readonly readHead: typeof readHead;
  readonly nextSequence: typeof nextSequence;
  readonly writeRelease: typeof writeRelease;
  readonly startRelease: typeof startRelease;
  readonly report: typeof report;
  readonly now: () => Date;
}

type Where = Readonly<Record<'TABLE_NAME' | 'UPLOAD_BUCKET' | 'DEPLOY_RELEASE_MACHINE_ARN' | 'BUS_NAME', string>>;

/** What came of it: a release, or why there is none. */
export type Answer = Refused | { readonly release: string } | { readonly skipped: string };

/** How often a head that moves while it is written is read again. */
const tries = 10;

export async function startUpload(uses: Uses, where: Where, asked: Asked): Promise<Answer> {
  const { application, key } = asked;
  const registry = await uses.findRegistry(where.TABLE_NAME);
  const upload = registry?.content.applications[application]?.upload;
  const place = `s3://${where.UPLOAD_BUCKET}/${key}`;
  if (registry === undefined || upload === undefined) return { refused: `${place} belongs to no application that is registered with uploads (applications.${application}.upload).` };
  if (upload.starts !== asked.by) return asked.by === 'request' ? { refused: `releases of ${application} are started by uploads, not by requests (applications.${application}.upload.starts).` } : { skipped: `${place} waits for a request` };

  const newest = await uses.newestVersion(where.UPLOAD_BUCKET, key);
  if (newest === undefined) return { skipped: `${place} is gone by now` };
  if (newest.version === undefined || newest.version === 'null') return { refused: `${place} has no version, so nobody could tell what is released. Switch versioning of the bucket on again, and upload it again.` };
  // What a request says, it says of its own version, so another one is not released by it.
  if (asked.by === 'request' && asked.version !== newest.version) return { skipped: `${place} has the newer version ${newest.version} by now` };

  const source: Upload = { kind: 's3', bucket: where.UPLOAD_BUCKET, key, version: newest.version };
  const claims = Claims.safeParse(asked.claims ?? claimsInMetadata(newest.metadata));
  if (!claims.success) return { refused: `the metadata of ${objectName(source)} is not what docs/sources.md says: ${claims.error.issues.map(({ path, message }) => `${path.join('-') || 'metadata'}: ${message}`).join('; ')}.` };
  const { branch, tag } = claims.data;
  const reference: Reference = tag === undefined ? { branch: branch ?? upload.branch } : { tag };
  const refused = notAsUpload(application, upload, reference);
  if (refused !== undefined) return { refused: `${objectName(source)} is refused, for ${refused}.` };
  if (environmentsFor(registry.content, application, reference).length === 0) return { refused: `no registered environment takes ${inSentence(reference)} of ${application}, so ${objectName(source)} goes nowhere.` };
  const uploaded: Uploaded = { key, version: newest.version, uploadedAt: newest.uploadedAt.toISOString(), ...(asked.version === newest.version && asked.sequencer !== undefined ? { sequencer: asked.sequencer } : {}) };
  return await startOne(uses, where, { application, source, reference, uploaded, claims: claims.data, registryVersion: registry.version });
}

interface Start {
  readonly application: string;
  readonly source: Upload;
  readonly reference: Reference;
  readonly uploaded: Uploaded;
  readonly claims: Claims;
  readonly registryVersion: number;
}

async function startOne(uses: Uses, where: Where, { application, source, reference, uploaded, claims, registryVersion }: Start): Promise<Answer> {
  const { TABLE_NAME: tableName, DEPLOY_RELEASE_MACHINE_ARN: machine, BUS_NAME: busName } = where;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const head = await uses.readHead(tableName, application, reference);
    const standing = standingOf(head?.upload, uploaded);
    if (standing === 'overtaken') return { skipped: `a newer upload than ${objectName(source)} was released as ${inSentence(reference)} already` };
    if (standing === 'released') {
      // The row may have been written and the start lost; by its name it starts at most once.
      if (head?.upload?.version === source.version) await uses.startRelease(machine, head.release, 1);
      return { skipped: `${objectName(source)} was released already` };
    }
    const { author, message } = said(claims, source.key);
    const commit = claims.commit ?? fingerprint(source);
    const sequence = await uses.nextSequence(tableName, application);
    const id = releaseId(application, sequence, commit);
    const release: Release = { id, application, source, ...reference, commit, sequence, mode: 'deploy', author, message, createdAt: uses.now().toISOString(), attempt: 1, registryVersion, state: 'running' };
    if (!(await uses.writeRelease(tableName, release, head, nextUpload(head?.upload, uploaded)))) continue;
    // Without the version: who knows it may ask for it to be released, and everybody may read what is reported.
    await uses.report({ tableName, busName }, { kind: 'started', about: 'release', release: id, application, text: `${source.key} as ${shortName(reference)} by ${author.name}: ${message}` }, uses.now());
    await uses.startRelease(machine, id, 1);
    return { release: id };
  }
  throw new TransientError(`Starting a release of ${application}: the head of ${shortName(reference)} moved ${String(tries)} times while it was written. It is tried again.`);
}
