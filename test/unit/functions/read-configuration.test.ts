import { beforeEach, describe, expect, it } from 'vitest';
import { readConfiguration } from '../../../functions/read-configuration/handler.ts';
import { aRelease } from '../../fakes/samples.ts';
import { ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';

const input = { release: aRelease().id, attempt: 1 };
let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  world.releases.set(input.release, (({ artifact: _, configuration: __, ...release }) => release)(aRelease()));
});

const files = (drawbridge: string) => {
  world.files = { drawbridge, samconfig: undefined, template: undefined };
};

it('what the registry grants is kept on the release, with the version that granted it', async () => {
  files('version: 1\nbuild: { kind: sam }\nparameters: { Size: 2 }\n');
  expect(await readConfiguration(world, input)).toEqual({ answer: 'build' });
  expect(world.release()).toMatchObject({ registryVersion: 3, configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets: [{ account: '222222222222', parameters: { Size: '2' } }] }] } });
});

it('an application with a folder of its own is read there, and its paths begin there', async () => {
  Object.assign(world.registry?.applications ?? {}, { orders: { repository: 'orders', folder: 'services/orders' } });
  files('version: 1\nbuild: { kind: sam, template: infra/template.yaml }\n');
  await readConfiguration(world, input);
  expect(world.folderRead).toBe('services/orders');
  expect(world.release().configuration?.build).toEqual({ kind: 'sam', folder: 'services/orders', templates: [{ path: 'services/orders/infra/template.yaml' }] });
  files('version: 2\n');
  await readConfiguration(world, input);
  expect(world.release().reason).toContain(': services/orders/drawbridge.yaml:1: ');
  world.files = { drawbridge: undefined, samconfig: undefined, template: undefined };
  await readConfiguration(world, input);
  expect(world.release().reason).toContain('nor a template.yaml in services/orders; add one of them');
});

