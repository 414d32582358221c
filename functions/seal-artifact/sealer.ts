import type { Artifact, SealedFolder, SealedTestFolder } from '../../contracts/release.ts';
import type { ArtifactBuckets } from '../../domain/artifact-regions.ts';
import { sha256 } from '../../domain/digest.ts';
import { equalZip, isZip } from '../../domain/equal-zip.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { type FolderFile, listing, mostBytes } from '../../domain/folders.ts';
import { contentIn, lambdaAppSpec } from '../../domain/packaged.ts';
import { moveToRegion, pairReferences, refuseForeign, rewrite, type SealedObject, urlReferences } from '../../domain/seal.ts';
import { inBatches } from '../../domain/batches.ts';

/** Files of folders are small and many. */
const filesAtOnce = 32;

interface Place {
  /** Where the build put what it made: in this bucket, below the prefix. */
  readonly bucket: string;
  readonly prefix: string;
  readonly application: string;
  /** Where it is sealed, by Region. */
  readonly buckets: ArtifactBuckets;
}

interface Storage {
  readonly readObject: (bucket: string, key: string) => Promise<Uint8Array>;
  readonly writeOnce: (bucket: string, key: string, body: Uint8Array | string, region: string) => Promise<void>;
}

/** An object in each Region. Only what refers to others differs. */
type InRegions = ReadonlyMap<string, SealedObject>;

/** No template is longer (CloudFormation User Guide, "CloudFormation quotas": 1 MB); what is longer refers to nothing. */
const longestText = 1024 * 1024;

/** Keeps by content what a build left, and in what refers to more of it (a nested template, a definition) the references as well. */
export class Sealer {
  readonly #storage: Storage;
  readonly #place: Place;
  readonly #sealed = new Map<string, InRegions>();

  constructor(storage: Storage, place: Place) {
    this.#storage = storage;
    this.#place = place;
  }

  /** Everything that was sealed because something refers to it. */
  get objects(): readonly SealedObject[] {
    return [...this.#sealed.values()].flatMap((regions) => [...regions.values()]);
  }

  /** @param path of keys that lead here: one that comes again would never end */
  async #object(key: string, path: readonly string[]): Promise<InRegions> {
    const before = this.#sealed.get(key);
    if (before !== undefined) return before;
    if (path.includes(key)) throw new InvalidInputError(`Sealing the artifact: ${[...path, key].map((it) => it.slice(this.#place.prefix.length)).join(' refers to ')}. Take one of these references away and push again.`);
    const bytes = await this.#storage.readObject(this.#place.bucket, key);
    const sealed = isZip(bytes) || bytes.length > longestText ? await this.#keep(isZip(bytes) ? equalZip(bytes) : bytes) : await this.#text(bytes, [...path, key]);
    this.#sealed.set(key, sealed);
    return sealed;
  }

  async #text(bytes: Uint8Array, path: readonly string[]): Promise<InRegions> {
    const { bucket, prefix, buckets } = this.#place;
    const text = Buffer.from(bytes).toString('utf8');
    const referred = [...new Set([...urlReferences(text, bucket), ...pairReferences(contentIn(text), bucket)])];
    refuseForeign(referred, prefix);
    // What refers to nothing may be no text, and would not come back the same.
    if (referred.length === 0) return await this.#keep(bytes);
    const objects = new Map<string, InRegions>();
    for (const key of referred) objects.set(key, await this.#object(key, path));
    const sealed = Object.entries(buckets).map(async ([region, to]) => {
      const keys = new Map([...objects].map(([key, there]) => [key, there.get(region)?.key ?? key]));
      return await this.#keep(Buffer.from(moveToRegion(rewrite(text, keys), { from: bucket, to, region })), { [region]: to });
    });
    return new Map((await Promise.all(sealed)).flatMap((there) => [...there]));
  }

  /** A template with what it refers to. */
  async template(text: string): Promise<InRegions> {
    return await this.#text(Buffer.from(text), []);
  }

  /** What CodeDeploy deploys: a zip that nothing refers to. */
  async revision(file: string): Promise<NonNullable<Artifact['revision']>> {
    const { bucket, prefix } = this.#place;
    const bytes = await this.#storage.readObject(bucket, `${prefix}${file}`);
    const appSpec = lambdaAppSpec(bytes);
    const body = equalZip(bytes);
    const sealed = await this.#keep(body);
    this.#sealed.set(`${prefix}${file}`, sealed);
    // By its content it has the same name in every Region.
    const hash = sha256(body);
    return { key: this.#keyOf(hash), sha256: hash, bundleType: 'zip', ...(appSpec === undefined ? {} : { appSpec }) };
  }

  /** A folder that steps publish: its files as they are, and a list of them. They are copied from where they are built, into any Region. */
  async folder(folder: string, files: readonly FolderFile[]): Promise<SealedFolder> {
    const listed = await inBatches(files, filesAtOnce, async ({ path, key }) => {
      const bytes = await this.#storage.readObject(this.#place.bucket, key);
      if (bytes.length > mostBytes) throw new InvalidInputError(`Sealing the folder ${folder}: ${path} has ${String(bytes.length)} bytes, of which ${String(mostBytes)} can be published. Leave it out and push again.`);
      // A file is published as it is, so it is not made equal as a package is.
      return { path, ...(await this.#atHome(key, bytes)) };
    });
    const { key, sha256: hash } = await this.#atHome(`${folder}/`, Buffer.from(listing(listed)));
    return { folder, key, sha256: hash, files: files.length };
  }

  /** A folder for tests: CodeBuild unpacks what is called .zip (CodeBuild API: ProjectSource, `location`). */
  async testFolder(folder: string, file: string): Promise<SealedTestFolder> {
    const { bucket, prefix } = this.#place;
    const { key, sha256: hash } = await this.#atHome(`${prefix}${file}`, equalZip(await this.#storage.readObject(bucket, `${prefix}${file}`)), '.zip');
    return { folder, key, sha256: hash };
  }

  async #atHome(name: string, body: Uint8Array, ending = ''): Promise<SealedObject> {
    const { bucket, buckets } = this.#place;
    const [region = ''] = Object.entries(buckets).find(([, it]) => it === bucket) ?? [];
    const hash = sha256(body);
    const object = { key: `${this.#keyOf(hash)}${ending}`, sha256: hash, bytes: body.length };
    await this.#storage.writeOnce(bucket, object.key, body, region);
    this.#sealed.set(name, new Map([[region, object]]));
    return object;
  }

  #keyOf(hash: string): string {
    return `sealed/${this.#place.application}/${hash}`;
  }

  async #keep(body: Uint8Array, buckets = this.#place.buckets): Promise<InRegions> {
    const hash = sha256(body);
    const key = this.#keyOf(hash);
    await Promise.all(Object.entries(buckets).map(([region, bucket]) => this.#storage.writeOnce(bucket, key, body, region)));
    return new Map(Object.keys(buckets).map((region) => [region, { key, sha256: hash, bytes: body.length, region }]));
  }
}
