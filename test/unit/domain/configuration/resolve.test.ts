import { describe, expect, it } from 'vitest';
import { Environments } from '../../../../contracts/environments.ts';
import { ask } from '../../../../domain/configuration/ask.ts';
import { resolve, resolvedApproval } from '../../../../domain/configuration/resolve.ts';
import { targetNames } from '../../../../domain/configuration/target-names.ts';

const registry = Environments.parse({
  version: 1,
  accounts: { dev: { id: '222222222222', externalId: 'x-dev' }, prod: { id: '444444444444', externalId: 'x-prod' } },
  approvers: { alex: { email: 'alex@example.com' }, robin: { email: 'robin@example.com' } },
  applications: { orders: { repository: 'orders' }, other: { repository: 'other' } },
  environments: {
    dev: { branches: ['main', 'feature/*'], targets: [{ account: 'dev', region: 'eu-west-1' }] },
    prod: { branches: ['main'], targets: [{ account: 'prod', region: 'eu-west-1' }], approval: { approvers: ['alex'], required: 1 }, tags: { owner: 'platform' } },
  },
});

function resolved(files: { drawbridge?: string; samconfig?: string; template?: string }, branch = 'main', mode: 'deploy' | 'plan' = 'deploy') {
  const asked = ask({ drawbridge: files.drawbridge, samconfig: files.samconfig, template: files.template === undefined ? undefined : { path: 'template.yaml', text: files.template } }, Object.keys(registry.environments));
  if (!asked.ok) return { ok: false as const, problems: asked.problems.map(({ file, line, message }) => `${file}:${String(line)}: ${message}`) };
  return resolve(registry, asked.value, { application: 'orders', branch, mode });
}

const file = (more: string) => `version: 1\nbuild: { kind: cloudformation }\n${more}`;
const environments = (result: ReturnType<typeof resolved>) => (result.ok ? result.configuration.environments : []);
const problems = (result: ReturnType<typeof resolved>) => (result.ok ? '' : result.problems.join('\n'));

describe('what a repository asks for', () => {
  it('goes through every environment that takes its branch, in registered order', () => {
    expect(environments(resolved({ drawbridge: file('') })).map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(environments(resolved({ drawbridge: file('') }, 'feature/x')).map(({ name }) => name)).toEqual(['dev']);
  });

  it('is named, tagged and parametrised by environment', () => {
    const [dev, prod] = environments(resolved({ drawbridge: file('parameters: { Size: 1, Loud: true }\nenvironments: { prod: { parameters: { Size: 2 }, tags: { owner: me, team: a } } }') }));
    expect(dev?.targets[0]).toMatchObject({ name: 'dev', stackName: 'orders-dev', parameters: { Size: '1', Loud: 'true' }, capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] });
    // The registered tag wins.
    expect(prod?.targets[0]).toMatchObject({ parameters: { Size: '2', Loud: 'true' }, tags: { owner: 'platform', team: 'a', 'drawbridge:application': 'orders', 'drawbridge:environment': 'prod' } });
  });

  it('can ask for an approval, and cannot take one away', () => {
    const [dev, prod] = environments(resolved({ drawbridge: file('environments: { dev: { approval: true }, prod: { approval: false } }') }));
    expect(dev?.approval).toEqual({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 1 }], breakGlass: [], expiresInSeconds: 3 * 86_400, remindInSeconds: 194_400, authorMayApprove: false });
    expect(prod?.approval).toMatchObject({ quorums: [{ from: 'approvers', approvers: ['alex'], required: 1 }] });
  });

  it('may not use the name of a stack that is not its own', () => {
    expect(problems(resolved({ drawbridge: file('stack: "other-{environment}"') }))).toMatch(/other-dev is not one that orders may use; allowed: orders, orders-\*/);
  });

  it('may not name an environment that is not registered, nor be another application', () => {
    expect(problems(resolved({ drawbridge: file('order: [dev, moon]\napplication: other') }))).toMatch(/it says other.*\n.*no environment moon; registered: dev, prod/s);
  });

  it('says with a remark what it leaves out', () => {
    const result = resolved({ drawbridge: file('order: [dev, prod]') }, 'feature/x');
    expect(result.ok && result.configuration.remarks).toEqual(['prod takes no releases of the branch feature/x of orders, so it is left out.']);
  });

  it('may be looked at everywhere', () => {
    expect(environments(resolved({ drawbridge: file('') }, 'drawbridge-plan/0123', 'plan')).map(({ name }) => name)).toEqual(['dev', 'prod']);
  });

  it('on a branch that nobody takes has nowhere to go', () => {
    expect(problems(resolved({ drawbridge: file('') }, 'lonely'))).toMatch(/no registered environment takes releases of the branch lonely/);
  });
});

