import { describe, expect, it } from 'vitest';
import { parseEnvironmentsFile } from '../../../../domain/configuration/environments-file.ts';

const good = `version: 1
accounts:
  dev: { id: "222222222222", externalId: drawbridge-dev }
approvers:
  alex: { email: alex@example.com }
applications:
  orders: { repository: orders }
environments:
  dev:
    branches: [main]
    targets:
      - { account: dev, region: eu-west-1 }
    approval: { approvers: [alex] }
`;

it('a good file is taken', () => {
  expect(parseEnvironmentsFile(good)).toMatchObject({ ok: true, value: { environments: { dev: { approval: { approvers: ['alex'], expires: '3 days', authorMayApprove: false } } } } });
});

it('several applications may share a repository, each with its folder and its paths', () => {
  const parsed = parseEnvironmentsFile(good.replace('{ repository: orders }', '{ repository: shop, folder: services/orders/, paths: ["shared/**", docs/, "**/*.sql", package.json] }\n  carts: { repository: shop }').replace('branches: [main]', 'branches: [main]\n    gitTags: [v*]'));
  expect(parsed).toMatchObject({ ok: true, value: { applications: { orders: { folder: 'services/orders' }, carts: { repository: 'shop' } }, environments: { dev: { gitTags: ['v*'] } } } });
});

it('an application may be uploaded, by uploads alone unless it says otherwise', () => {
  const parsed = parseEnvironmentsFile(good.replace('{ repository: orders }', '{ repository: orders }\n  carts: { upload: { branch: main, claims: { tags: ["v*"] } } }').replace('approvers: [alex]', 'approvers: [alex], authorMayApprove: true'));
  expect(parsed).toMatchObject({ ok: true, value: { applications: { carts: { upload: { branch: 'main', starts: 'upload', claims: { tags: ['v*'] } } } } } });
});

it('an application may be uploaded ready, so that nothing is built', () => {
  const parsed = parseEnvironmentsFile(good.replace('{ repository: orders }', '{ upload: { branch: main, ready: true } }').replace('approvers: [alex]', 'approvers: [alex], authorMayApprove: true'));
  expect(parsed).toMatchObject({ ok: true, value: { applications: { orders: { upload: { branch: 'main', ready: true } } } } });
});

it.each([
  ['a repository and uploads', '{ repository: orders, upload: { branch: main } }', /^7: applications\.orders: releases of an application come either from a repository or from uploads/],
  ['neither', '{ folder: services }', /^7: applications\.orders: releases of an application come either/],
  ['uploads without a branch', '{ upload: {} }', /^7: applications\.orders\.upload\.branch/],
  ['uploads with paths', '{ upload: { branch: main }, paths: [shared] }', /an upload is a whole, so there are no paths to compare/],
  ['uploads that are ready and lie in a folder', '{ upload: { branch: main, ready: true }, folder: services }', /^7: applications\.orders: an upload that is ready has everything at its root/],
  ['uploads that only one may approve', '{ upload: { branch: main } }', /^13: orders is uploaded, and nobody can check who wrote an upload: it takes two people, but only one may answer; name more, or set authorMayApprove: true$/],
])('an application with %s is refused', (_, application, message) => {
  const parsed = parseEnvironmentsFile(good.replace('{ repository: orders }', application));
  expect(parsed.ok ? '' : parsed.problems.map(({ line, message: text }) => `${String(line)}: ${text}`).join('\n')).toMatch(message);
});

