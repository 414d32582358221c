import { type Claims, ReleaseRequest, type UploadEvent } from '../../contracts/source-events.ts';
import { applicationOf } from '../../domain/uploads/claims.ts';

/** What was refused, as the end of a sentence. */
export interface Refused {
  readonly refused: string;
}

/** An archive that an event tells of; nothing of it is proved yet. */
export interface Asked {
  readonly by: 'upload' | 'request';
  readonly application: string;
  readonly key: string;
  readonly version: string | undefined;
  readonly sequencer?: string | undefined;
  /** Of a request. An upload says it in the metadata of the object. */
  readonly claims?: Claims;
}

export function askedBy(event: UploadEvent, bucket: string): Asked | Refused {
  if (event.source === 'aws.s3') {
    const { key, 'version-id': version, sequencer } = event.detail.object;
    const application = applicationOf(key);
    if (event.detail.bucket.name !== bucket) return { refused: `the bucket ${event.detail.bucket.name} is not the upload bucket.` };
    return application === undefined ? misplaced(bucket, key) : { by: 'upload', application, key, version, sequencer };
  }
  const parsed = ReleaseRequest.safeParse(event.detail);
  if (!parsed.success) return { refused: `the detail of the requested release is not what docs/sources.md says: ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'detail'}: ${message}`).join('; ')}.` };
  const { application, key, version, ...claims } = parsed.data;
  if (applicationOf(key) !== application) return misplaced(bucket, key, application);
  return { by: 'request', application, key, version, claims };
}

const misplaced = (bucket: string, key: string, application = '<application>'): Refused => ({
  refused: `s3://${bucket}/${key} is no archive of an application: it must be called ${application}/….zip, of letters, digits and . _ + - /.`,
});
