import { lookup } from 'node:dns';
import { request as ask } from 'node:http';
import { request as askSafely } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Addresses, Answered } from '../../domain/http-test.ts';
import { isPublicAddress } from '../../runtime/public-address.ts';

/** More of a body is not looked at. */
const mostBytes = 64 * 1024;
const limitMilliseconds = 10_000;

export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
}

const refused = (host: string, address: string) => new RefusedAddress(`is not asked, for ${host} is ${address}, which is no address of the public internet`);

/** The connection goes to the address that was looked at: a name that means another one a moment later changes nothing. */
const onlyPublic: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      done(error, '');
      return;
    }
    const [first] = addresses;
    const other = addresses.find(({ address }) => !isPublicAddress(address));
    if (other !== undefined) done(refused(host, other.address), '');
    else if (options.all === true) done(null, addresses);
    else done(first === undefined ? new Error(`${host} has no address`) : null, first?.address ?? '', first?.family);
  });
};

/** Asks once, with nothing that says who we are. A redirect is an answer like others: it is never followed. */
export async function probe(text: string, addresses: Addresses): Promise<Answered> {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (addresses === 'public' && isIP(host) !== 0 && !isPublicAddress(host)) throw refused(host, host);
  return await new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(limitMilliseconds);
    const outgoing = (url.protocol === 'https:' ? askSafely : ask)(url, { agent: false, signal, headers: { 'user-agent': 'drawbridge' }, ...(addresses === 'public' ? { lookup: onlyPublic } : {}) }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const end = () => {
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      };
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, mostBytes - bytes));
        bytes += chunk.length;
        if (bytes < mostBytes) return;
        end();
        incoming.destroy();
      });
      incoming.on('end', end).on('error', reject);
    });
    outgoing.on('error', (error) => {
      reject(signal.aborted ? new Error(`did not answer within ${String(limitMilliseconds / 1000)} seconds`) : error);
    });
    outgoing.end();
  });
}
