import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Environments } from '../../../../contracts/environments.ts';
import type { Artifact, SealedTemplate } from '../../../../contracts/release.ts';
import { ask } from '../../../../domain/configuration/ask.ts';
import { resolve } from '../../../../domain/configuration/resolve.ts';

const at = (fields: object = {}) => ({ account: 'one', region: 'eu-west-1', ...fields });
const registry = (dev: object[] = [at()]) =>
  Environments.parse({
    version: 1,
    accounts: { one: { id: '222222222222', externalId: 'x-one' }, two: { id: '333333333333', externalId: 'x-two' } },
    applications: { shop: { repository: 'shop' }, other: { repository: 'other' } },
    environments: {
      dev: { branches: ['main'], targets: dev },
      other: { branches: ['main'], applications: ['other'], targets: [at()] },
      staging: { branches: ['main'], gitTags: ['v*'], targets: [at()] },
      prod: { branches: ['main'], targets: [at()] },
    },
  });

const sealed = (fields: Partial<SealedTemplate> = {}): SealedTemplate => ({ key: 'k', sha256: 'a'.repeat(64), parameters: ['Url'], noEcho: [], outputs: ['ApiUrl'], ...fields });
const built = (...templates: SealedTemplate[]): Artifact => ({ digest: 'd'.repeat(64), bucket: 'b', manifestKey: 'm', templates });

interface How {
  readonly dev?: object[];
  readonly artifact?: Artifact;
  readonly tag?: string;
  readonly promoted?: string[];
  readonly file?: Readonly<Record<string, unknown>>;
}

function resolved(staging: Readonly<Record<string, unknown>>, { dev, artifact, tag, promoted = [], file = {} }: How = {}) {
  const there = registry(dev);
  const asked = ask({ drawbridge: stringify({ version: 1, build: { kind: 'cloudformation' }, ...file, environments: { staging } }), samconfig: undefined, template: undefined }, Object.keys(there.environments));
  if (!asked.ok) return { staging: [], problems: asked.problems.map(({ message }) => message).join('\n') };
  const result = resolve(there, asked.value, { application: 'shop', mode: 'deploy', promoted, ...(tag === undefined ? { branch: 'main' } : { tag }) }, artifact);
  return { staging: result.ok ? result.configuration.environments.find(({ name }) => name === 'staging')?.targets ?? [] : [], problems: result.ok ? '' : result.problems.join('\n') };
}
const takes = (reference: string, how?: How) => resolved({ parameters: { Url: `\${${reference}}` } }, how);
const stacks = { api: {}, web: {} };

