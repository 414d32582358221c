import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Environments } from '../../../../contracts/environments.ts';
import type { Artifact, SealedTemplate } from '../../../../contracts/release.ts';
import { ask } from '../../../../domain/configuration/ask.ts';
import { resolve } from '../../../../domain/configuration/resolve.ts';

const registry = Environments.parse({
  version: 1,
  accounts: { dev: { id: '222222222222', externalId: 'x-dev' } },
  applications: { shop: { repository: 'shop' } },
  environments: { dev: { branches: ['main'], targets: [{ account: 'dev', region: 'eu-west-1' }] }, staging: { branches: ['main'], targets: [{ account: 'dev', region: 'eu-west-1' }] } },
});

const sealed = (fields: Partial<SealedTemplate>): SealedTemplate => ({ key: 'k', sha256: 'a'.repeat(64), parameters: [], noEcho: [], outputs: [], ...fields });
const built = (...templates: SealedTemplate[]): Artifact => ({ digest: 'd'.repeat(64), bucket: 'b', manifestKey: 'm', templates, folders: [{ folder: 'shop/web', key: 'k', sha256: 'f'.repeat(64), files: 2 }], testFolders: [{ folder: 'shop/smoke', key: 'k.zip', sha256: 'f'.repeat(64) }] });

function resolved(fields: Readonly<Record<string, unknown>>, artifact?: Artifact) {
  const asked = ask({ drawbridge: stringify({ version: 1, build: { kind: 'cloudformation' }, order: ['dev'], ...fields }), samconfig: undefined, template: undefined }, Object.keys(registry.environments), 'shop');
  if (!asked.ok) return { ok: false as const, problems: asked.problems.map(({ message }) => message) };
  return resolve(registry, asked.value, { application: 'shop', branch: 'main', mode: 'deploy' }, artifact);
}
const targetsOf = (result: ReturnType<typeof resolved>) => (result.ok ? result.configuration.environments[0]?.targets : result.problems);
const problemsOf = (result: ReturnType<typeof resolved>) => (result.ok ? [] : result.problems);
const publish = (bucket: string) => ({ publish: 'web', bucket });

