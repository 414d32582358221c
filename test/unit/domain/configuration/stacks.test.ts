import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Environments } from '../../../../contracts/environments.ts';
import { EnvironmentName, TargetName } from '../../../../contracts/names.ts';
import type { Artifact, SealedTemplate } from '../../../../contracts/release.ts';
import { ask } from '../../../../domain/configuration/ask.ts';
import { resolve } from '../../../../domain/configuration/resolve.ts';
import { stackOrder } from '../../../../domain/configuration/stack-order.ts';
import { stackTargetName } from '../../../../domain/configuration/target-names.ts';

const registry = (targets: object[] = [{ account: 'dev', region: 'eu-west-1' }]) =>
  Environments.parse({
    version: 1,
    accounts: { dev: { id: '222222222222', externalId: 'x-dev' }, prod: { id: '444444444444', externalId: 'x-prod' } },
    applications: { shop: { repository: 'shop' } },
    environments: { dev: { branches: ['main'], targets } },
  });

const sealed = (fields: Partial<SealedTemplate> = {}): SealedTemplate => ({ key: 'sealed/shop/t', sha256: 'e'.repeat(64), parameters: [], noEcho: [], outputs: [], ...fields });
const artifact = (...templates: SealedTemplate[]): Artifact => ({ digest: 'd'.repeat(64), bucket: 'artifacts', manifestKey: 'sealed/shop/m.json', templates });