it.each([
  ['an account id without quotation marks', ['"222222222222"', '222222222222'], 3, /accounts\.dev\.id/],
  ['an account that is not there', ['account: dev,', 'account: prod,'], 12, /no account prod under accounts; known: dev/],
  ['an approver who is not there', ['[alex]', '[robin]'], 13, /no approver robin.*known: alex/],
  ['more yeses than approvers', ['approvers: [alex]', 'approvers: [alex], required: 2'], 13, /2 yeses are asked for, but only 1/],
  ['a key that nobody knows', ['branches: [main]', 'branches: [main]\n    branch: main'], 9, /environments\.dev/],
  ['an approver nobody can reach', ['{ email: alex@example.com }', '{}'], 5, /needs an email, a Slack user id, a principal/],
  ['a time that is none', ['approvers: [alex]', 'approvers: [alex], expires: soon'], 13, /expires.*90 minutes/],
  ['an environment that takes neither branches nor tags', ['    branches: [main]\n', ''], 9, /environments\.dev: an environment takes branches, gitTags, or both/],
  ...['/services', 'services//orders', '../orders', 'services/./a', 'a**', 'a\\\\b'].map((path) => [`the path ${path}`, ['repository: orders', `repository: orders, paths: ["${path}"]`], 7, /applications\.orders\.paths\[0\]: (a path from the root|\*\* stands alone)/] as const),
  ...['/services', '../orders', 'a/..', 'services/*', '.'].map((path) => [`the folder ${path}`, ['repository: orders', `repository: orders, folder: "${path}"`], 7, /applications\.orders\.folder: a folder from the root/] as const),
  ['something that is not YAML', ['branches: [main]', 'branches: [main'], 11, /not YAML/],
] as const)('%s is said with its line', (_, [from, to], line, message) => {
  const parsed = parseEnvironmentsFile(good.replace(from, to));
  expect(parsed.ok).toBe(false);
  const problems = parsed.ok ? [] : parsed.problems;
  expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
  expect(problems.some((problem) => Math.abs(problem.line - line) <= 1)).toBe(true);
});

it('everything that is wrong is said at once', () => {
  const parsed = parseEnvironmentsFile(good.replace('account: dev,', 'account: moon,').replace('[alex]', '[robin, kim]'));
  expect(parsed.ok ? [] : parsed.problems).toHaveLength(3);
});

it('a file that blows up through aliases is refused', () => {
  const bomb = `version: 1\na: &a [x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f'].map((name, index) => `${name}: &${name} [${Array.from({ length: 8 }, () => `*${'abcde'[index] ?? 'a'}`).join(', ')}]`).join('\n')}\n`;
  expect(parseEnvironmentsFile(bomb)).toMatchObject({ ok: false, problems: [{ file: 'environments.yaml', line: 1, message: expect.stringMatching(/alias/i) as string }] });
});

const many = `version: 1
accounts:
  dev: { id: "222222222222", externalId: drawbridge-dev }
approvers:
  alex: { email: alex@example.com, slack: U0ALEX, principal: "arn:aws:iam::111111111111:role/alex" }
  robin: { slack: U0ROBIN, commits: [robin@home.example.com] }
  kim: { email: kim@example.com }
groups:
  platform: [alex, robin]
  security: [robin, kim]
slack: { workspace: T0SHOP, channel: C0SHOP }
applications:
  orders: { repository: orders }
environments:
  dev:
    branches: [main]
    targets:
      - { account: dev, region: eu-west-1 }
    slack: C0DEV0
    approval:
      groups: { platform: 2, security: 1 }
      breakGlass: [security]
      expires: 1 day
      remind: 2 hours
    rules:
      - { what: [code, outputs], then: auto }
      - { what: deletes-stateful, types: ["AWS::S3::*"], then: two }
`;

/** The problems of the file after a change, each with its line. */
function problemsAfter(from: string, to: string): string {
  expect(many).toContain(from);
  const parsed = parseEnvironmentsFile(many.replace(from, to));
  return (parsed.ok ? [] : parsed.problems).map(({ line, message }) => `${String(line)}: ${message}`).join('\n');
}
const byGroups = 'groups: { platform: 2, security: 1 }';

