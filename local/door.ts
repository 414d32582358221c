import type { Credentials } from './cloud.ts';
import { callDoor } from '../aws/door-client.ts';

/** Calls the control plane's command API as one of the sample's people. */
export async function knock(doorUrl: string, credentials: Credentials, region: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
  return await callDoor({ url: doorUrl, region, credentials }, { method, path, ...(body === undefined ? {} : { body }) });
}
