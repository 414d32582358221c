import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Approval } from '../../contracts/approval.ts';
import { aPage } from '../fakes/approval-page.ts';
import { ApprovalWorld } from '../fakes/approval-world.ts';
import { thePlans } from './the-plans.ts';
import { now, theApproval, theNewerRelease, theRelease } from './the-question.ts';

export interface Server {
  readonly origin: string;
  /** What was asked of it: `GET /approvals/…`. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 only. */
export async function serve(answer: (request: Request) => Response | Promise<Response>): Promise<Server> {
  const asked: string[] = [];
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = incoming;
    asked.push(`${method} ${url}`);
    const bytes = await buffer(incoming);
    const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const response = await answer(new Request(new URL(url, 'https://door'), { method, headers, ...(bytes.length > 0 && { body: new Uint8Array(bytes) }) }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  };
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => outgoing.writeHead(599).end(String(error)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    close: async () => {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface Door extends Server {
  readonly world: ApprovalWorld;
  /** The address of somebody’s own page; who is not asked has a link that was never made. */
  page(approver?: string): string;
}

/** The real door to one question. */
export async function aDoor(fields: Partial<Approval> = {}): Promise<Door> {
  const world = new ApprovalWorld();
  world.clock = now;
  const { id } = world.ask(theApproval(fields));
  for (const release of [theRelease(), theNewerRelease()]) world.releases.set(release.id, release);
  for (const { record, plan } of thePlans()) {
    world.targets.set(`prod/${record.target}`, record);
    if (plan !== undefined && record.planKey !== undefined) world.planned.set(record.planKey, plan);
  }
  world.delegate('sam', 'robin', '2026-03-20T00:00:00.000Z');
  const { app } = aPage(world);
  const links = new Map(['alex', 'robin', 'kim'].map((approver) => [approver, world.link(approver, id)]));
  const server = await serve((request) => app.fetch(request));
  return { ...server, world, page: (approver = 'robin') => `${server.origin}/approvals/${links.get(approver) ?? approver}` };
}