describe('what comes after the stacks', () => {
  it('belongs to the one stack, with the folder from the root of the repository, and the build is told of it', () => {
    const result = resolved({ steps: [publish('${outputs.Site}')], tests: [{ http: '${outputs.Url}/health' }], url: '${outputs.Url}' }, built(sealed({ outputs: ['Site', 'Url'] })));
    expect(targetsOf(result)).toMatchObject([
      { steps: [{ kind: 'publish', folder: 'shop/web', bucket: '${outputs.Site}', prefix: '', delete: false, immutable: [] }], tests: [{ url: '${outputs.Url}/health', status: 200, withinSeconds: 120 }], url: '${outputs.Url}' },
    ]);
    expect(result.ok && result.configuration.build?.folders).toEqual(['shop/web']);
  });

  it('is the list of the environment where that has one', () => {
    const [target] = targetsOf(resolved({ steps: [publish('site')], tests: [{ http: 'https://x.example' }], environments: { dev: { steps: [], tests: [{ http: 'https://dev.example' }] } } })) as { steps?: unknown; tests?: { url: string }[] }[];
    expect(target?.steps).toBeUndefined();
    expect(target?.tests?.map(({ url }) => url)).toEqual(['https://dev.example']);
  });

  it('belongs, of several stacks, to the one whose outputs it takes, else to the last', () => {
    const stacks = { app: { after: ['network'] }, network: {} };
    const result = resolved({ stacks, steps: [{ parameters: { '/vpc': '${stacks.network.outputs.Vpc}' } }, publish('site')] }, built(sealed({ stack: 'network', outputs: ['Vpc'] }), sealed({ stack: 'app' })));
    expect(targetsOf(result)).toMatchObject([
      { stack: 'network', steps: [{ kind: 'parameters', values: { '/vpc': '${outputs.Vpc}' } }] },
      { stack: 'app', steps: [{ kind: 'publish', bucket: 'site' }] },
    ]);
  });

  it('is tested by commands beside addresses: in a folder, with what they are given, for so long', () => {
    const tests = [{ run: 'npm run smoke', folder: 'smoke', variables: { API: '${stacks.api.outputs.Url}' } }, { http: 'https://x.example' }, { run: 'second', folder: 'smoke', within: '30 minutes', image: 'node:22' }];
    const result = resolved({ stacks: { api: {}, web: { after: ['api'] } }, tests }, built(sealed({ stack: 'api', outputs: ['Url'] }), sealed({ stack: 'web' })));
    expect(targetsOf(result)).toMatchObject([
      { stack: 'api', commands: [{ run: 'npm run smoke', folder: 'shop/smoke', variables: { API: '${outputs.Url}' }, withinMinutes: 10 }] },
      { stack: 'web', tests: [{ url: 'https://x.example' }], commands: [{ run: 'second', folder: 'shop/smoke', variables: {}, withinMinutes: 30, image: 'node:22' }] },
    ]);
  });

  it('names the folder of a test that was not built, and the output that a test takes and nobody has', () => {
    expect(problemsOf(resolved({ tests: [{ run: 'x', folder: 'gone' }] }, built(sealed({})))).join('\n')).toContain('the build left no folder shop/gone.');
    expect(problemsOf(resolved({ tests: [{ run: 'x', folder: 'smoke', variables: { A: '${outputs.None}' } }] }, built(sealed({ outputs: ['Url'] })))).join('\n')).toContain('the test "x" takes the output None, but the template has only Url.');
  });

  it.each([
    ['an http test', { http: 'https://x.example', within: '3 days' }, 'tests[0].within: a time such as "30 seconds" or "2 minutes"'],
    ['a command', { run: 'x', folder: 'smoke', within: '2 minutes' }, 'tests[0].within: a time such as "10 minutes", from 5 to 120'],
    ['a variable of a command', { run: 'x', folder: 'smoke', variables: { AWS_KEY: 'x' } }, 'does not begin with DRAWBRIDGE_, CODEBUILD_ or AWS_'],
    ['a folder of a command', { run: 'x', folder: '../secrets' }, 'tests[0].folder: a path inside the repository'],
  ])('says what is wrong with %s, whatever else a test could be', (_, test, words) => {
    expect(problemsOf(resolved({ tests: [test] })).join('\n')).toContain(words);
  });

  it.each([
    ['an output that the template does not have', {}, [publish('${outputs.Sight}')], 'environments.dev: the step "publish shop/web into ${outputs.Sight}" takes the output Sight, but the template has only Site. Correct the name.'],
    ['a stack of an application that has one', {}, [publish('${stacks.web.outputs.Site}')], 'names a stack, but the application has one stack only'],
    ['no stack of an application that has several', { stacks: { app: {}, web: {} } }, [publish('${outputs.Site}')], 'takes an output of one of several stacks. Write ${stacks.STACK.outputs.NAME}; the stacks are app, web.'],
    ['two stacks', { stacks: { app: {}, web: {} } }, [{ parameters: { '/a': '${stacks.app.outputs.A}', '/b': '${stacks.web.outputs.B}' } }], 'takes outputs of the stacks app and web. Write one for each stack.'],
    ['a stack that is not there', { stacks: { app: {}, web: {} } }, [publish('${stacks.api.outputs.Site}')], 'takes an output of the stack api, but there is no such stack; there are app, web.'],
    ['a folder that was not built', {}, [{ ...publish('site'), publish: 'other' }], 'environments.dev: the build left no folder shop/other.'],
  ])('is refused with %s', (_, fields, steps, words) => {
    const templates = 'stacks' in fields ? [sealed({ stack: 'app', outputs: ['A'] }), sealed({ stack: 'web', outputs: ['B'] })] : [sealed({ outputs: ['Site'] })];
    expect(problemsOf(resolved({ ...fields, steps }, built(...templates))).join('\n')).toContain(words);
  });

  it.each([
    ['another reference', { steps: [publish('${env.HOME}')] }],
    ['a folder outside the repository', { steps: [{ publish: '../secrets', bucket: 'site' }] }],
    ['a path that is no parameter', { steps: [{ parameters: { 'no-slash': 'x' } }] }],
    ['a body that is no regular expression', { tests: [{ http: 'https://x.example', body: '/(/' }] }],
    ['a time without end', { tests: [{ http: 'https://x.example', within: '3 days' }] }],
  ])('is refused at the door with %s', (_, fields) => {
    expect(problemsOf(resolved(fields))).not.toEqual([]);
  });
});
