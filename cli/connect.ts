import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { callDoor, type Door } from '../aws/door-client.ts';
import { findDoor } from '../aws/find-door.ts';
import { type Access, accessBy } from '../aws/person.ts';
import { ConfigurationError, InvalidInputError } from '../domain/errors.ts';

export interface ConnectOptions {
  readonly url?: string | undefined;
  readonly region?: string | undefined;
  readonly stack: string;
  /** A person of the local cloud. */
  readonly as: string;
}

const Credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });
const Local = z.object({ doorUrl: z.string(), region: z.string(), endpoint: z.string(), people: z.record(z.string(), Credentials), administrators: z.record(z.string(), Credentials).default({}) });
type Local = z.infer<typeof Local>;

export const localFolder = fileURLToPath(new URL('../.drawbridge/cloud/', import.meta.url));

/** The local cloud, if it runs on this machine. */
async function findLocal(): Promise<Local | undefined> {
  const text = await readFile(`${localFolder}drawbridge.json`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const local = Local.parse(JSON.parse(text));
  const alive = await fetch(`${local.endpoint}/_drawbridge/health`, { signal: AbortSignal.timeout(3000) }).then(({ ok }) => ok, () => false);
  return alive ? local : undefined;
}

function localDoor({ doorUrl: url, region, people }: Local, as: string): Door {
  const credentials = people[as];
  if (credentials === undefined) throw new InvalidInputError(`Acting as ${as}: the local cloud knows ${Object.keys(people).join(', ')}.`);
  return { url, region, credentials };
}

/** Somebody with rights of their own in the accounts, for what no role of the control plane may do. */
export interface Administrator {
  readonly region: string;
  /** The control plane's stack. */
  readonly stack: string;
  /** The door's address, where it is not simply what the stack says. */
  readonly url: string | undefined;
  readonly tools: Access;
  by(profile: string): Access;
}

function localAdministrator({ doorUrl: url, region, endpoint, administrators }: Local, stack: string): Administrator {
  const by = (name: string): Access => {
    const credentials = administrators[name];
    if (credentials === undefined) throw new InvalidInputError(`Acting as the profile ${name}: the local cloud knows ${Object.keys(administrators).join(', ')}.`);
    return { endpoint, credentials };
  };
  return { region, stack, url, tools: by('tools'), by };
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

  /** Where and as whom the command acts beside the door: in the local cloud as its administrators, else as the user's profiles say. */
  async administrator(): Promise<Administrator> {
    const { url, region, local } = await this.#place();
    const { stack } = this.#options;
    if (local !== undefined) return localAdministrator(local, stack);
    if (region === undefined) throw new ConfigurationError('Looking for the control plane: no Region is known. Set AWS_REGION or give --region; for the local cloud run "npm start".');
    return { region, stack, url, tools: accessBy(), by: accessBy };
  }

  async #find(): Promise<Door> {
    const { url, region, local } = await this.#place();
    return local === undefined ? await findDoor({ url, region, stack: this.#options.stack }) : localDoor(local, this.#options.as);
  }

  async #place() {
    const url = this.#options.url ?? process.env['DRAWBRIDGE_URL'];
    const region = this.#options.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
    return { url, region, local: url === undefined ? await findLocal() : undefined };
  }
}
