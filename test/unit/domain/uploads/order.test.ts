import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LastUpload, nextUpload, precedes, standingOf, type Uploaded } from '../../../../domain/uploads/order.ts';

const hex = fc.stringMatching(/^[0-9A-Fa-f]{1,24}$/);
/** The rule of S3, another way: both as fractions with as many digits as the longer has. */
const value = (sequencer: string) => BigInt(`0x${sequencer.padEnd(32, '0')}`);

describe('of two events of a key', () => {
  it('the one with the smaller sequencer comes first, the shorter filled up with zeros on the right', () => {
    fc.assert(fc.property(hex, hex, (one, other) => precedes(one, other) === value(one) < value(other)));
  });

  it('no two come before each other, and none before itself', () => {
    fc.assert(fc.property(hex, hex, (one, other) => !(precedes(one, other) && precedes(other, one)) && !precedes(one, one)));
  });

  it.each([
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6', true],
    ['0055aed6dcd90281e5', '0055AED6DCD90281E5', false],
    ['1', '01', false],
    ['01', '1', true],
    ['1', '10', false],
  ])('%s before %s: %s', (one, other, answer) => {
    expect(precedes(one, other)).toBe(answer);
  });
});

const an = (fields: Partial<Uploaded> = {}): Uploaded => ({ key: 'orders/a.zip', version: 'v1', uploadedAt: '2026-01-01T00:00:05.000Z', sequencer: '05', ...fields });
const last = (...uploads: readonly Uploaded[]) => uploads.reduce<LastUpload | undefined>((before, upload) => nextUpload(before, upload), undefined);

describe('an upload', () => {
  it.each<[string, LastUpload | undefined, Uploaded, string]>([
    ['that is the first', undefined, an(), 'new'],
    ['that was released last', last(an()), an(), 'released'],
    ['that was released last, told by an event without a sequencer', last(an()), an({ sequencer: undefined }), 'released'],
    ['whose event comes after', last(an()), an({ version: 'v2', sequencer: '06' }), 'new'],
    ['whose event comes before', last(an()), an({ version: 'v0', sequencer: '04' }), 'overtaken'],
    ['of several parts, begun before and finished after', last(an()), an({ version: 'v2', sequencer: '06', uploadedAt: '2026-01-01T00:00:01.000Z' }), 'new'],
    ['of the same second, of which no event tells', last(an()), an({ version: 'v2', sequencer: undefined }), 'new'],
    ['that is older than what was released, of which no event tells', last(an()), an({ version: 'v0', sequencer: undefined, uploadedAt: '2026-01-01T00:00:04.000Z' }), 'overtaken'],
    ['of another key, made before', last(an()), an({ key: 'orders/b.zip', uploadedAt: '2026-01-01T00:00:04.000Z', sequencer: 'FF' }), 'overtaken'],
    ['of another key, made after', last(an()), an({ key: 'orders/b.zip', uploadedAt: '2026-01-01T00:00:06.000Z', sequencer: '01' }), 'new'],
    ['of another key, made in the same second', last(an()), an({ key: 'orders/b.zip' }), 'new'],
    ['of the same second that was released before the last one', last(an(), an({ key: 'orders/b.zip' })), an(), 'released'],
  ])('%s', (_, before, found, answer) => {
    expect(standingOf(before, found)).toBe(answer);
  });

  it('is released once, whatever comes in which order, and the last one released is the newest', () => {
    const uploads = fc.array(fc.record({ key: fc.constantFrom('orders/a.zip', 'orders/b.zip'), second: fc.integer({ min: 0, max: 9 }) }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(uploads, fc.array(fc.nat(), { minLength: 24, maxLength: 24 }), (made, order) => {
        const sorted = made.sort((a, b) => a.second - b.second).map(({ key, second }, index) => an({ key, version: String(index), uploadedAt: `2026-01-01T00:00:0${String(second)}.000Z`, sequencer: String(index).padStart(2, '0') }));
        const events = [...sorted, ...sorted].map((upload, index) => ({ upload, at: order[index] ?? 0 })).sort((a, b) => a.at - b.at);
        let before: LastUpload | undefined;
        const released: Uploaded[] = [];
        for (const { upload } of events) {
          if (standingOf(before, upload) !== 'new') continue;
          before = nextUpload(before, upload);
          released.push(upload);
        }
        expect(new Set(released.map(({ version }) => version)).size).toBe(released.length);
        expect(released.map(({ uploadedAt }) => uploadedAt)).toEqual(released.map(({ uploadedAt }) => uploadedAt).sort());
        expect(released.at(-1)?.uploadedAt).toBe(sorted.at(-1)?.uploadedAt);
      }),
    );
  });
});
