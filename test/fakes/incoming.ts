import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What a build sees of AWS: who it is, and a bucket that keeps what it writes. */
export async function incomingBucket(userId: string) {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      if (request.method === 'PUT') {
        objects.set(decodeURIComponent(new URL(request.url ?? '', 'http://s3').pathname.slice(1)), body);
        response.end();
      } else if (body.includes('GetCallerIdentity')) {
        response.end(`<GetCallerIdentityResponse><GetCallerIdentityResult><UserId>${userId}</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>`);
      } else {
        response.writeHead(501).end();
      }
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { endpoint, objects, close: () => server.close() };
}
