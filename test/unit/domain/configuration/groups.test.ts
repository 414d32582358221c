import { describe, expect, it } from 'vitest';
import { parseApplicationFile } from '../../../../domain/configuration/application-file.ts';
import { askedByFile } from '../../../../domain/configuration/asked.ts';
import { parseEnvironmentsFile } from '../../../../domain/configuration/environments-file.ts';
import { resolve } from '../../../../domain/configuration/resolve.ts';
import { refusal } from '../../../../domain/still-allowed.ts';

const registryText = (target: string) => `
version: 1
accounts: { dev: { id: "222222222222", externalId: drawbridge-dev } }
applications: { web: { repository: web } }
environments:
  dev: { branches: [main], targets: [{ account: dev, region: eu-west-1, ${target} }] }
`;

function registry(target: string) {
  const parsed = parseEnvironmentsFile(registryText(target));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

function asked(build = '{ kind: codedeploy, revision: site }') {
  const parsed = parseApplicationFile(`version: 1\nbuild: ${build}\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return askedByFile(parsed.value, (path) => `services/web/${path}`);
}

const of = { application: 'web', branch: 'main', mode: 'deploy' } as const;
const group = 'codeDeploy: { application: web, group: "blue+1" }';

describe('a target that is a deployment group', () => {
  it('is taken from the registry as it stands, whatever stack names the application may use', () => {
    const resolved = resolve(registry(group), asked(), of);
    expect(resolved).toMatchObject({
      ok: true,
      configuration: { build: { kind: 'codedeploy', templates: [], revision: 'services/web/site' }, environments: [{ targets: [{ name: 'dev', stackName: 'web/blue+1', codeDeploy: { application: 'web', group: 'blue+1' }, parameters: {} }] }] },
    });
  });

  it('is no stack besides', () => {
    expect(parseEnvironmentsFile(registryText(`${group}, stack: web`))).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('not both') as string }] });
    expect(parseEnvironmentsFile(registryText('codeDeploy: { application: "a/b", group: c }'))).toMatchObject({ ok: false });
  });

  it('is allowed as long as the registry names that very group', () => {
    const resolved = resolve(registry(group), asked(), of);
    const environment = resolved.ok ? resolved.configuration.environments[0] : undefined;
    if (environment === undefined) throw new Error('not resolved');
    const release = { application: 'web', branch: 'main', mode: 'deploy', source: { kind: 'codecommit', repository: 'web' } } as const;
    expect(refusal(registry(group), release, environment)).toBeUndefined();
    expect(refusal(registry('codeDeploy: { application: web, group: other }'), release, environment)).toMatch(/not a target of dev any more/);
    expect(refusal(registry('wave: 1'), release, environment)).toMatch(/not a target of dev any more/);
  });
});

it.each(['{ kind: codedeploy }', '{ kind: sam, revision: site }', '{ kind: codedeploy, revision: ../site }'])('a build %s is refused with a sentence', (build) => {
  expect(parseApplicationFile(`version: 1\nbuild: ${build}\n`)).toMatchObject({ ok: false });
});