describe('an output of an earlier environment', () => {
  it('is found where the parameter, the step, the test and the address of a target take it', () => {
    const reference = 'environments.dev.outputs.ApiUrl';
    const after = { steps: [{ parameters: { '/shop/dev': `<\${${reference}}>` } }], tests: [{ http: `\${outputs.ApiUrl}/?of=\${${reference}}` }], url: `\${${reference}}` };
    const { staging } = resolved({ parameters: { Url: `\${${reference}}` }, ...after }, { artifact: built(sealed()) });
    expect(staging).toMatchObject([{ lookups: { Url: { store: 'environment', path: reference, file: 'drawbridge.yaml' } }, takes: { [reference]: { environment: 'dev', target: 'one', output: 'ApiUrl' } } }]);
    for (const only of [{ steps: after.steps }, { tests: after.tests }, { url: after.url }]) expect(resolved(only).staging[0]?.takes).toHaveProperty([reference, 'target'], 'one');
  });

  it.each<[string, string, How, string]>([
    ['of one of several stacks', 'environments.dev.stacks.api.outputs.ApiUrl', { file: { stacks } }, 'api'],
    ['of one of several targets', 'environments.dev.targets.two.outputs.ApiUrl', { dev: [at(), at({ account: 'two' })] }, 'two'],
    ['of one of several targets, by its registered name', 'environments.dev.targets.eu.outputs.ApiUrl', { dev: [at({ name: 'eu' }), at({ account: 'two' })] }, 'eu'],
    ['of both', 'environments.dev.targets.two.stacks.api.outputs.ApiUrl', { dev: [at(), at({ account: 'two' })], file: { stacks } }, 'two-api'],
    ['of an environment to which this release does not go itself', 'environments.dev.outputs.ApiUrl', { tag: 'v1' }, 'one'],
    ['in an environment that a person took the release on to', 'environments.dev.outputs.ApiUrl', { promoted: ['staging'], file: { order: ['dev', 'prod'] } }, 'one'],
    ['of a stack that only the build will name', 'environments.dev.stacks.api.outputs.ApiUrl', { file: { build: { kind: 'cdk' } } }, 'api'],
  ])('can be one %s', (_, reference, how, target) => {
    const { staging, problems } = takes(reference, how);
    expect(problems).toBe('');
    expect(staging[0]?.takes?.[reference]).toEqual({ environment: 'dev', target, output: 'ApiUrl' });
  });

  it.each<[string, string, How, string]>([
    ['an environment that nobody registered', 'environments.test.outputs.ApiUrl', {}, 'environments.staging: ${environments.test.outputs.ApiUrl} names no environment; registered: dev, other, staging, prod. Correct the name.'],
    ['a later environment', 'environments.prod.outputs.ApiUrl', {}, 'comes later; the order is dev, staging, prod. Only what an earlier environment has can be taken.'],
    ['an environment that is later in the order of the file', 'environments.dev.outputs.ApiUrl', { file: { order: ['staging', 'dev'] } }, 'comes later; the order is staging, dev.'],
    ['itself', 'environments.staging.outputs.ApiUrl', {}, 'is an output of staging itself. Only what an earlier environment has can be taken.'],
    ['an environment of another application', 'environments.other.outputs.ApiUrl', {}, 'is an output of an environment to which shop does not go; it goes to dev, staging, prod.'],
    ['an environment that the file leaves out', 'environments.dev.outputs.ApiUrl', { file: { order: ['staging', 'prod'] } }, 'to which shop does not go; it goes to staging, prod.'],
    ['no target of several', 'environments.dev.outputs.ApiUrl', { dev: [at(), at({ account: 'two' })] }, 'does not say of which target: dev has one, two. Write for example ${environments.dev.targets.one.outputs.ApiUrl}.'],
    ['a target that is not there', 'environments.dev.targets.three.outputs.ApiUrl', {}, 'names no target of dev; there are one.'],
    ['a deployment group', 'environments.dev.outputs.ApiUrl', { dev: [at({ codeDeploy: { application: 'a', group: 'g' } })] }, 'is of a deployment group of CodeDeploy, which has no outputs.'],
    ['no stack of several', 'environments.dev.outputs.ApiUrl', { file: { stacks } }, 'does not say of which stack; there are api, web. Write for example ${environments.dev.stacks.api.outputs.ApiUrl}.'],
    ['a stack of an application that has one', 'environments.dev.stacks.api.outputs.ApiUrl', {}, 'names a stack, but the application has one stack only. Write ${environments.dev.outputs.ApiUrl}.'],
    ['a stack that is not there', 'environments.dev.stacks.db.outputs.ApiUrl', { file: { stacks } }, 'names no stack; there are api, web.'],
    ['an output that the template does not have', 'environments.dev.outputs.Url', { artifact: built(sealed()) }, '${environments.dev.outputs.Url} is not there: the template has only ApiUrl. Correct the name.'],
    ['an output that the stack\'s template does not have', 'environments.dev.stacks.web.outputs.ApiUrl', { file: { stacks }, artifact: built(sealed({ stack: 'api' }), sealed({ stack: 'web', outputs: [] })) }, 'is not there: the template of the stack web has no outputs. Correct the name.'],
    ['what is no output', 'environments.dev.ApiUrl', {}, 'it must be ${environments.NAME.outputs.OUTPUT}, an output of an earlier environment'],
  ])('is refused where it names %s', (_, reference, how, words) => {
    expect(takes(reference, how).problems).toContain(words);
  });

  it('is refused once, where several stacks take it', () => {
    const { problems } = takes('environments.prod.outputs.ApiUrl', { file: { stacks } });
    expect(problems.match(/comes later/g)).toHaveLength(1);
  });
});
