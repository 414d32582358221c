import { describe, expect, it } from 'vitest';
import { Environments } from '../../../contracts/environments.ts';
import { resolvedApproval } from '../../../domain/configuration/resolve.ts';
import { refusal } from '../../../domain/still-allowed.ts';
import { fits } from '../../../domain/wildcard.ts';
import { aRelease, aTarget, theRegistry } from '../../fakes/samples.ts';

const environment = { name: 'dev', targets: [aTarget()] };

describe('the newest registered environments', () => {
  it('let a release go on that they still take', () => {
    expect(refusal(theRegistry(), aRelease(), environment)).toBeUndefined();
  });

  it.each<[string, (registry: ReturnType<typeof theRegistry>) => void]>([
    ['the environment dev is not registered', (it) => void Reflect.deleteProperty(it.environments, 'dev')],
    ['the application orders is not registered', (it) => void Reflect.deleteProperty(it.applications, 'orders')],
    ['another source now: the repository evil', (it) => void Object.assign(it.applications, { orders: { repository: 'evil' } })],
    ['does not accept orders', (it) => void Object.assign(it.environments['dev'] ?? {}, { applications: ['billing'] })],
    ['does not accept the branch main', (it) => void Object.assign(it.environments['dev'] ?? {}, { branches: ['release/*'] })],
    ['is not a target', (it) => void Object.assign(it.accounts, { dev: { id: '999999999999', externalId: 'x1' } })],
    ['another external id', (it) => void Object.assign(it.accounts, { dev: { id: '222222222222', externalId: 'x1' } })],
    ['may not use the stack name', (it) => void Object.assign(it.applications, { orders: { repository: 'orders', stacks: ['shop-*'] } })],
    ['asks for an approval now', (it) => void Object.assign(it.environments['dev'] ?? {}, { approval: { approvers: ['alex'], expires: '1 day', authorMayApprove: false } })],
  ])('refuse: %s', (words, change) => {
    const registry = theRegistry();
    change(registry);
    expect(refusal(registry, aRelease(), environment)).toContain(words);
  });

  it.each<[string, object, string | undefined]>([
    ['as it was', { branch: 'main', claims: { tags: ['v*'] } }, undefined],
    ['which may not claim the tag any more', { branch: 'main' }, 'the upload counts no longer as what it was: applications.orders.upload.claims.tags allows no upload to be the tag v1'],
  ])('an upload %s', (_, upload, refused) => {
    const registry = theRegistry();
    Object.assign(registry.applications, { orders: { upload } });
    Object.assign(registry.environments['dev'] ?? {}, { gitTags: ['v*'] });
    const release = aRelease({ branch: undefined, tag: 'v1', source: { kind: 's3', bucket: 'uploads', key: 'orders/source.zip', version: 'v1' } });
    expect(refusal(registry, release, environment)).toBe(refused);
    expect(refusal(theRegistry(), release, environment)).toBe('the application orders is registered with another source now: the repository orders');
  });

  it.each<[string, object, object, string | undefined]>([
    ['a tag where tags are taken', { tag: 'v1', branch: undefined }, { branches: undefined, gitTags: ['v*'] }, undefined],
    ['no tag where every branch is taken', { tag: 'v1', branch: undefined }, { branches: ['*'] }, 'dev does not accept the tag v1 any more'],
    ['no branch where every tag is taken', {}, { branches: undefined, gitTags: ['*'] }, 'dev does not accept the branch main any more'],
    ['nothing that is neither', { branch: undefined }, { branches: ['*'], gitTags: ['*'] }, 'dev does not accept'],
  ])('take %s', (_, fields, change, expected) => {
    const registry = theRegistry();
    Object.assign(registry.environments['dev'] ?? {}, change);
    const answer = refusal(registry, aRelease(fields), environment);
    if (expected === undefined) expect(answer).toBeUndefined();
    else expect(answer).toContain(expected);
  });

  it('read a star as any run of characters and everything else as itself', () => {
    expect([fits('release/*', 'release/1'), fits('*', ''), fits('a.c', 'abc'), fits('feature-*-x', 'feature-1-2-x')]).toEqual([true, true, false, true]);
  });
});

describe('an approval that was resolved earlier', () => {
  const groups = { platform: ['alex', 'robin', 'sam'], security: ['kim', 'pat'] };
  /** The registry with an approval, and what it resolves to. */
  const asking = (approval: object, more: object = {}) => {
    const people = Object.fromEntries(['alex', 'robin', 'sam', 'kim', 'pat'].map((name) => [name, { email: `${name}@example.com` }]));
    const { environments, ...rest } = theRegistry();
    const registry = Environments.parse({ ...rest, approvers: people, groups, ...more, environments: { dev: { ...environments['dev'], approval } } });
    const registered = registry.environments['dev']?.approval;
    if (registered === undefined) throw new Error('no approval');
    return { registry, resolved: { ...environment, approval: resolvedApproval(registry, registered) } };
  };
  const pinned = { groups: { platform: 1, security: 1 }, breakGlass: ['alex', 'robin'] };

  it.each<[string, object, object, string | undefined]>([
    ['is as good as itself', pinned, {}, undefined],
    ['may ask for more than now', { ...pinned, groups: { platform: 2, security: 1 } }, {}, undefined],
    ['may know fewer who break the glass', { groups: { platform: 1, security: 1 } }, {}, undefined],
    ['must ask as many of each group', { ...pinned, groups: { platform: 1 } }, {}, 'dev asks for 1 of platform (alex, robin, sam) and 1 of security (kim, pat) now'],
    ['must ask the groups, not people by name', { approvers: ['alex', 'kim'], required: 2 }, {}, 'dev asks for 1 of platform'],
    ['must not know somebody who left a group', pinned, { groups: { ...groups, security: ['kim', 'pat', 'sam'] } }, 'sam may not approve for dev any more'],
    ['must not let break the glass who may not now', { ...pinned, breakGlass: ['alex', 'sam'] }, {}, 'sam may not break the glass for dev any more'],
    ['must not let authors approve where that ended', { ...pinned, authorMayApprove: true }, {}, 'does not let authors approve'],
  ])('%s', (_, then, registeredThen, expected) => {
    const { registry } = asking(pinned);
    const { resolved } = asking(then, registeredThen);
    const answer = refusal(registry, aRelease(), resolved);
    if (expected === undefined) expect(answer).toBeUndefined();
    else expect(answer).toContain(expected);
  });

  it('of people by name must ask as many, and nobody else', () => {
    const { registry } = asking({ approvers: ['alex', 'robin'], required: 2 });
    expect(refusal(registry, aRelease(), asking({ approvers: ['alex', 'robin'], required: 1 }).resolved)).toBe('dev asks for 2 of alex, robin now');
    expect(refusal(registry, aRelease(), asking({ approvers: ['alex', 'sam'], required: 2 }).resolved)).toBe('sam may not approve for dev any more');
    expect(refusal(registry, aRelease(), asking({ approvers: ['robin', 'alex'], required: 2 }).resolved)).toBeUndefined();
  });
});
