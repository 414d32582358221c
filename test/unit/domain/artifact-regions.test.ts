import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { artifactBuckets, bucketsFor, unsealable } from '../../../domain/artifact-regions.ts';
import { changeSetRequest } from '../../../domain/change-set-request.ts';
import { stacksOf } from '../../../domain/configuration/stacks.ts';
import { templateOf, templatesAtHome } from '../../../domain/find-target.ts';
import { moveToRegion, pairReferences, rewrite, urlReferences } from '../../../domain/seal.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';

const home = { bucket: 'drawbridge-artifactbucket-1a2b', region: 'eu-west-1' };
const away = 'arn:aws:s3:::drawbridge-artifactbucket-1a2b-us-east-1';
const buckets = { 'eu-west-1': home.bucket, 'us-east-1': `${home.bucket}-us-east-1` };
const environments = (...regions: string[]) => [{ name: 'prod', targets: regions.map((region, index) => aTarget({ name: String(index), region })) }];

describe('the buckets of the Regions', () => {
  it('are known by their names', () => {
    expect(artifactBuckets(home, '')).toEqual({ 'eu-west-1': home.bucket });
    expect(artifactBuckets(home, away)).toEqual(buckets);
    expect(Object.keys(artifactBuckets(home, `${away}, arn:aws:s3:::${home.bucket}-ap-southeast-2`)).sort()).toEqual(['ap-southeast-2', 'eu-west-1', 'us-east-1']);
  });

  it.each(['arn:aws:s3:::another-us-east-1', `arn:aws:s3:::${home.bucket}`, `arn:aws:s3:::${home.bucket}-x`, 'us-east-1'])('%s is none of them', (arn) => {
    expect(() => artifactBuckets(home, arn)).toThrow(/is not named drawbridge-artifactbucket-1a2b-<region>.*HomeBucket=drawbridge-artifactbucket-1a2b/);
  });

  it('are those at home and where a release has targets', () => {
    expect(bucketsFor({ environments: environments('eu-west-1') }, home, buckets)).toEqual({ 'eu-west-1': home.bucket });
    expect(bucketsFor({ environments: environments('us-east-1') }, home, buckets)).toEqual(buckets);
    expect(() => bucketsFor({ environments: environments('us-west-2') }, home, buckets)).toThrow(/^Sealing the artifact: prod has a target in us-west-2, but there is no artifact bucket/);
  });

  it('that are missing are said once for each environment, with what to deploy', () => {
    expect(unsealable(environments('eu-west-1', 'us-east-1'), buckets)).toEqual([]);
    expect(unsealable(environments('us-west-2', 'us-west-2'), buckets)).toEqual([
      'prod has a target in us-west-2, but there is no artifact bucket in that Region. Deploy infra/artifact-region.yaml there in the tools account, give its outputs to the stacks drawbridge and drawbridge-target (RegionalArtifactBucketArns, RegionalArtifactKeyArns), and retry the release.',
    ]);
  });

  it('that came after a release was sealed do not hold it, and nothing is built twice', () => {
    expect(unsealable(environments('us-east-1'), buckets, { buckets: { 'eu-west-1': home.bucket } })).toEqual(['prod has a target in us-east-1, but the release was sealed before that, for eu-west-1 only. Push again.']);
    expect(unsealable(environments('us-east-1'), buckets, { buckets })).toEqual([]);
  });
});

describe('a template of each Region', () => {
  const sealed = (region: string) => ({ key: `sealed/orders/${region}`, sha256: 'e'.repeat(64), parameters: [], noEcho: [], outputs: ['Url'], region });
  const artifact = { digest: 'd'.repeat(64), bucket: home.bucket, buckets, manifestKey: 'm', templates: [sealed('eu-west-1'), sealed('us-east-1')] };
  const there = aTarget({ region: 'us-east-1' });

  it('is taken for a target there, from the bucket there', () => {
    const release = aRelease({ artifact });
    expect(templateOf(release, 'dev', there)).toMatchObject({ key: 'sealed/orders/us-east-1', bucket: buckets['us-east-1'] });
    expect(templateOf(release, 'dev', aTarget())).toMatchObject({ key: 'sealed/orders/eu-west-1', bucket: home.bucket });
    expect(() => templateOf(release, 'dev', aTarget({ region: 'us-west-2' }))).toThrow(/template of orders-dev for us-west-2/);
    const url = (target: typeof there) => changeSetRequest({ release, template: templateOf(release, 'dev', target), environment: 'dev', target, attempt: '1-1', operation: 'CREATE', region: 'eu-west-1' }).templateUrl;
    expect([url(there), url(aTarget())]).toEqual([`https://${home.bucket}-us-east-1.s3.us-east-1.amazonaws.com/sealed/orders/us-east-1`, `https://${home.bucket}.s3.eu-west-1.amazonaws.com/sealed/orders/eu-west-1`]);
  });

  it('sealed before there were several is the one that there is', () => {
    expect(templateOf(aRelease(), 'dev', there)).toMatchObject({ key: 'sealed/orders/template', bucket: 'artifacts' });
  });

  it('is read at home by whoever wants to know each of them once', () => {
    expect(templatesAtHome({ ...artifact, templates: [...artifact.templates].reverse() }).map(({ key }) => key)).toEqual(['sealed/orders/eu-west-1']);
    expect(templatesAtHome(aRelease().artifact ?? artifact).map(({ key }) => key)).toEqual(['sealed/orders/template']);
  });

  it('makes one stack, not one for each Region', () => {
    const wish = { parameters: {}, tags: {}, ignored: [], asksApproval: false };
    const build = { kind: 'sam' as const, templates: [] };
    expect(stacksOf({ build }, wish, 'dev', artifact).stacks).toHaveLength(1);
    const named = { templates: artifact.templates.flatMap((it) => [{ ...it, stack: 'network' }, { ...it, stack: 'app' }]) };
    expect(stacksOf({ build }, wish, 'dev', named)).toMatchObject({ problems: [], stacks: [{ key: 'network' }, { key: 'app' }] });
  });
});

