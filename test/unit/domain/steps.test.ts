import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeclaredStep, PublishStep } from '../../../contracts/steps.ts';
import { earlierIn, earlierOutputOf, filled, ofOneStack, referencesIn, unknownIn } from '../../../domain/outputs.ts';
import { groups, headersOf, inOrder } from '../../../domain/publishing.ts';
import { stepPolicy } from '../../../domain/step-session.ts';
import { brokenOff, knownStep, plannedSteps, stepDigest } from '../../../domain/steps.ts';
import { aRelease } from '../../fakes/samples.ts';

const publish = (fields: Partial<PublishStep> = {}): PublishStep => ({ kind: 'publish', folder: 'web/dist', bucket: '${outputs.SiteBucket}', prefix: '', delete: false, immutable: [], ...fields });
const write: DeclaredStep = { kind: 'parameters', values: { '/orders/url': '${outputs.Url}', '/orders/fixed': 'x' } };
const releaseWith = (sha256 = 'a'.repeat(64), files = 12) => {
  const release = aRelease();
  return { ...release, artifact: { digest: 'd'.repeat(64), bucket: 'artifacts', manifestKey: 'm', templates: [], folders: [{ folder: 'web/dist', key: `sealed/orders/${sha256}`, sha256, files }] } };
};
const outputs = { SiteBucket: 'orders-site', Url: 'https://api.example.com', Distribution: 'E123' };
const plan = (steps: DeclaredStep[], { known = outputs, done = [] as string[], release = releaseWith() }: { known?: Record<string, string>; done?: string[]; release?: ReturnType<typeof releaseWith> } = {}) => plannedSteps({ release, target: { steps }, outputs: known, done });

describe('outputs in a text', () => {
  it('are filled in where they are known, and named where they are not', () => {
    expect(filled('${outputs.Url}/health?${outputs.Other}', outputs)).toBe('https://api.example.com/health?${outputs.Other}');
    expect(unknownIn('${outputs.Url}/${stacks.web.outputs.Other}', outputs)).toEqual(['Other']);
    expect(referencesIn('${stacks.web.outputs.A}${outputs.B}')).toEqual([{ stack: 'web', output: 'A' }, { stack: undefined, output: 'B' }]);
    expect(ofOneStack('${stacks.web.outputs.A}/x')).toBe('${outputs.A}/x');
  });

  it('may be those of an earlier environment, which are never taken for the stack\'s own', () => {
    const text = '${environments.dev.outputs.Url}/${environments.dev.targets.eu.stacks.web.outputs.Url}/${outputs.Url}';
    expect(earlierIn(text)).toEqual(['environments.dev.outputs.Url', 'environments.dev.targets.eu.stacks.web.outputs.Url']);
    expect(referencesIn(text)).toEqual([{ stack: undefined, output: 'Url' }]);
    expect(ofOneStack(text)).toBe(text);
    expect(filled(text, { Url: 'own', 'environments.dev.outputs.Url': 'earlier' })).toBe('earlier/${environments.dev.targets.eu.stacks.web.outputs.Url}/own');
    expect(unknownIn(text, { Url: 'own' })).toEqual(earlierIn(text));
    expect(earlierOutputOf('environments.dev.targets.eu.stacks.web.outputs.Url')).toEqual({ environment: 'dev', place: 'eu', stack: 'web', output: 'Url' });
  });

  it('are never read out of a value: what an output holds is not a reference', () => {
    fc.assert(fc.property(fc.string(), (value) => {
      expect(filled('${outputs.A}', { A: value, B: 'b' })).toBe(value);
    }));
  });
});

describe('planned steps', () => {
  it('say what would be done, with what is known only after the deployment', () => {
    expect(plan([publish({ invalidate: '${outputs.Distribution}', prefix: 'site/', delete: true }), write]).map(({ text, kind }) => [kind, text])).toEqual([
      ['deletes', 'Publishes 12 files of web/dist into the bucket orders-site below site/, deletes every other file there, and invalidates the distribution E123.'],
      ['writes-parameters', 'Writes the parameters /orders/url (https://api.example.com), /orders/fixed (x).'],
    ]);
    expect(plan([publish(), write], { known: {} }).map(({ text }) => text)).toEqual([
      'Publishes 12 files of web/dist into the bucket that the output SiteBucket will name (known after the deployment).',
      'Writes the parameters /orders/url (its value is known after the deployment), /orders/fixed (x).',
    ]);
  });

  it.each([
    ['the content of the folder', () => stepDigest(releaseWith('b'.repeat(64)), publish(), outputs)],
    ['the bucket', () => stepDigest(releaseWith(), publish(), { ...outputs, SiteBucket: 'other-site' })],
    ['the prefix', () => stepDigest(releaseWith(), publish({ prefix: 'site/' }), outputs)],
    ['what is deleted', () => stepDigest(releaseWith(), publish({ delete: true }), outputs)],
    ['how it is served', () => stepDigest(releaseWith(), publish({ immutable: ['assets/**'] }), outputs)],
  ])('are other ones when %s is another', (_, digest) => {
    expect(digest()).not.toBe(stepDigest(releaseWith(), publish(), outputs));
  });

  it('are done when they were done with equal content and values, wherever the values came from', () => {
    const [first, second] = plan([publish(), write]);
    const done = [first?.digest ?? ''];
    expect(plan([publish(), write], { done }).map((step) => step.done)).toEqual([true, false]);
    expect(plan([publish({ bucket: 'orders-site' })], { done })[0]?.done).toBe(true);
    expect(plan([write], { done: [second?.digest ?? ''], known: { Url: 'https://other.example.com' } })[0]?.done).toBe(false);
  });
});

