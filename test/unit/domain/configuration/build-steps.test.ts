import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../../contracts/release.ts';
import { parseApplicationFile } from '../../../../domain/configuration/application-file.ts';
import { buildSteps, stepsFor } from '../../../../domain/configuration/build-steps.ts';
import { withExports } from '../../../../domain/configuration/exports.ts';

function steps(text: string, at = (path: string) => path) {
  const parsed = parseApplicationFile(`version: 1\n${text}`);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ line, message }) => `${String(line)}: ${message}`).join('; '));
  return buildSteps(parsed.value, at);
}
const inShop = (path: string) => `shop/${path}`;

describe('how an application is built', () => {
  it.each([
    ['serverless', 'build: { kind: serverless }', { kind: 'serverless', folder: 'shop', templates: [], file: 'shop/serverless.yml', framework: 'osls' }],
    ['serverless by its other maker', 'build: { kind: serverless, framework: serverless, config: a/b.yml }', { kind: 'serverless', folder: 'shop', templates: [], file: 'shop/a/b.yml', framework: 'serverless' }],
    ['cdk', 'build: { kind: cdk, app: node app.mjs }', { kind: 'cdk', folder: 'shop', templates: [], app: 'node app.mjs' }],
    ['buildspec', 'build: { kind: buildspec }', { kind: 'buildspec', folder: 'shop', templates: [], file: 'shop/buildspec.yml' }],
    ['codedeploy', 'build: { kind: codedeploy, revision: site }', { kind: 'codedeploy', folder: 'shop', templates: [], revision: 'shop/site' }],
    ['sam', 'build: { kind: sam }', { kind: 'sam', folder: 'shop', templates: [{ path: 'shop/template.yaml' }] }],
  ])('as %s', (_, text, expected) => {
    expect(steps(text, inShop)).toEqual(expected);
  });

  it('leaves the folders that any environment publishes, whatever its kind', () => {
    const publish = (folder: string) => `[{ publish: ${folder}, bucket: b }]`;
    expect(steps(`build: { kind: serverless }\nsteps: ${publish('web/')}\nenvironments: { dev: { steps: ${publish('dev')} } }`, inShop)).toMatchObject({ folders: ['shop/web', 'shop/dev'] });
  });

  it('leaves the folders in which any environment is tested by a command', () => {
    const tests = (folder: string) => `[{ run: npm test, folder: ${folder} }, { http: "https://x.example" }]`;
    expect(steps(`build: { kind: sam }\ntests: ${tests('smoke/')}\nenvironments: { dev: { tests: ${tests('smoke')} }, prod: { tests: ${tests('deep')} } }`, inShop)).toMatchObject({ testFolders: ['shop/smoke', 'shop/deep'] });
  });

  it('in a kind that there is not names those that there are', () => {
    expect(() => steps('build: { kind: terraform }')).toThrow('2: build.kind: the kind must be one of sam, cloudformation, serverless, cdk, codedeploy, buildspec');
  });

  it('as codedeploy names the folder, and no other kind does', () => {
    expect(() => steps('build: { kind: codedeploy }')).toThrow('build.revision: the kind codedeploy names its revision, a folder with an appspec.yml');
    expect(() => steps('build: { kind: sam, revision: site }')).toThrow(/revision/);
  });

  it('as serverless is one stack', () => {
    expect(() => steps('build: { kind: serverless }\nstacks: { a: {} }')).toThrow(/stacks: a service of the Serverless Framework is one stack/);
  });
});

describe('checks', () => {
  const text = 'build: { kind: sam }\nchecks: [{ name: tests, run: npm test }, { name: scan, run: npm audit, required: false, branches: [main, "release/*"] }]';
  const names = (reference: { branch?: string; tag?: string }) => stepsFor(steps(text), reference).checks?.map(({ name, required }) => `${name} ${String(required)}`);

  it('are run on the branches that they name, and where they name none', () => {
    expect(names({ branch: 'main' })).toEqual(['tests true', 'scan false']);
    expect(names({ branch: 'release/1' })).toEqual(['tests true', 'scan false']);
    expect(names({ branch: 'feature' })).toEqual(['tests true']);
  });

  it('are all run for a tag', () => {
    expect(names({ tag: 'v1' })).toEqual(['tests true', 'scan false']);
  });

  it('have names of their own', () => {
    expect(() => steps('build: { kind: sam }\nchecks: [{ name: a, run: x }, { name: a, run: y }]')).toThrow(/each check has a name of its own/);
  });
});

describe('what a build exports', () => {
  const wish = { parameters: { Size: '2' }, lookups: { Vpc: { store: 'target', path: '/vpc', file: 'drawbridge.yaml' } }, tags: {}, asksApproval: false, ignored: [] } as const;
  const template = { key: 'k', sha256: 'e'.repeat(64), noEcho: [], parameters: ['Size', 'Version', 'Vpc'] };
  const artifact: Pick<Artifact, 'templates' | 'exports'> = { templates: [template], exports: { Version: '7', Size: '9', Vpc: 'vpc-1', Other: 'x' } };

  it('becomes a parameter that a template knows and the file says nothing of', () => {
    expect(withExports(wish, 'dev', artifact).parameters).toEqual({ Version: '7', Size: '2' });
  });

  it('is for environments whose templates know it', () => {
    expect(withExports(wish, 'dev', { ...artifact, templates: [{ ...template, environment: 'prod' }] })).toBe(wish);
    expect(withExports(wish, 'dev')).toBe(wish);
  });
});
