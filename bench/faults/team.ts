import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { stringify } from 'yaml';
import { DoorError } from '../../aws/door-client.ts';
import { archiveOf } from '../../test/fakes/archives.ts';
import { until } from '../../test/fakes/until.ts';
import { registryWith } from '../../test/local/office.ts';
import { parametersApplication } from '../../test/local/templates.ts';
import type { Town } from '../../test/local/town.ts';
import type { Ledger } from '../../test/local/ledger.ts';

/** A person asks again until the door does it, or says that there is nothing left to do. */
export async function patiently(what: string, ask: () => Promise<unknown>): Promise<void> {
  await until(what, async () => {
    await ask().catch((error: unknown) => {
      if (!(error instanceof DoorError) || error.status !== 400) throw error;
    });
    return true;
  }, 60_000);
}

type Account = 'dev' | 'staging' | 'prod';

/** Where an application comes from. */
export const ready = { upload: { branch: 'main', ready: true } } as const;
export const pushed = (repository: string) => ({ repository });

/** Registers an application; dev asks nobody, the others ask. */
export async function register(town: Town, application: string, source: typeof ready | ReturnType<typeof pushed>): Promise<void> {
  const asks = { approval: { approvers: ['alex', 'robin'], authorMayApprove: true } };
  await town.system.register(registryWith(town, [], { dev: {}, staging: asks, prod: asks }, { applications: { [application]: source } }));
}

/** What people and a CI do about an application. */
export class Team {
  readonly #town: Town;
  readonly #ledger: Ledger;
  readonly #application: string;
  readonly #order: readonly Account[];

  constructor(town: Town, ledger: Ledger, application: string, order: readonly Account[]) {
    this.#town = town;
    this.#ledger = ledger;
    this.#application = application;
    this.#order = order;
  }

  async upload(value: string, resources: Readonly<Record<string, unknown>> = {}): Promise<string | undefined> {
    const files = { ...parametersApplication({ values: { One: value }, resources }), 'drawbridge.yaml': stringify({ version: 1, order: this.#order }) };
    const s3 = new S3Client({ ...this.#town.client(), forcePathStyle: true });
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: this.#town.system.outputs['UploadBucket'] ?? '', Key: `${this.#application}/ready.zip`, Body: await archiveOf(files) }));
    return await until('there is a release of the upload', () => this.#ledger.newestRelease(this.#application, ({ source }) => source.version === VersionId), 30_000).catch(() => undefined);
  }

  async push(value: string): Promise<string | undefined> {
    const commit = await this.#town.application(this.#application).push(parametersApplication({ values: { One: value }, order: this.#order }), value);
    return await until('there is a release of the push', () => this.#ledger.newestRelease(this.#application, (release) => release.commit === commit), 30_000).catch(() => undefined);
  }

  async approve(release: string): Promise<void> {
    for (const environment of await this.#ledger.asked(release)) await patiently(`${environment} is approved`, () => this.#town.decide(release, environment, 'approve'));
  }

  async retry(release: string): Promise<void> {
    await patiently(`${release} is tried again`, () => this.#town.ask('POST', `/releases/${release}/retry`));
  }

  /** Whether an environment has something else than was released. */
  async wrongs(value: string): Promise<string[]> {
    const found = await Promise.all(this.#order.map((environment) => this.#ledger.value(`${this.#application}-${environment}`, environment)));
    return found.filter((one) => one !== value).map((one) => `${one ?? 'nothing'} is deployed, not ${value}`);
  }
}
