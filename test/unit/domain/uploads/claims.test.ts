import { describe, expect, it } from 'vitest';
import { Claims, ReleaseRequest } from '../../../../contracts/source-events.ts';
import { applicationOf, claimsInMetadata, said } from '../../../../domain/uploads/claims.ts';
import { notAsUpload } from '../../../../domain/uploads/counts-as.ts';
import type { Gate } from '../../../../domain/gate.ts';
import { withUnprovenAuthor } from '../../../../domain/uploads/unproven-author.ts';

it.each([
  ['orders/source.zip', 'orders'],
  ['orders/2026/11/abc+1.zip', 'orders'],
  ['orders/source.tar', undefined],
  ['source.zip', undefined],
  ['/orders/source.zip', undefined],
  ['orders//source.zip', undefined],
  ['orders/../carts/source.zip', undefined],
  ['orders/so urce.zip', undefined],
  ['orders/<script>.zip', undefined],
])('%s is an archive of %s', (key, application) => {
  expect(applicationOf(key)).toBe(application);
});

describe('what an uploader may claim to be', () => {
  const upload = { branch: 'main', starts: 'upload' as const, claims: { branches: ['feature/*'], tags: ['v*'] } };
  it.each([
    [{ branch: 'main' }, undefined],
    [{ branch: 'feature/tea' }, undefined],
    [{ tag: 'v1' }, undefined],
    [{ branch: 'release' }, 'applications.orders.upload.claims.branches allows no upload to be the branch release'],
    [{ tag: 'main' }, 'applications.orders.upload.claims.tags allows no upload to be the tag main'],
    [{ branch: 'v1' }, 'applications.orders.upload.claims.branches allows'],
  ])('%j', (reference, refused) => {
    const answer = notAsUpload('orders', upload, reference);
    if (refused === undefined) expect(answer).toBeUndefined();
    else expect(answer).toContain(refused);
  });

  it('is its registered branch and nothing else where nothing is said', () => {
    const plain = { branch: 'main', starts: 'upload' as const };
    expect(notAsUpload('orders', plain, { branch: 'main' })).toBeUndefined();
    for (const reference of [{ branch: 'other' }, { tag: 'main' }, { branch: '' }, {}]) expect(notAsUpload('orders', plain, reference)).toBeDefined();
    expect(notAsUpload('orders', undefined, { branch: 'main' })).toBeDefined();
  });
});

describe('what is said in the metadata of an object', () => {
  it('is taken by its names, and what others put there is left alone', () => {
    const metadata = { commit: 'c'.repeat(40), 'author-name': 'Kim', 'author-email': 'kim@example.com', branch: 'main', message: 'Sell tea', 'md5chksum': 'x' };
    expect(Claims.parse(claimsInMetadata(metadata))).toEqual({ commit: 'c'.repeat(40), author: { name: 'Kim', email: 'kim@example.com' }, branch: 'main', message: 'Sell tea' });
    expect(Claims.parse(claimsInMetadata({}))).toEqual({});
    expect(Claims.parse(claimsInMetadata({ 'author-email': 'kim@example.com' })).author).toEqual({ name: 'kim@example.com', email: 'kim@example.com' });
  });

  it.each<[string, Record<string, string>]>([
    ['a commit that is none', { commit: 'main' }],
    ['an author without an address, who could not be told to be the author', { 'author-name': 'Kim' }],
    ['a branch and a tag', { branch: 'main', tag: 'v1' }],
    ['a branch of two lines', { branch: 'main\nother' }],
  ])('is refused: %s', (_, metadata) => {
    expect(Claims.safeParse(claimsInMetadata(metadata)).success).toBe(false);
  });
});

it.each<[string, object]>([
  ['without a version', { version: undefined }],
  ['of what has no version', { version: 'null' }],
  ['with a word that nobody knows', { colour: 'red' }],
  ['with a branch and a tag', { branch: 'main', tag: 'v1' }],
  ['with an author who has no address', { author: { name: 'Kim' } }],
])('a request %s is refused', (_, fields) => {
  const request = { application: 'orders', key: 'orders/source.zip', version: 'v.1_a-b' };
  expect(ReleaseRequest.safeParse(request).success).toBe(true);
  expect(ReleaseRequest.safeParse({ ...request, ...fields }).success).toBe(false);
});

it('a release shows the first line of the message, or the key; and somebody, who has no address to be taken for', () => {
  expect(said({ message: 'Sell tea\n\nA lot.', author: { name: 'Kim', email: 'kim@example.com' } }, 'k')).toEqual({ author: { name: 'Kim', email: 'kim@example.com' }, message: 'Sell tea' });
  expect(said({ message: ' \n' }, 'orders/source.zip')).toEqual({ author: { name: 'somebody', email: '' }, message: 'Upload of orders/source.zip' });
});

describe('an upload takes two people', () => {
  const gate = (atLeast: number): Gate => ({ verdict: atLeast === 2 ? 'two' : 'one', because: ['It changes code.'], demanded: true, atLeast });
  const uploaded = { source: { kind: 's3', bucket: 'b', key: 'k', version: 'v' } } as const;

  it('where the author may not approve, and says why', () => {
    expect(withUnprovenAuthor(gate(1), uploaded, false)).toEqual({ ...gate(1), atLeast: 2, because: ['It changes code.', 'Nobody can check who wrote an upload, so it takes two people.'] });
  });

  it('but not more than are asked already, nor where the author may approve, and a push takes as many as ever', () => {
    expect(withUnprovenAuthor(gate(2), uploaded, false)).toEqual(gate(2));
    expect(withUnprovenAuthor(gate(1), uploaded, true)).toEqual(gate(1));
    expect(withUnprovenAuthor(gate(1), { source: { kind: 'codecommit', repository: 'orders' } }, false)).toEqual(gate(1));
  });
});
