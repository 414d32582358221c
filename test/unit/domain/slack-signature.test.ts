import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSignature } from '../../../domain/slack-signature.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const now = new Date('2026-01-01T00:00:00.000Z');
const seconds = now.getTime() / 1000;
const body = Buffer.from('payload=%7B%22type%22%3A%22block_actions%22%7D');
const signed = (timestamp: string, content: Uint8Array = body, key = secret) => `v0=${createHmac('sha256', key).update(`v0:${timestamp}:`).update(content).digest('hex')}`;
const request = (age = 0) => ({ timestamp: String(seconds - age), signature: signed(String(seconds - age)), body });

describe('a request', () => {
  it('that Slack’s own example signs is good', () => {
    // Slack: "Verifying requests from Slack".
    const example = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
    expect(checkSignature(secret, { timestamp: '1531420618', signature, body: Buffer.from(example) }, new Date(1_531_420_618_000))).toBe('good');
  });

  it.each<[string, Parameters<typeof checkSignature>[1], ReturnType<typeof checkSignature>]>([
    ['of now', request(), 'good'],
    ['of five minutes ago', request(300), 'good'],
    ['of more than five minutes ago', request(301), 'old'],
    ['of a clock five minutes ahead', request(-300), 'good'],
    ['of a clock further ahead', request(-301), 'future'],
    ['without a signature', { ...request(), signature: undefined }, 'missing'],
    ['without a time', { ...request(), timestamp: undefined }, 'missing'],
    ['with a time that is none', { ...request(), timestamp: 'now' }, 'missing'],
    ['with a negative time', { ...request(), timestamp: '-1' }, 'missing'],
    ['with a time in two parts', { ...request(), timestamp: `${String(seconds)}\n1` }, 'missing'],
    ['with a time without end', { ...request(), timestamp: '9'.repeat(400) }, 'missing'],
    ['signed with another secret', { ...request(), signature: signed(String(seconds), body, 'guessed') }, 'forged'],
    ['with an empty signature', { ...request(), signature: '' }, 'forged'],
    ['signed in another version', { ...request(), signature: request().signature.replace('v0=', 'v1=') }, 'forged'],
    ['with a signature in capital letters', { ...request(), signature: request().signature.toUpperCase() }, 'forged'],
    ['with a signature cut short', { ...request(), signature: request().signature.slice(0, -1) }, 'forged'],
    ['with letters beyond ASCII in its signature', { ...request(), signature: `${request().signature.slice(0, -1)}é` }, 'forged'],
    ['with another body', { ...request(), body: Buffer.from(`${body.toString()}&x=1`) }, 'forged'],
    ['with another time', { ...request(), timestamp: String(seconds - 1) }, 'forged'],
    ['that is old and forged: a stranger learns nothing of our clock', { ...request(4000), signature: 'v0=00' }, 'forged'],
  ])('%s is %3$s', (_, given, expected) => {
    expect(checkSignature(secret, given, now)).toBe(expected);
  });

  it('is good only with the very bytes that were signed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (content, other) => {
        const timestamp = String(seconds);
        const signature = signed(timestamp, content);
        expect(checkSignature(secret, { timestamp, signature, body: content }, now)).toBe('good');
        expect(checkSignature(secret, { timestamp, signature, body: other }, now)).toBe(Buffer.from(content).equals(Buffer.from(other)) ? 'good' : 'forged');
      }),
    );
  });
});
