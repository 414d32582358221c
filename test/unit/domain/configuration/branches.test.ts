import { describe, expect, it } from 'vitest';
import { Environments } from '../../../../contracts/environments.ts';
import { ask } from '../../../../domain/configuration/ask.ts';
import { parseEnvironmentsFile } from '../../../../domain/configuration/environments-file.ts';
import { resolve } from '../../../../domain/configuration/resolve.ts';
import { branchEnvironmentName } from '../../../../domain/branch-name.ts';

const accounts = { dev: { id: '222222222222', externalId: 'x-dev' } };
const targets = [{ account: 'dev', region: 'eu-west-1' }];
const registry = (sandbox: object = {}, more: object = {}) =>
  Environments.parse({
    version: 1,
    accounts,
    applications: { orders: { repository: 'orders', owner: 'team-shop' }, other: { repository: 'other' }, carts: { upload: { branch: 'main', claims: { branches: ['*'] } } } },
    environments: { dev: { branches: ['main', 'develop'], targets }, sandbox: { branches: ['feature/*', 'fix/*', 'develop'], disposable: true, targets, ...sandbox }, ...more },
  });

const file = (more = 'branches: [{ branch: "feature/*", environment: sandbox }]') => `version: 1\nbuild: { kind: cloudformation }\n${more}\n`;
interface Pushed { readonly branch?: string; readonly tag?: string; readonly application?: string; readonly registered?: Environments; readonly mode?: 'deploy' | 'plan' }
function resolved(text: string, { registered = registry(), application = 'orders', mode = 'deploy', ...reference }: Pushed = {}) {
  const asked = ask({ drawbridge: text, samconfig: undefined, template: undefined }, Object.keys(registered.environments));
  if (!asked.ok) throw new Error(asked.problems.map(({ message }) => message).join('\n'));
  return resolve(registered, asked.value, { application, mode, ...(reference.tag === undefined ? { branch: reference.branch ?? 'feature/login' } : { tag: reference.tag }) });
}
const environments = (result: ReturnType<typeof resolved>) => (result.ok ? result.configuration.environments : []);
const remarks = (result: ReturnType<typeof resolved>) => (result.ok ? result.configuration.remarks : []);
const problems = (result: ReturnType<typeof resolved>) => (result.ok ? '' : result.problems.join('\n'));
const name = branchEnvironmentName('feature/login');

describe('a branch that has an entry under branches:', () => {
  it('gets an environment of its own: named, tagged and limited in time', () => {
    expect(environments(resolved(file()))).toEqual([
      {
        name,
        registered: 'sandbox',
        branch: 'feature/login',
        life: { timeToLiveSeconds: 14 * 86_400, idleSeconds: 3 * 86_400, atOnce: 5 },
        targets: [expect.objectContaining({ stackName: `orders-${name}`, tags: { 'drawbridge:application': 'orders', 'drawbridge:environment': name, 'drawbridge:branch': 'feature/login', 'drawbridge:owner': 'team-shop' } })],
      },
    ]);
  });

  it('takes what its entry says before what is said for all, and the environment’s name where a parameter asks for it', () => {
    const [environment] = environments(resolved(file('parameters: { Size: 1, Level: info }\nbranches: [{ branch: "feature/*", environment: sandbox, timeToLive: 2 days, idle: 4 hours, atOnce: 2, parameters: { Size: 2, Stage: "{environment}" }, url: "${outputs.Url}" }]')));
    expect(environment).toMatchObject({ life: { timeToLiveSeconds: 172_800, idleSeconds: 14_400, atOnce: 2 }, targets: [{ parameters: { Size: '2', Level: 'info', Stage: name }, url: '${outputs.Url}' }] });
  });

  it('is taken by the first entry that fits; one whose environment does not take it is passed over, with a remark', () => {
    const both = registry({}, { playground: { branches: ['feature/*'], disposable: true, targets } });
    const entries = 'branches: [{ branch: "fix/*", environment: playground }, { branch: "*", environment: sandbox }, { branch: "feature/*", environment: playground }]';
    expect(environments(resolved(file(entries), { registered: both })).map(({ registered }) => registered)).toEqual(['sandbox']);
    const fix = resolved(file(entries), { registered: both, branch: 'fix/tax' });
    expect(environments(fix).map(({ registered }) => registered)).toEqual(['sandbox']);
    expect(remarks(fix)).toEqual(['branches: fix/*: playground takes no releases of the branch fix/tax of orders, so this entry is passed over.']);
  });

  it('goes there first, then wherever else its branch may go', () => {
    const result = resolved(file('branches: [{ branch: develop, environment: sandbox }]'), { branch: 'develop' });
    expect(environments(result).map((it) => [it.name, it.registered])).toEqual([[branchEnvironmentName('develop'), 'sandbox'], ['dev', undefined]]);
    expect(environments(result)[1]?.targets[0]?.tags).not.toHaveProperty('drawbridge:branch');
  });

  it('may live no longer, and have no more neighbours, than is registered', () => {
    const result = resolved(file(), { registered: registry({ limits: { timeToLive: '7 days', idle: '4 days', atOnce: 3 } }) });
    expect(environments(result)[0]?.life).toEqual({ timeToLiveSeconds: 7 * 86_400, idleSeconds: 3 * 86_400, atOnce: 3 });
    expect(remarks(result)).toEqual(['branches: feature/*: sandbox allows branch environments to live for 7 days at most, which is used.', 'branches: feature/*: sandbox allows branch environments 3 at once at most, which is used.']);
  });

  it('has stacks of its own: a name that is the same for every branch is refused', () => {
    expect(problems(resolved(file('stack: orders-all\nbranches: [{ branch: "feature/*", environment: sandbox }]')))).toContain('the stack name orders-all would be the same for every branch');
    expect(environments(resolved(file('stack: "orders-{environment}-x"\nbranches: [{ branch: "feature/*", environment: sandbox }]')))[0]?.targets[0]?.stackName).toBe(`orders-${name}-x`);
    expect(problems(resolved(file('branches: [{ branch: "feature/*", environment: sandbox, stack: "other-{environment}" }]')))).toContain('is not one that orders may use');
  });

  it('is told what is wrong with its entry, and nobody else is', () => {
    const wrong = file('branches: [{ branch: "feature/*", environment: dev }, { branch: "fix/*", environment: moon }]');
    expect(problems(resolved(wrong))).toContain('drawbridge.yaml: branches: feature/*: dev is not registered as disposable, so no branch can have an environment there; disposable: sandbox.');
    expect(problems(resolved(wrong, { branch: 'fix/tax' }))).toContain('there is no environment moon');
    expect(environments(resolved(wrong, { branch: 'main' })).map((it) => it.name)).toEqual(['dev']);
    expect(problems(resolved(file(), { registered: registry({}, { [name]: { branches: ['main'], targets } }) }))).toContain(`would be called ${name}, as a registered one is`);
  });
});

