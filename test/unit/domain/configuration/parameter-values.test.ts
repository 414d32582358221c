import { describe, expect, it } from 'vitest';
import { Environments } from '../../../../contracts/environments.ts';
import { ask } from '../../../../domain/configuration/ask.ts';
import { resolve } from '../../../../domain/configuration/resolve.ts';

const registryWith = (more: object = {}) =>
  Environments.parse({
    version: 1,
    accounts: { dev: { id: '222222222222', externalId: 'x-dev' }, prod: { id: '444444444444', externalId: 'x-prod' } },
    applications: { orders: { repository: 'orders' } },
    environments: { dev: { branches: ['main'], targets: [{ account: 'dev', region: 'eu-west-1' }] }, prod: { branches: ['main'], targets: [{ account: 'prod', region: 'eu-west-1' }] } },
    ...more,
  });

/** The targets of dev and prod, or all problems in one text. */
function resolved(files: { drawbridge?: string; samconfig?: string }, registry = registryWith()) {
  const asked = ask({ drawbridge: files.drawbridge, samconfig: files.samconfig, template: undefined }, ['dev', 'prod']);
  const answer = asked.ok ? resolve(registry, asked.value, { application: 'orders', branch: 'main', mode: 'deploy' }) : { ok: false as const, problems: asked.problems.map(({ message }) => message) };
  return answer.ok ? answer.configuration.environments.map(({ targets }) => targets[0]) : answer.problems.join('\n');
}

const file = (value: string, more = '') => ({ drawbridge: `version: 1\nbuild: { kind: cloudformation }\nparameters: { It: ${JSON.stringify(value)} }\n${more}` });

describe('a parameter in drawbridge.yaml', () => {
  it.each([
    { value: 'plain', parameters: { It: 'plain' } },
    { value: '/a/path', parameters: { It: '/a/path' } },
    { value: 'https://example.com/ssm:/x', parameters: { It: 'https://example.com/ssm:/x' } },
    { value: 'secret:orders/db', parameters: { It: '{{resolve:secretsmanager:orders/db}}' } },
    { value: 'secret:orders/db#password', parameters: { It: '{{resolve:secretsmanager:orders/db:SecretString:password}}' } },
  ])('$value is known when the file is read', ({ value, parameters }) => {
    const [dev] = resolved(file(value));
    expect(dev).toMatchObject({ parameters });
    expect(dev).not.toHaveProperty('lookups');
  });

  it.each([
    { value: 'ssm:/network/vpc', lookup: { store: 'target', path: '/network/vpc', file: 'drawbridge.yaml' } },
    { value: 'ssm-tools:/drawbridge/parameters/orders/level', lookup: { store: 'tools', path: '/drawbridge/parameters/orders/level', file: 'drawbridge.yaml' } },
  ])('$value is looked up for each change set', ({ value, lookup }) => {
    expect(resolved(file(value))).toMatchObject([{ parameters: {}, lookups: { It: lookup } }, { parameters: {}, lookups: { It: lookup } }]);
  });

  it.each(['ssm:', 'ssm:network/vpc', 'ssm:/network//vpc', 'ssm:/network/vpc/', 'ssm:/vpc:3', 'ssm:/a b', 'ssm:/*', 'ssm-tools:level', 'secret:', 'secret:#key', 'secret:a#', 'secret:a:b', 'secret:a}}{{resolve:x', 'secret:a#b:c', 'secret:a b'])(
    '%s is refused: it is neither a literal nor something that can be read',
    (value) => {
      expect(resolved(file(value))).toMatch(/parameters\.It: it must be (ssm|ssm-tools|secret):/);
    },
  );

  it('of an environment takes the place of the one for all, wherever either is kept', () => {
    const targets = resolved(file('ssm:/network/vpc', 'environments: { dev: { parameters: { It: vpc-1 } }, prod: { parameters: { Other: "ssm:/other" } } }'));
    expect(targets).toMatchObject([{ parameters: { It: 'vpc-1' } }, { parameters: {}, lookups: { It: { path: '/network/vpc' }, Other: { path: '/other' } } }]);
    expect(targets[0]).not.toHaveProperty('lookups');
  });
});

it('in samconfig.toml every value is literal', () => {
  const [dev] = resolved({ samconfig: 'version = 0.1\n[dev.deploy.parameters]\nstack_name = "orders-dev"\nparameter_overrides = "It=ssm:/network/vpc"\n' });
  expect(dev).toMatchObject({ parameters: { It: 'ssm:/network/vpc' } });
  expect(dev).not.toHaveProperty('lookups');
});

describe('in the tools account an application reads', () => {
  it.each([
    { prefix: undefined, path: '/drawbridge/parameters/orders/level', may: true },
    { prefix: undefined, path: '/drawbridge/parameters/orders', may: false },
    { prefix: undefined, path: '/drawbridge/parameters/orders-2/level', may: false },
    { prefix: undefined, path: '/drawbridge/parameters/carts/level', may: false },
    { prefix: undefined, path: '/elsewhere', may: false },
    { prefix: '/drawbridge/', path: '/drawbridge/level', may: true },
    { prefix: '/drawbridge/', path: '/drawbridge2/level', may: false },
    { prefix: '/shared/{application}/', path: '/shared/orders/level', may: true },
    { prefix: '/shared/{application}/', path: '/shared/carts/level', may: false },
  ])('$path with the prefix $prefix: $may', ({ prefix, path, may }) => {
    const answer = resolved(file(`ssm-tools:${path}`), registryWith(prefix === undefined ? {} : { parameters: { prefix } }));
    if (may) expect(answer).toMatchObject([{ lookups: { It: { path } } }, {}]);
    else expect(answer).toMatch(/drawbridge\.yaml: environments\.dev: the parameter It is taken from ssm-tools:.*only what is below \/\S+\/; move it there, or ask the platform team/);
  });

  it.each(['/', 'drawbridge/', '/drawbridge', '/draw bridge/', '/*/', '/{other}/'])('%s is no prefix', (prefix) => {
    expect(() => registryWith({ parameters: { prefix } })).toThrow(/begins and ends with a slash/);
  });
});