describe('people, groups and rules', () => {
  it('are taken', () => {
    expect(parseEnvironmentsFile(many)).toMatchObject({ ok: true, value: { groups: { platform: ['alex', 'robin'] }, environments: { dev: { approval: { groups: { platform: 2, security: 1 } }, rules: [{ then: 'auto' }, { types: ['AWS::S3::*'] }] } } } });
  });

  it.each<[string, string, string, RegExp]>([
    ['one address for two people, in whatever case', 'email: kim@example.com', 'email: ALEX@example.com', /^7: alex has the same; one person is registered once$/],
    ['one Slack user for two people', 'U0ROBIN', 'U0ALEX', /^6: .*alex has the same/],
    ['one principal for two people', 'email: kim@example.com', 'principal: "arn:aws:iam::111111111111:role/alex"', /^7: .*alex has the same/],
    ['a Slack user id that is none', 'U0ROBIN', 'robin', /^6: .*a Slack user id such as U012ABCDEF/],
    ['an address of commits that is none', 'robin@home.example.com', 'robin', /^6: approvers\.robin\.commits/],
    ['a group that is called as an approver', 'security: [robin, kim]', 'kim: [robin, kim]', /^10: .*an approver is called kim too/],
    ['a member who is not there', 'security: [robin, kim]', 'security: [robin, pat]', /^10: .*no approver pat under approvers; known: alex, robin, kim/],
    ['a group in a group', 'security: [robin, kim]', 'security: [robin, platform]', /^10: .*no approver platform/],
    ['a group without members', 'security: [robin, kim]', 'security: []', /^10: groups\.security/],
    ['a workspace that is none', 'T0SHOP', 'shop', /^11: .*a Slack workspace id such as T012ABCDEF/],
    ['a channel that is none', 'channel: C0SHOP', 'channel: "#shop"', /^11: .*a Slack channel id such as C012ABCDEF/],
    ['a channel without a workspace', 'slack: { workspace: T0SHOP, channel: C0SHOP }\n', '', /^18: .*a channel of its own needs the workspace/],
    ['a group that is not there', byGroups, 'groups: { platform: 1, finance: 1 }', /^21: .*no group finance under groups; known: platform, security/],
    ['an approver who is neither a person nor a group', byGroups, 'approvers: [alex, finance]', /^21: .*no approver finance under approvers; known: alex, robin, kim, platform, security/],
    ['people and groups at once', byGroups, `${byGroups}\n      approvers: [alex]`, /^21: .*names either approvers \(and required\) or groups/],
    ['neither people nor groups', `      ${byGroups}\n`, '', /^21: .*names either approvers \(and required\) or groups/],
    ['a number beside groups', byGroups, `${byGroups}\n      required: 2`, /^21: .*with groups, each group says how many are required/],
    ['more yeses than a group has people', 'security: 1', 'security: 3', /^21: .*3 yeses are asked for, but only 2 may answer/],
    ['more yeses than people, with groups opened', byGroups, 'approvers: [platform, security, alex]\n      required: 4', /^22: .*4 yeses are asked for, but only 3 may answer/],
    ['groups that overlap too much', 'security: 1', 'security: 2', /^21: .*each yes must come from another person, and there are not enough people/],
    ['a single person who may break the glass', 'breakGlass: [security]', 'breakGlass: [kim]', /^22: .*breaking the glass takes two people/],
    ['the same person twice to break the glass', 'breakGlass: [security]', 'breakGlass: [kim, kim]', /^22: .*breaking the glass takes two people/],
    ['a stranger who may break the glass', 'breakGlass: [security]', 'breakGlass: [security, eve]', /^22: .*no approver eve/],
    ['a reminder before the question', 'remind: 2 hours', 'remind: 24 hours', /^24: .*a reminder 24 hours before the end comes too early: the question expires after 1 day/],
    ['a question for ever', 'expires: 1 day', 'expires: 91 days', /^23: .*a question stays open for 90 days at most, not for 91 days/],
    ['rules where nobody is asked', `    approval:\n      ${byGroups}\n      breakGlass: [security]\n      expires: 1 day\n      remind: 2 hours\n`, '', /^21: .*rules say who is asked, but no approval is registered/],
    ['a rule for two where one may answer', `${byGroups}\n      breakGlass: [security]`, 'approvers: [kim]', /^26: .*it asks two people, but only one may answer/],
    ['a rule about something that there is none of', '[code, outputs]', 'everything', /^26: .*what/],
    ['a rule about nothing', '[code, outputs]', '[]', /^26: .*what/],
    ['a rule that decides something else', 'then: auto', 'then: maybe', /^26: .*then/],
    ['a type that is no pattern', 'AWS::S3::*', 'AWS/S3', /^27: .*a resource type, with \* for any characters/],
  ])('%s: said with its line', (_, from, to, expected) => {
    expect(problemsAfter(from, to)).toMatch(expected);
  });
});