describe('who gets no environment of their own', () => {
  it('a tag, an upload, and a working tree that is only looked at', () => {
    const tagged = registry({}, { prod: { gitTags: ['feature/*'], targets } });
    expect(environments(resolved(file(), { tag: 'feature/login', registered: tagged })).map((it) => [it.name, it.registered])).toEqual([['prod', undefined]]);
    const everywhere = registry({}, { test: { branches: ['*'], targets } });
    const upload = resolved(file(), { application: 'carts', registered: everywhere });
    expect([environments(upload).map((it) => it.name), remarks(upload)]).toEqual([['test'], ['branches: feature/*: an upload is no branch of a repository here, so it gets no environment of its own.']]);
    expect(environments(resolved(file(), { mode: 'plan', branch: 'drawbridge-plan/0123' })).map((it) => it.name)).toEqual(['dev']);
  });

  it('a branch without an entry goes as before: nowhere, if only a disposable environment would take it, and that is no failure', () => {
    const result = resolved(file('order: [sandbox, dev]'), { branch: 'feature/login' });
    expect(result).toMatchObject({ ok: false, problems: [], nothing: expect.stringContaining('Only sandbox takes releases of the branch feature/login of orders') as string });
    expect(problems(resolved(file(), { branch: 'lonely' }))).toContain('no registered environment takes releases of the branch lonely');
  });

  it('nobody is deployed to a disposable environment under its own name, and whoever asks for it is told so', () => {
    const result = resolved(file('order: [sandbox, dev]\nbranches: []'), { branch: 'develop' });
    expect(environments(result).map((it) => it.name)).toEqual(['dev']);
    expect(remarks(result)).toEqual(['sandbox is disposable: it takes no release under its own name, only those of branches under branches:, so it is left out.']);
  });
});

it.each([
  ['a fixed stack', { targets: [{ account: 'dev', region: 'eu-west-1', stack: 'orders-sandbox' }] }, /name no stack and no group/],
  ['a group of CodeDeploy', { targets: [{ account: 'dev', region: 'eu-west-1', codeDeploy: { application: 'a', group: 'b' } }] }, /name no stack and no group/],
  ['tags', { gitTags: ['v*'] }, /takes branches only/],
  ['limits although it is not disposable', { disposable: false, limits: { atOnce: 3 } }, /add disposable: true/],
  ['tags of ours', { tags: { 'drawbridge:environment': 'prod' } }, /given by Drawbridge alone/],
])('the platform team cannot register a sandbox with %s', (_, fields, words) => {
  const text = JSON.stringify({ version: 1, accounts, applications: { orders: { repository: 'orders' } }, environments: { sandbox: { branches: ['*'], disposable: true, targets, ...fields } } });
  const parsed = parseEnvironmentsFile(text);
  expect(parsed.ok ? '' : parsed.problems.map(({ message }) => message).join('\n')).toMatch(words);
});

it('whoever writes drawbridge.yaml cannot give a stack another owner', () => {
  expect(() => resolved(file('tags: { "drawbridge:environment": prod }'))).toThrow(/given by Drawbridge alone/);
});
