import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { FakeCloudFormation } from './cloudformation.ts';
import { refused } from './refused.ts';

/** Buckets and repositories of one account that keep what is put into them, and a CloudFormation that refuses as AWS does to delete one that holds something. */

interface Version { readonly Key: string; readonly VersionId: string; readonly marker?: boolean }
interface Image { readonly imageDigest: string; readonly imageTag?: string; readonly lists?: readonly string[] }
type Input = Readonly<Record<string, unknown>>;

/** Rules of the APIs: so many in one call and no more. */
const mostObjects = 1000;
const mostImages = 100;

export class FakeStores {
  readonly buckets = new Map<string, Version[]>();
  readonly uploads = new Map<string, { Key: string; UploadId: string }[]>();
  readonly repositories = new Map<string, Image[]>();
  /** What object lock or a policy keeps, by key. */
  readonly locked = new Set<string>();
  readonly calls: string[] = [];
  /** The account lets nobody empty anything. */
  refuses = false;
  private readonly mocks = [mockClient(S3Client), mockClient(ECRClient)];

  private readonly cloud: FakeCloudFormation;

  constructor(cloud: FakeCloudFormation) {
    this.cloud = cloud;
  }

  install(): this {
    for (const mock of this.mocks) {
      mock.send.callsFake((command: { readonly constructor: { readonly name: string }; readonly input: object }) => Promise.resolve().then(() => this.answer(command.constructor.name.replace('Command', ''), { ...command.input }) as never));
    }
    this.cloud.onDelete = (name) => {
      this.settle(name);
    };
    return this;
  }

  restore(): void {
    for (const mock of this.mocks) mock.restore();
  }

  fill(bucket: string, count: number): void {
    this.buckets.set(bucket, Array.from({ length: count }, (_, index) => ({ Key: `key-${String(index >> 1)}`, VersionId: String(index), marker: index % 5 === 0 })));
  }

  /** How CloudFormation ends the deletion of a stack: what is full is refused, in AWS's words, and stays. */
  private settle(name: string): void {
    const stack = this.cloud.stack(name);
    const { Resources } = JSON.parse(stack.template) as { Resources: Record<string, { DeletionPolicy?: string }> };
    const owned = stack.resources.filter(([id]) => Resources[id]?.DeletionPolicy !== 'Retain');
    const refused = owned.filter(([, , physical]) => (this.buckets.get(physical)?.length ?? 0) > 0 || (this.repositories.get(physical)?.length ?? 0) > 0);
    for (const [LogicalResourceId, ResourceType, physical] of refused) {
      const ResourceStatusReason = ResourceType === 'AWS::S3::Bucket' ? 'The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Request ID: X)' : `The repository with name '${physical}' cannot be deleted because it still contains images`;
      this.cloud.move(name, 'DELETE_FAILED', { LogicalResourceId, ResourceType, PhysicalResourceId: physical, ResourceStatusReason });
    }
    for (const [, , physical] of owned.filter((it) => !refused.includes(it))) this.buckets.delete(physical);
    stack.resources = refused;
    this.cloud.move(name, refused.length === 0 ? 'DELETE_COMPLETE' : 'DELETE_FAILED', refused.length === 0 ? {} : { ResourceStatusReason: `The following resource(s) failed to delete: [${refused.map(([id]) => id).join(', ')}].` });
  }

  private bucket(input: Input): Version[] {
    const found = this.buckets.get(String(input['Bucket']));
    if (found === undefined) throw refused('NoSuchBucket', 'The specified bucket does not exist');
    return found;
  }

  private answer(name: string, input: Input): unknown {
    this.calls.push(name);
    if (this.refuses) throw refused('AccessDenied', 'not authorized to perform: s3:ListBucketVersions');
    const handlers: Readonly<Record<string, (it: Input) => unknown>> = {
      ListObjectVersions: (it) => {
        const page = this.bucket(it).slice(0, Number(it['MaxKeys'] ?? mostObjects));
        return { Versions: page.filter(({ marker }) => marker !== true), DeleteMarkers: page.filter(({ marker }) => marker === true) };
      },
      DeleteObjects: (it) => this.deleteObjects(it),
      ListMultipartUploads: (it) => {
        this.bucket(it);
        return { Uploads: this.uploads.get(String(it['Bucket'])) ?? [] };
      },
      AbortMultipartUpload: (it) => {
        const bucket = String(it['Bucket']);
        this.uploads.set(bucket, (this.uploads.get(bucket) ?? []).filter(({ UploadId }) => UploadId !== it['UploadId']));
        return {};
      },
      ListImages: (it) => ({ imageIds: this.images(it).map(({ imageDigest, imageTag }) => ({ imageDigest, imageTag })) }),
      BatchDeleteImage: (it) => this.deleteImages(it),
    };
    const handle = handlers[name];
    if (handle === undefined) throw new Error(`The fake stores do not know ${name}.`);
    return handle(input);
  }

  private deleteObjects(input: Input) {
    const { Objects } = input['Delete'] as { Objects: { Key: string; VersionId?: string }[] };
    if (Objects.length > mostObjects) throw refused('MalformedXML', 'more than 1000 objects');
    const gone = Objects.filter(({ Key }) => !this.locked.has(Key));
    // Without its version an object of a versioned bucket only gets one more marker.
    const named = new Set(gone.map(({ Key, VersionId }) => `${Key} ${VersionId ?? ''}`));
    this.buckets.set(String(input['Bucket']), this.bucket(input).filter(({ Key, VersionId }) => !named.has(`${Key} ${VersionId}`)));
    return { Errors: Objects.filter(({ Key }) => this.locked.has(Key)).map(({ Key, VersionId }) => ({ Key, VersionId, Code: 'AccessDenied', Message: 'Access Denied because object protected by object lock.' })) };
  }

  private images(input: Input): Image[] {
    const found = this.repositories.get(String(input['repositoryName']));
    if (found === undefined) throw refused('RepositoryNotFoundException', 'The repository does not exist');
    return found;
  }

  private deleteImages(input: Input) {
    const ids = (input['imageIds'] as { imageDigest: string }[]).map(({ imageDigest }) => imageDigest);
    if (ids.length > mostImages) throw refused('InvalidParameterException', 'more than 100 images');
    const held = new Set(this.images(input).flatMap(({ lists = [] }) => lists));
    this.repositories.set(String(input['repositoryName']), this.images(input).filter(({ imageDigest }) => !ids.includes(imageDigest) || held.has(imageDigest)));
    return { failures: ids.filter((id) => held.has(id)).map((imageDigest) => ({ imageId: { imageDigest }, failureCode: 'ImageReferencedByManifestList', failureReason: 'a list of images refers to it' })) };
  }
}
