import { expect, it } from 'vitest';
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
  expect(parseEnvironmentsFile(good)).toMatchObject({ ok: true, value: { environments: { dev: { approval: { required: 1, expires: '3 days', authorMayApprove: false } } } } });
});

it.each([
  ['an account id without quotation marks', ['"222222222222"', '222222222222'], 3, /accounts\.dev\.id/],
  ['an account that is not there', ['account: dev,', 'account: prod,'], 12, /no account prod under accounts; known: dev/],
  ['an approver who is not there', ['[alex]', '[robin]'], 13, /no approver robin.*known: alex/],
  ['more yeses than approvers', ['approvers: [alex]', 'approvers: [alex], required: 2'], 13, /2 yeses are asked for, but only 1/],
  ['a key that nobody knows', ['branches: [main]', 'branches: [main]\n    branch: main'], 9, /environments\.dev/],
  ['an approver nobody can reach', ['{ email: alex@example.com }', '{}'], 5, /needs an email, a principal, or both/],
  ['a time that is none', ['approvers: [alex]', 'approvers: [alex], expires: soon'], 13, /expires.*90 minutes/],
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
