import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { greeting, healthy } from './content.mjs';

const deployed = JSON.parse(readFileSync(process.env.DEPLOYED, 'utf8'));

createServer((request, response) => {
  const answers = request.url === '/health' ? { status: healthy() ? 200 : 503, body: deployed } : { status: 200, body: { service: 'web-revision', greeting, ...deployed } };
  response.writeHead(answers.status, { 'content-type': 'application/json' }).end(`${JSON.stringify(answers.body)}\n`);
}).listen(Number(process.env.PORT), '127.0.0.1');
