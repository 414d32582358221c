import type { Artifact } from '../../contracts/release.ts';
import { sha256 } from '../../domain/digest.ts';
import { equalZip, isZip } from '../../domain/equal-zip.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { contentIn, lambdaAppSpec } from '../../domain/packaged.ts';
import { pairReferences, refuseForeign, rewrite, type SealedObject, urlReferences } from '../../domain/seal.ts';

interface Place {
  readonly bucket: string;
  readonly application: string;
  /** Where the build put what it made. */
  readonly prefix: string;
}

interface Storage {
  readonly readObject: (bucket: string, key: string) => Promise<Uint8Array>;
  readonly writeOnce: (bucket: string, key: string, body: Uint8Array | string) => Promise<void>;
}

/** No template is longer (CloudFormation User Guide, "CloudFormation quotas": 1 MB); what is longer refers to nothing. */
const longestText = 1024 * 1024;

/** Keeps by content what a build left, and in what refers to more of it (a nested template, a definition) the references as well. */
export class Sealer {
  readonly #storage: Storage;
  readonly #place: Place;
  readonly #sealed = new Map<string, SealedObject>();

  constructor(storage: Storage, place: Place) {
    this.#storage = storage;
    this.#place = place;
  }

  /** Everything that was sealed because something refers to it. */
  get objects(): readonly SealedObject[] {
    return [...this.#sealed.values()];
  }

  /** @param path of keys that lead here: one that comes again would never end */
  async #object(key: string, path: readonly string[]): Promise<SealedObject> {
    const before = this.#sealed.get(key);
    if (before !== undefined) return before;
    if (path.includes(key)) throw new InvalidInputError(`Sealing the artifact: ${[...path, key].map((it) => it.slice(this.#place.prefix.length)).join(' refers to ')}. Take one of these references away and push again.`);
    const bytes = await this.#storage.readObject(this.#place.bucket, key);
    const sealed = isZip(bytes) || bytes.length > longestText ? await this.keep(isZip(bytes) ? equalZip(bytes) : bytes) : await this.#text(bytes, [...path, key]);
    this.#sealed.set(key, sealed);
    return sealed;
  }

  async #text(bytes: Uint8Array, path: readonly string[]): Promise<SealedObject> {
    const text = Buffer.from(bytes).toString('utf8');
    const rewritten = await this.#rewritten(text, path);
    // What is not text would not come back the same.
    return await this.keep(rewritten === text ? bytes : Buffer.from(rewritten));
  }

  async #rewritten(text: string, path: readonly string[]): Promise<string> {
    const { bucket, prefix } = this.#place;
    const referred = [...new Set([...urlReferences(text, bucket), ...pairReferences(contentIn(text), bucket)])];
    refuseForeign(referred, prefix);
    const keys = new Map<string, string>();
    for (const key of referred) keys.set(key, (await this.#object(key, path)).key);
    return rewrite(text, keys);
  }

  /** A template with what it refers to. */
  async template(text: string): Promise<SealedObject> {
    return await this.keep(Buffer.from(await this.#rewritten(text, [])));
  }

  /** What CodeDeploy deploys: a zip that nothing refers to. */
  async revision(file: string): Promise<NonNullable<Artifact['revision']>> {
    const { bucket, prefix } = this.#place;
    const bytes = await this.#storage.readObject(bucket, `${prefix}${file}`);
    const appSpec = lambdaAppSpec(bytes);
    const sealed = await this.keep(equalZip(bytes));
    this.#sealed.set(`${prefix}${file}`, sealed);
    return { key: sealed.key, sha256: sealed.sha256, bundleType: 'zip', ...(appSpec === undefined ? {} : { appSpec }) };
  }

  async keep(body: Uint8Array): Promise<SealedObject> {
    const hash = sha256(body);
    const key = `sealed/${this.#place.application}/${hash}`;
    await this.#storage.writeOnce(this.#place.bucket, key, body);
    return { key, sha256: hash, bytes: body.length };
  }
}