function resolved(more: string, { built, targets }: { built?: Artifact; targets?: object[] } = {}) {
  const asked = ask({ drawbridge: `version: 1\nbuild: { kind: cloudformation }\n${more}`, samconfig: undefined, template: undefined }, ['dev']);
  if (!asked.ok) return { targets: [], problems: asked.problems.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'), build: undefined };
  const result = resolve(registry(targets), asked.value, { application: 'shop', branch: 'main', mode: 'deploy' }, built);
  return result.ok ? { targets: result.configuration.environments[0]?.targets ?? [], problems: '', build: result.configuration.build } : { targets: [], problems: result.problems.join('\n'), build: undefined };
}

const two = 'stacks:\n  app: { parameters: { Vpc: "${stacks.network.outputs.VpcId}" } }\n  network: { template: infra/network.yaml }\n';
const builtTwo = artifact(sealed({ stack: 'network', outputs: ['VpcId'], parameters: ['Stage'] }), sealed({ stack: 'app', parameters: ['Vpc', 'Stage', 'Size'] }));

describe('several stacks of an application', () => {
  it('are packaged each from its own template', () => {
    expect(resolved(two).build?.templates).toEqual([{ stack: 'app', path: 'app.yaml' }, { stack: 'network', path: 'infra/network.yaml' }]);
  });

  it('come one after the other where one takes an output of another', () => {
    expect(resolved(two, { built: builtTwo }).targets).toMatchObject([
      { name: 'network', stack: 'network', stackName: 'shop-network-dev', wave: 1 },
      { name: 'app', stack: 'app', stackName: 'shop-app-dev', wave: 2, after: { network: 'network' }, lookups: { Vpc: { store: 'stack', path: 'network.VpcId', file: 'drawbridge.yaml' } } },
    ]);
  });

  it('come in every place, in the waves of the places', () => {
    const targets = [{ account: 'prod', region: 'eu-west-1', wave: 2 }, { account: 'dev', region: 'eu-west-1' }];
    expect(resolved(two, { built: builtTwo, targets }).targets.map(({ name, wave }) => [name, wave])).toEqual([['prod-network', 3], ['prod-app', 4], ['dev-network', 1], ['dev-app', 2]]);
  });

  it('take of the common parameters what their templates know, and of their own what is nearest', () => {
    const more = `${two}parameters: { Stage: all, Size: 1 }\nenvironments: { dev: { parameters: { Stage: dev }, stacks: { app: { parameters: { Size: 2 }, stack: "shop-front-{environment}" } } } }\n`;
    expect(resolved(more, { built: builtTwo }).targets.map(({ stackName, parameters }) => ({ stackName, parameters }))).toEqual([
      { stackName: 'shop-network-dev', parameters: { Stage: 'dev' } },
      { stackName: 'shop-front-dev', parameters: { Stage: 'dev', Size: '2' } },
    ]);
  });

  it('a literal in an environment takes the place of an output', () => {
    const [app] = resolved(`${two}environments: { dev: { stacks: { app: { parameters: { Vpc: vpc-1 } } } } }\n`, { built: builtTwo }).targets;
    expect(app).toMatchObject({ name: 'app', parameters: { Vpc: 'vpc-1' }, wave: 1 });
    expect(app?.lookups).toBeUndefined();
  });

  it.each<[string, string, Artifact | undefined, RegExp]>([
    ['wait for each other', 'stacks: { a: { after: [c] }, b: { after: [a] }, c: { parameters: { X: "${stacks.b.outputs.Y}" } } }\n', undefined, /the stacks wait for each other: a → c → b → a/],
    ['wait for one that is not there', 'stacks: { a: { after: [z] } }\n', undefined, /the stack a waits for z, but there is no such stack; there are a\./],
    ['take an output that is not there', two.replace('VpcId', 'Vpc'), builtTwo, /the parameter Vpc of the stack app takes the output Vpc of the stack network, which has only VpcId/],
    ['have a parameter that the template does not know', two.replace('{ parameters', '{ after: [], parameters').replace('Vpc:', 'Vpcs:'), builtTwo, /the template of the stack app has no parameter Vpcs/],
    ['have common parameters that no template knows', `${two}parameters: { Sise: 1 }\n`, builtTwo, /no stack has a parameter Sise/],
    ['were not all built', two, artifact(sealed({ stack: 'network', outputs: ['VpcId'] })), /the build left no template for the stack app/],
    ['are different in an environment for one that is not there', `${two}environments: { dev: { stacks: { web: {} } } }\n`, builtTwo, /there is no stack web; there are app, network/],
    ['refer to an output in a form that nobody knows', 'stacks: { a: { parameters: { X: "${stacks.b.VpcId}" } }, b: {} }\n', undefined, /it must be \$\{stacks\.NAME\.outputs\.OUTPUT\}/],
  ])('that %s are said in one sentence', (_, more, built, says) => {
    expect(resolved(more, built === undefined ? {} : { built }).problems).toMatch(says);
  });

  it('outputs that only CloudFormation can tell are not doubted', () => {
    const { outputs: _, ...open } = sealed({ stack: 'network' });
    expect(resolved(two, { built: artifact(open, sealed({ stack: 'app', parameters: ['Vpc'] })) }).problems).toBe('');
  });

  it('one stack cannot take an output of another', () => {
    expect(resolved('parameters: { Vpc: "${stacks.network.outputs.VpcId}" }\n').problems).toMatch(/takes an output of the stack network, but the application has one stack only/);
  });

  it('cannot all have the one name that is registered', () => {
    expect(resolved(two, { targets: [{ account: 'dev', region: 'eu-west-1', stack: 'shop-all' }] }).problems).toMatch(/the registered target names one stack, but shop has several/);
  });
});

describe('stacks that only the build knows', () => {
  it('are found when it is built, with its names and its order, another for each environment', () => {
    const built = artifact(
      sealed({ stack: 'api', environment: 'dev', name: 'shop-api-dev', after: ['data'] }),
      sealed({ stack: 'data', environment: 'dev', name: 'shop-data-dev' }),
      sealed({ stack: 'api', environment: 'prod', name: 'shop-api-prod' }),
    );
    expect(resolved('', { built }).targets).toMatchObject([{ stackName: 'shop-data-dev', wave: 1 }, { stackName: 'shop-api-dev', wave: 2 }]);
  });

  it('may not have the name of a stack that is not its own', () => {
    expect(resolved('', { built: artifact(sealed({ environment: 'dev', name: 'billing-dev' })) }).problems).toMatch(/the stack name billing-dev is not one that shop may use/);
  });

  it('are missing where the build made none for an environment', () => {
    expect(resolved('', { built: artifact(sealed({ environment: 'prod' })) }).problems).toMatch(/the build left no template for dev/);
  });
});

describe('the order of stacks', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const graphs = fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray([...names, 'gone'])])));

  it('puts each one behind those that it waits for, or names a way back to where it began', () => {
    fc.assert(
      fc.property(graphs, (after: Record<string, string[]>) => {
        const order = stackOrder(after);
        if (order.ok) {
          for (const [name, before] of Object.entries(after)) for (const it of before.filter((other) => other !== 'gone')) expect(order.depth[it] ?? 99).toBeLessThan(order.depth[name] ?? -1);
          return;
        }
        expect(order.cycle[0]).toBe(order.cycle.at(-1));
        for (const [index, name] of order.cycle.slice(0, -1).entries()) expect(after[name]).toContain(order.cycle[index + 1]);
      }),
    );
  });
});

describe('the names of their targets', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8})?$/);

  it('are names of targets, and tell stacks and places apart', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 4 }), fc.uniqueArray(key, { minLength: 1, maxLength: 4 }), (longPlaces, keys) => {
        const places = [...new Set(longPlaces.map((place) => EnvironmentName.parse(place.slice(0, 12).replace(/-$/, ''))))];
        const names = places.flatMap((place) => keys.map((it) => stackTargetName(places, place, it)));
        for (const name of names) expect(TargetName.safeParse(name).success).toBe(true);
        const whole = places.flatMap((place) => keys.map((it) => `${place}-${it}`));
        if (new Set(whole).size === whole.length) expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});
