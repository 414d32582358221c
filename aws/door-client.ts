import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

interface DoorCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Door {
  readonly url: string;
  readonly region: string;
  readonly credentials: DoorCredentials;
}

interface Call {
  readonly method: 'GET' | 'POST';
  /** With its query, if it has one. */
  readonly path: string;
  readonly body?: unknown;
}

/** What the control plane answered when it did not do what it was asked. */
export class DoorError extends Error {
  override readonly name = 'DoorError';
  readonly status: number;
  readonly kind: string;

  constructor(status: number, kind: string, message: string) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Names below `.localhost` are this machine (RFC 6761); not every resolver knows it. */
const addressOf = (hostname: string): string => (hostname.endsWith('.localhost') ? '127.0.0.1' : hostname);

async function send(url: URL, method: string, headers: Record<string, string>, body: string | undefined): Promise<Answer> {
  return await new Promise((done, failed) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = request({ host: addressOf(url.hostname), port: url.port, path: url.pathname + url.search, method, headers, servername: url.hostname, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        done({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within a minute')));
    sent.on('error', failed);
    sent.end(body);
  });
}

/**
 * Calls the command API with the caller's own credentials, signed for IAM.
 * @throws DoorError with the control plane's own sentence
 */
export async function callDoor({ url: base, region, credentials }: Door, { method, path, body }: Call): Promise<unknown> {
  const url = new URL(`${base}${path}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await send(url, method, signed.headers, text);
  const content = readJson(answer.text);
  if (answer.status >= 200 && answer.status < 300) return content;
  const { error, message, Message } = (typeof content === 'object' && content !== null ? content : {}) as { error?: string; message?: string; Message?: string };
  throw new DoorError(answer.status, error ?? 'Refused', message ?? Message ?? `The control plane answered ${String(answer.status)}.`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