describe('an upload that is ready', () => {
  const source = { kind: 's3', bucket: 'uploads', key: 'orders/ready.zip', version: 'v1' } as const;
  beforeEach(() => {
    Object.assign(world.registry?.applications ?? {}, { orders: { upload: { branch: 'main', starts: 'upload', ready: true } } });
    world.releases.set(input.release, { ...world.release(), source });
  });

  it('is sealed and not built, with what its file asks for', async () => {
    files('version: 1\nparameters: { Size: 2 }\nsteps: [{ publish: web, bucket: b }]\n');
    expect(await readConfiguration(world, input)).toEqual({ answer: 'seal' });
    const { configuration } = world.release();
    expect(configuration).not.toHaveProperty('build');
    expect(configuration).toMatchObject({ environments: [{ name: 'dev', targets: [{ stackName: 'orders-dev', parameters: { Size: '2' }, capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'], steps: [{ folder: 'web' }] }] }] });
  });

  it('needs no file that asks for anything, and understands a samconfig.toml', async () => {
    expect(await readConfiguration(world, input)).toEqual({ answer: 'seal' });
    expect(world.release().configuration?.environments).toMatchObject([{ name: 'dev', targets: [{ stackName: 'orders-dev' }] }]);
    const samconfig = (name: string) => `version = 0.1\n[${name}.deploy.parameters]\nstack_name = "orders-from-sam"\n`;
    world.files = { drawbridge: undefined, samconfig: samconfig('dev'), template: undefined };
    await readConfiguration(world, input);
    expect(world.release().configuration?.environments).toMatchObject([{ targets: [{ stackName: 'orders-from-sam' }] }]);
    world.files = { drawbridge: undefined, samconfig: samconfig('default'), template: undefined };
    expect(await readConfiguration(world, input)).toEqual({ answer: 'seal' });
    expect(world.release().configuration?.environments).toMatchObject([{ targets: [{ stackName: 'orders-dev' }] }]);
  });

  it.each([
    ['build: { kind: sam }', '2: build: an upload that is ready is not built; leave it away'],
    ['checks: [{ name: a, run: b }]', '2: checks: an upload that is ready is not built; leave it away'],
    ['stacks: { web: { template: web.yaml } }', '2: stacks.web: Unrecognized key: "template"'],
  ])('that says how it is built is told so: %s', async (line, words) => {
    files(`version: 1\n${line}\n`);
    expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
    expect(world.release().reason).toContain(`drawbridge.yaml:${words}`);
  });

  it('that has no template for a stack which its file names is told to name it', async () => {
    world.releases.set(input.release, { ...world.release(), artifact: { digest: 'd'.repeat(64), bucket: 'artifacts', ready: true, manifestKey: 'm', templates: [] } });
    for (const [text, words] of [['', 'the upload has no template for dev. Name one in its release.json'], ['stacks: { web: {} }\n', 'the upload has no template for the stack web. Correct the name, or name the stack in its release.json']] as const) {
      files(`version: 1\n${text}`);
      expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
      expect(world.release().reason).toContain(words);
    }
  });

  it('is read as what it was sealed from, whatever is registered since', async () => {
    const { artifact } = aRelease();
    world.releases.set(input.release, aRelease({ source }));
    files('version: 1\nbuild: { kind: sam }\nparameters: { Size: 2 }\n');
    expect(await readConfiguration(world, input)).toEqual({ answer: 'built' });
    expect(world.release().configuration?.build).toMatchObject({ kind: 'sam' });
    Object.assign(world.registry?.applications ?? {}, { orders: { upload: { branch: 'main', starts: 'upload' } } });
    world.releases.set(input.release, { ...aRelease({ source }), ...(artifact === undefined ? {} : { artifact: { ...artifact, ready: true } }) });
    files('version: 1\nparameters: { Size: 2 }\n');
    expect(await readConfiguration(world, input)).toEqual({ answer: 'built' });
  });

  it('counts as sources where the release is of a repository', async () => {
    world.releases.set(input.release, { ...world.release(), source: { kind: 'codecommit', repository: 'orders' } });
    files('version: 1\nbuild: { kind: sam }\n');
    expect(await readConfiguration(world, input)).toEqual({ answer: 'build' });
  });
});

it('a release that is tried again is not built again', async () => {
  world.put();
  files('version: 1\nbuild: { kind: sam }\n');
  expect(await readConfiguration(world, input)).toEqual({ answer: 'built' });
});

it('a Region without an artifact bucket ends the release before anything is built', async () => {
  files('version: 1\nbuild: { kind: sam }\n');
  const targets = (...regions: string[]) => Object.assign(world.registry?.environments['dev'] ?? {}, { targets: regions.map((region) => ({ account: 'dev', region, wave: 1 })) });
  targets('eu-west-1', 'us-east-1');
  expect(await readConfiguration(world, input)).toEqual({ answer: 'build' });
  targets('eu-west-1', 'us-west-2');
  expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
  expect(world.release()).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/^Reading what orders asks for at 3f2a9c1b: dev has a target in us-west-2, but there is no artifact bucket in that Region\./) as string });
});

it('a wrong file ends the release, and says everything at once with file and line', async () => {
  files('version: 2\nbuild: { kind: docker }\nenviroments: {}\n');
  expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
  const { outcome, reason = '', configuration } = world.release();
  expect([outcome, configuration]).toEqual(['failed', undefined]);
  expect(reason).toMatch(/^Reading what orders asks for at 3f2a9c1b: drawbridge\.yaml:1: /);
  expect(reason).toMatch(/drawbridge\.yaml:2: build\.kind/);
  expect(reason).toContain('enviroments');
});

it('what the registry does not grant ends the release too', async () => {
  files('version: 1\nbuild: { kind: sam }\nenvironments: { moon: {} }\nstack: "other-{environment}"\n');
  expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
  expect(world.release().reason).toMatch(/there is no environment moon; registered: dev\..*\n.*the stack name other-dev is not one that orders may use/s);
});

it('a repository that says nothing is told what to add', async () => {
  expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
  expect(world.release().reason).toMatch(/nor a samconfig\.toml with a config-env named dev, nor a template\.yaml/);
});

it('a file that blows up through aliases ends the release, and not the function', async () => {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index, all) => `${name}: &${name} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*${all[index - 1] ?? ''}`)).join(', ')}]`);
  files(`version: 1\n${levels.join('\n')}\n`);
  expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
  expect(world.release().reason).toMatch(/drawbridge\.yaml:1: .*alias/i);
});

it('a branch that only a sandbox would take, and that has no entry, ends without being built or called a failure', async () => {
  Object.assign(world.registry?.environments ?? {}, { dev: { disposable: true, branches: ['main'], targets: [] } });
  files('version: 1\nbuild: { kind: sam }\nbranches: [{ branch: "feature/*", environment: dev }]\n');
  expect(await readConfiguration(world, input)).toEqual({ answer: 'ended' });
  expect(world.release()).toMatchObject({ outcome: 'no-changes', reason: expect.stringContaining('Only dev takes releases of the branch main of orders') as string });
});