describe('a template that is moved to another Region', () => {
  const to = buckets['us-east-1'];
  const move = (text: string) => moveToRegion(text, { from: home.bucket, to, region: 'us-east-1' });

  it.each([
    [`s3://${home.bucket}/k`, `s3://${to}/k`],
    [`https://s3.eu-west-1.amazonaws.com/${home.bucket}/k`, `https://s3.us-east-1.amazonaws.com/${to}/k`],
    [`https://s3.amazonaws.com/${home.bucket}/k`, `https://s3.us-east-1.amazonaws.com/${to}/k`],
    [`https://s3-eu-west-1.amazonaws.com/${home.bucket}/k`, `https://s3.us-east-1.amazonaws.com/${to}/k`],
    [`https://s3.dualstack.eu-west-1.amazonaws.com/${home.bucket}/k`, `https://s3.us-east-1.amazonaws.com/${to}/k`],
    [`https://${home.bucket}.s3.eu-west-1.amazonaws.com/k`, `https://${to}.s3.us-east-1.amazonaws.com/k`],
    [`https://${home.bucket}.s3.amazonaws.com/k`, `https://${to}.s3.us-east-1.amazonaws.com/k`],
    [`https://${home.bucket}.s3.\${AWS::Region}.\${AWS::URLSuffix}/k`, `https://${to}.s3.\${AWS::Region}.\${AWS::URLSuffix}/k`],
    [`http://127.0.0.1:4566/${home.bucket}/k`, `http://127.0.0.1:4566/${to}/k`],
    [`{"S3Bucket":"${home.bucket}","S3Key":"k"}`, `{"S3Bucket":"${to}","S3Key":"k"}`],
    [`S3Bucket: &b ${home.bucket}\n`, `S3Bucket: &b ${to}\n`],
  ])('%s', (text, moved) => {
    expect(move(text)).toBe(moved);
    expect(move(moved)).toBe(moved);
    expect(moveToRegion(text, { from: home.bucket, to: home.bucket, region: 'eu-west-1' })).toBe(text);
  });

  it.each([`my-${home.bucket}`, `${home.bucket}-mine`, `${home.bucket}.example.com`, `x.${home.bucket}`, 's3://another/k', 'https://s3.eu-west-1.amazonaws.com/another/k'])('%s is somebody else’s and stays', (text) => {
    expect(move(text)).toBe(text);
  });

  // Nothing else holds this line: in the local cloud a bucket can be read from every Region.
  it('refers to that Region’s bucket and to no other, in whatever form and however often', () => {
    const prefix = 'incoming/orders/AROA:AWSCodeBuild-1/';
    const form = fc.constantFrom(
      (key: string) => `CodeUri: s3://${home.bucket}/${key}`,
      (key: string) => `TemplateURL: https://s3.eu-west-1.amazonaws.com/${home.bucket}/${key}`,
      (key: string) => `TemplateURL: "https://${home.bucket}.s3.eu-west-1.amazonaws.com/${key}"`,
      (key: string) => `Code: { S3Bucket: ${home.bucket}, S3Key: ${key} }`,
      (key: string) => `CodeUri:\n      Key: '${key}'\n      Bucket: '${home.bucket}'`,
    );
    const key = fc.stringMatching(/^[a-z0-9]{4,12}(\.template)?$/).map((name) => `${prefix}${name}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(form, key), { minLength: 1, maxLength: 8 }), (references) => {
        const text = references.map(([write, of], index) => `  R${String(index)}:\n    ${write(of)}\n`).join('');
        const keys = new Map(references.map(([, of]) => [of, `sealed/orders/${of.slice(prefix.length)}`]));
        const moved = move(rewrite(text, keys));
        const found = (bucket: string) => [...urlReferences(moved, bucket), ...pairReferences(parse(moved), bucket)];
        expect(new Set(found(to))).toEqual(new Set(keys.values()));
        expect(found(home.bucket)).toEqual([]);
        expect(moved.replaceAll(to, '')).not.toMatch(/drawbridge-artifactbucket|eu-west-1|incoming/);
      }),
    );
  });
});
