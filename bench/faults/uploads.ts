import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { stringify } from 'yaml';
import { DoorError } from '../../aws/door-client.ts';
import { archiveOf } from '../../test/fakes/archives.ts';
import { until } from '../../test/fakes/until.ts';
import { registryWith } from '../../test/local/office.ts';
import { parametersApplication } from '../../test/local/templates.ts';
import type { Town } from '../../test/local/town.ts';
import type { Ledger } from './ledger.ts';
import type { Scenario } from './scenario.ts';

const application = 'tea';
const environments = ['dev', 'prod'] as const;

/** A person asks again until the door does it, or says that there is nothing left to do. */
async function patiently(what: string, ask: () => Promise<unknown>): Promise<void> {
  await until(what, async () => {
    await ask().catch((error: unknown) => {
      if (!(error instanceof DoorError) || error.status !== 400) throw error;
    });
    return true;
  }, 60_000);
}

/** An upload that is ready, through an environment that asks nobody into one that asks. No build takes part. */
export class UploadScenario implements Scenario {
  readonly title = 'A release of an upload, through an environment that asks nobody into one that asks';
  readonly good = ['deployed'];
  readonly executes = environments.length;
  readonly #town: Town;
  readonly #ledger: Ledger;

  constructor(town: Town, ledger: Ledger) {
    this.#town = town;
    this.#ledger = ledger;
  }

  async prepare(): Promise<void> {
    const prod = { approval: { approvers: ['alex', 'robin'], authorMayApprove: true } };
    await this.#town.system.register(registryWith(this.#town, [], { dev: {}, prod }, { applications: { [application]: { upload: { branch: 'main', ready: true } } } }));
  }

  async begin(value: string): Promise<string | undefined> {
    const files = { ...parametersApplication({ values: { One: value } }), 'drawbridge.yaml': stringify({ version: 1, order: environments }) };
    const s3 = new S3Client({ ...this.#town.client(), forcePathStyle: true });
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: this.#town.system.outputs['UploadBucket'] ?? '', Key: `${application}/ready.zip`, Body: await archiveOf(files) }));
    return await until('there is a release of the upload', () => this.#ledger.newestRelease(application, ({ source }) => source.version === VersionId), 30_000).catch(() => undefined);
  }

  async attend(release: string): Promise<void> {
    for (const environment of await this.#ledger.asked(release)) {
      await patiently(`${environment} is approved`, () => this.#town.decide(release, environment, 'approve'));
    }
  }

  async retry(release: string): Promise<void> {
    await patiently(`${release} is tried again`, () => this.#town.ask('POST', `/releases/${release}/retry`));
  }

  async wrongs(value: string): Promise<string[]> {
    const found = await Promise.all(environments.map((environment) => this.#ledger.value(`${application}-${environment}`, environment)));
    return environments.filter((_, index) => found[index] !== value).map((environment) => `${environment} does not have what was released`);
  }
}
