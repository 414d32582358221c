// The mailbox of the local cloud: a page that lists the mails SNS sent. Plain HTML, no script.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Mail } from './admin.ts';

type Html = ReturnType<typeof html>;

function read(folder: string): Mail[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Mail);
}

/** Addresses become links; everything else is text, and hono escapes it. */
function withLinks(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/)
    .map((piece, index) => (index % 2 === 1 ? html`<a href="${piece}" rel="noreferrer">${piece}</a>` : html`${piece}`));
}

const style = html`<style>
  body {
    font:
      16px/1.5 system-ui,
      sans-serif;
    max-width: 60rem;
    margin: 2rem auto;
    padding: 0 1rem;
    color: #222;
  }
  h1 {
    font-size: 1.3rem;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th,
  td {
    text-align: left;
    padding: 0.4rem 0.8rem 0.4rem 0;
    border-bottom: 1px solid #ddd;
    vertical-align: top;
  }
  pre {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    background: #f6f6f6;
    padding: 1rem;
    border-radius: 4px;
  }
  @media (prefers-color-scheme: dark) {
    body {
      background: #1b1b1b;
      color: #ddd;
    }
    pre {
      background: #262626;
    }
    th,
    td {
      border-color: #444;
    }
    a {
      color: #8cf;
    }
  }
</style>`;

function page(title: string, content: Html | Promise<Html>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        ${content}
      </body>
    </html>`;
}

function list(mails: readonly Mail[]) {
  const rows = mails.map(
    (mail) =>
      html`<tr>
        <td>${mail.receivedAt.slice(0, 19).replace('T', ' ')}</td>
        <td>${mail.to}</td>
        <td><a href="/mails/${mail.id}">${mail.subject}</a></td>
      </tr>`,
  );
  return html`<h1>Mailbox of the local cloud</h1>
    ${
      mails.length === 0
        ? html`<p>No mail yet. What SNS sends to an e-mail subscription arrives here.</p>`
        : html`<table>
            <thead>
              <tr>
                <th>Received (UTC)</th>
                <th>To</th>
                <th>Subject</th>
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>`
    }`;
}

function single(mail: Mail) {
  return html`<p><a href="/">All mails</a></p>
    <h1>${mail.subject}</h1>
    <p>From ${mail.from}<br />To ${mail.to}<br />Received ${mail.receivedAt}</p>
    <pre>${withLinks(mail.body)}</pre>`;
}

export function mailboxApp(folder: string): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
    context.header('referrer-policy', 'no-referrer');
    context.header('cache-control', 'no-store');
  });
  app.get('/', (context) => context.html(page('Mailbox', list(read(folder)))));
  app.get('/mails/:id', (context) => {
    const mail = read(folder).find((one) => one.id === context.req.param('id'));
    if (mail) return context.html(page(mail.subject, single(mail)));
    return context.html(page('No such mail', html`<p>This mail does not exist. <a href="/">All mails</a></p>`), 404);
  });
  return app;
}

async function answer(app: Hono, method: string, url: string, response: ServerResponse): Promise<void> {
  const found = await app.fetch(new Request(new URL(url, 'http://127.0.0.1'), { method }));
  response.writeHead(found.status, Object.fromEntries(found.headers));
  response.end(await found.text());
}

/** Listens on 127.0.0.1 only. It does not keep the process alive. */
export async function serveMailbox(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const app = mailboxApp(folder);
  const server = createServer((request, response) => {
    answer(app, request.method === 'HEAD' ? 'HEAD' : 'GET', request.url ?? '/', response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`The mailbox could not be read: ${String(error)}`);
    });
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', ready);
  });
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    close: () =>
      new Promise((closed) => {
        server.close(() => { closed(); });
        server.closeAllConnections();
      }),
  };
}