describe('samconfig.toml', () => {
  const sam = `version = 0.1
[default.deploy.parameters]
stack_name = "ignored"
[dev.deploy.parameters]
stack_name = "orders-development"
region = "us-east-1"
parameter_overrides = "Stage=dev Text=\\"two words\\" ParameterKey=Old,ParameterValue=form"
tags = ["team=a"]
capabilities = "CAPABILITY_IAM"
role_arn = "arn:aws:iam::999999999999:role/x"
s3_bucket = "mine"
[prod.deploy.parameters]
stack_name = "orders-production"
confirm_changeset = true
`;

  it('takes what its keys mean', () => {
    const [dev] = environments(resolved({ samconfig: sam }));
    expect(dev?.targets[0]).toMatchObject({ stackName: 'orders-development', region: 'eu-west-1', account: '222222222222', parameters: { Stage: 'dev', Text: 'two words', Old: 'form' }, capabilities: ['CAPABILITY_IAM'] });
    expect(dev?.targets[0]?.tags).toMatchObject({ team: 'a' });
    expect(dev?.approval).toBeUndefined();
  });

  it('says what it does not obey', () => {
    const result = resolved({ samconfig: sam });
    const remarks = result.ok ? result.configuration.remarks.join('\n') : '';
    expect(remarks).toMatch(/Region us-east-1; the registered target is in eu-west-1/);
    expect(remarks).toMatch(/role_arn is of account 999999999999; the registered target is 222222222222/);
    expect(remarks).toMatch(/s3_bucket, role_arn in samconfig\.toml are read, not obeyed/);
  });

  it('that is not TOML is said with its line', () => {
    expect(problems(resolved({ samconfig: 'version = 0.1\n[dev.deploy\n' }))).toMatch(/samconfig\.toml:2: this is not TOML/);
  });
});

it('a template alone says how it is built', () => {
  const kinds = ['Transform: AWS::Serverless-2016-10-31\nResources: {}', 'Resources: {}'].map((template) => resolved({ template }));
  expect(kinds.map((it) => it.ok && it.configuration.build?.kind)).toEqual(['sam', 'cloudformation']);
  expect(problems(resolved({}))).toMatch(/add one of them/);
});

it('targets get names that are short and distinct', () => {
  const target = (account: string, region: string) => ({ account, region });
  expect(targetNames([target('prod', 'eu-west-1'), target('prod', 'us-east-1'), target('Shared Services', 'eu-central-1')])).toEqual(['prod-euw1', 'prod-use1', 'shared-servi']);
});

describe('a registered approval', () => {
  const groups = { platform: ['alex', 'robin'], security: ['robin', 'kim'] };
  const registered = { expires: '1 hour', authorMayApprove: false };

  it('is resolved with its groups opened, for the release keeps what it was asked by', () => {
    expect(resolvedApproval({ groups }, { ...registered, groups: { platform: 2, security: 1 }, breakGlass: ['security', 'alex'], authorMayApprove: true })).toEqual({
      quorums: [{ from: 'platform', approvers: ['alex', 'robin'], required: 2 }, { from: 'security', approvers: ['robin', 'kim'], required: 1 }],
      breakGlass: ['robin', 'kim', 'alex'],
      expiresInSeconds: 3600,
      remindInSeconds: 2700,
      authorMayApprove: true,
    });
  });

  it.each([
    ['3 days', undefined, 259_200, 194_400],
    ['90 minutes', '30 minutes', 5400, 3600],
    ['2 days', '1 hour', 172_800, 169_200],
    ['1 second', undefined, 2, 1],
    ['0 minutes', undefined, 2, 1],
    ['10 seconds', '0 seconds', 10, 9],
    ['10 seconds', '9 seconds', 10, 1],
  ])('that expires after %s, reminding %s before, does so in seconds', (expires, remind, expiresInSeconds, remindInSeconds) => {
    expect(resolvedApproval({ groups }, { ...registered, approvers: ['alex'], expires, ...(remind === undefined ? {} : { remind }) })).toMatchObject({ expiresInSeconds, remindInSeconds });
  });
});
