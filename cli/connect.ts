import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { callDoor, type Door } from '../aws/door-client.ts';
import { findDoor } from '../aws/find-door.ts';
import { InvalidInputError } from '../domain/errors.ts';

export interface ConnectOptions {
  readonly url?: string | undefined;
  readonly region?: string | undefined;
  readonly stack: string;
  /** A person of the local cloud. */
  readonly as: string;
}

const Credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });
const Local = z.object({ doorUrl: z.string(), region: z.string(), endpoint: z.string(), people: z.record(z.string(), Credentials) });

export const localFolder = fileURLToPath(new URL('../.drawbridge/cloud/', import.meta.url));

/** The local cloud, if it runs on this machine. */
async function findLocal(as: string): Promise<Door | undefined> {
  const text = await readFile(`${localFolder}drawbridge.json`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { doorUrl, region, endpoint, people } = Local.parse(JSON.parse(text));
  const alive = await fetch(`${endpoint}/_drawbridge/health`, { signal: AbortSignal.timeout(3000) }).then(({ ok }) => ok, () => false);
  if (!alive) return undefined;
  const credentials = people[as];
  if (credentials === undefined) throw new InvalidInputError(`Acting as ${as}: the local cloud knows ${Object.keys(people).join(', ')}.`);
  return { url: doorUrl, region, credentials };
}

/** Asks the control plane: the one named, else the local cloud if it runs, else that of the user's AWS account. */
export class ControlPlane {
  readonly #options: ConnectOptions;
  #door: Door | undefined;

  constructor(options: ConnectOptions) {
    this.#options = options;
  }

  async ask<Schema extends z.ZodType>(schema: Schema, method: 'GET' | 'POST', path: string, body?: unknown): Promise<z.output<Schema>> {
    this.#door ??= await this.#find();
    return schema.parse(await callDoor(this.#door, { method, path, ...(body === undefined ? {} : { body }) }));
  }

  async #find(): Promise<Door> {
    const url = this.#options.url ?? process.env['DRAWBRIDGE_URL'];
    const region = this.#options.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
    const local = url === undefined ? await findLocal(this.#options.as) : undefined;
    return local ?? (await findDoor({ url, region, stack: this.#options.stack }));
  }
}