describe('a step', () => {
  it.each([
    ['an output that the stack does not have', publish({ bucket: '${outputs.Nothing}' }), /the stack orders-dev has no output Nothing/],
    ['a bucket that is none', publish({ bucket: '*' }), /"\*" is not the name of a bucket/],
    ['a distribution that is none', publish({ bucket: 'site-1', invalidate: '*' }), /"\*" is not the id of a distribution/],
  ])('is refused with %s', (_, step, message) => {
    expect(() => knownStep(step, outputs, 'orders-dev')).toThrow(message);
  });

  it('has a session for what it names alone', () => {
    const where = { account: '222222222222', region: 'eu-west-1', application: 'orders', artifactBucket: 'artifacts' };
    const resources = (step: DeclaredStep) => (JSON.parse(stepPolicy(step, where)) as { Statement: { Action: string[]; Resource: string | string[] }[] }).Statement.map(({ Action, Resource }) => [Action.join(), Resource]);
    expect(resources(publish({ bucket: 'orders-site', prefix: 'site/', invalidate: 'E123' }))).toEqual([
      ['s3:ListBucket', 'arn:aws:s3:::orders-site'],
      ['s3:GetObject,s3:PutObject', 'arn:aws:s3:::orders-site/site/*'],
      ['s3:GetObject', 'arn:aws:s3:::artifacts/sealed/orders/*'],
      ['kms:Decrypt,kms:GenerateDataKey', '*'],
      ['cloudfront:CreateInvalidation', 'arn:aws:cloudfront::222222222222:distribution/E123'],
    ]);
    expect(resources(write)).toEqual([['ssm:GetParameters,ssm:PutParameter', ['arn:aws:ssm:eu-west-1:222222222222:parameter/orders/url', 'arn:aws:ssm:eu-west-1:222222222222:parameter/orders/fixed']]]);
    const long = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`/${'a'.repeat(190)}/${String(index)}`, 'x']));
    expect(() => stepPolicy({ kind: 'parameters', values: long }, where)).toThrow(/STS takes 2048/);
  });

  it('that fails says what was done, what was not, and that it goes on', () => {
    expect(brokenOff([write, publish({ bucket: 'b' }), write], 1, { stackName: 'orders-dev', release: 'orders-1-00000000', why: 'denied.' })).toBe(
      'The stack orders-dev is deployed, but step 2 of 3 (publish web/dist into b) failed: denied. Done before it: write /orders/url, /orders/fixed; not begun: write /orders/url, /orders/fixed. Steps are safe to repeat: mend it, then drawbridge retry orders-1-00000000 goes on with them.',
    );
  });
});

describe('files', () => {
  const file = (path: string) => ({ path, key: 'k', sha256: 's', bytes: 1 });

  it('come in an order in which no page is there before what it refers to, and the first page is last', () => {
    const paths = ['index.html', 'a.html', 'docs/index.html', 'z.js', 'a.css'];
    expect(inOrder(paths.map(file)).map(({ path }) => path)).toEqual(['a.css', 'z.js', 'a.html', 'docs/index.html', 'index.html']);
    expect(groups(inOrder(paths.map(file))).map((group) => group.length)).toEqual([2, 1, 2]);
  });

  it.each([
    ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['assets/app-1f3a.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['logo.svg', 'image/svg+xml; charset=utf-8', 'no-cache'],
    ['data', 'application/octet-stream', 'no-cache'],
  ])('%s is served as %s, %s', (path, contentType, cacheControl) => {
    expect(headersOf(path, { immutable: ['assets/**'] })).toEqual({ contentType, cacheControl });
  });
});
