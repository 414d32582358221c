import { describe, expect, it } from 'vitest';
import { parseSamConfig } from '../../../../domain/configuration/samconfig.ts';

const environment = (lines: string) => {
  const parsed = parseSamConfig(`version = 0.1\n[dev.deploy.parameters]\n${lines}\n`);
  return parsed.ok ? parsed.value.environments['dev'] : parsed.problems;
};

describe('a config-env of samconfig.toml', () => {
  it.each([
    ['parameters as a text', 'parameter_overrides = "Stage=dev Empty= Text=\\"two words\\" Equal=a=b"', { parameters: { Stage: 'dev', Empty: '', Text: 'two words', Equal: 'a=b' } }],
    ['parameters as a list', 'parameter_overrides = ["Stage=dev", "Text=two words"]', { parameters: { Stage: 'dev', Text: 'two words' } }],
    ['parameters in the older form', 'parameter_overrides = "ParameterKey=Stage,ParameterValue=dev"', { parameters: { Stage: 'dev' } }],
    ['capabilities as a text', 'capabilities = "CAPABILITY_IAM CAPABILITY_AUTO_EXPAND"', { capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'] }],
    ['capabilities as a list', 'capabilities = ["CAPABILITY_NAMED_IAM"]', { capabilities: ['CAPABILITY_NAMED_IAM'] }],
    ['tags in either form', 'tags = "team=a cost=\\"b c\\""', { tags: { team: 'a', cost: 'b c' } }],
    ['a wish for an approval', 'confirm_changeset = true', { asksApproval: true }],
    ['what is read and never obeyed', 's3_bucket = "b"\ns3_prefix = "p"\nprofile = "me"\nrole_arn = "arn:aws:iam::999999999999:role/x"', { ignored: ['s3_bucket', 's3_prefix', 'profile', 'role_arn'], roleArn: 'arn:aws:iam::999999999999:role/x' }],
    ['keys of other commands, which mean nothing here', 'watch = true\nresolve_s3 = true', { ignored: [] }],
  ])('gives %s', (_, lines, expected) => {
    expect(environment(lines)).toMatchObject(expected);
  });

  it('inherits from its global section, and its own deploy section wins', () => {
    const parsed = parseSamConfig('version = 0.1\n[dev.global.parameters]\nstack_name = "all"\nregion = "eu-west-1"\n[dev.deploy.parameters]\nstack_name = "mine"\n[dev.build.parameters]\ntemplate_file = "infra/app.yaml"\n');
    expect(parsed).toMatchObject({ ok: true, value: { template: 'infra/app.yaml', environments: { dev: { stack: 'mine', region: 'eu-west-1' } } } });
  });

  it.each([
    ['a capability that there is none of', 'capabilities = "CAPABILITY_EVERYTHING"', /dev: capabilities may be CAPABILITY_IAM, /],
    ['a stack name that is a number', 'stack_name = 1', /^dev\.deploy\.parameters\.stack_name: /],
  ])('says %s', (_, lines, message) => {
    expect(environment(lines)).toMatchObject([{ file: 'samconfig.toml', message: expect.stringMatching(message) as string }]);
  });
});
