import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far Slack's clock and ours may be apart, either way, in seconds (Slack: "Verifying requests from Slack"). */
const tolerance = 300;

export type SignatureAnswer = 'good' | 'missing' | 'forged' | 'old' | 'future';

interface Signed {
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** The bytes as they came, before anything is parsed. */
  readonly body: Uint8Array;
}

/** Is this request Slack's, and of now? The signature is compared before the time, so that a stranger learns nothing of our clock. */
export function checkSignature(signingSecret: string, { timestamp, signature, body }: Signed, now: Date): SignatureAnswer {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return 'missing';
  const expected = Buffer.from(`v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged';
  const age = now.getTime() / 1000 - Number(timestamp);
  if (age > tolerance) return 'old';
  return age < -tolerance ? 'future' : 'good';
}
