import type { Change, Plan, PlanTemplates } from '../contracts/plan.ts';
import { accessChanges } from './access-changes.ts';
import { canonical } from './digest.ts';
import { isPlain, read } from './hidden-facts.ts';
import { parseTemplate } from './template-text.ts';

function parameterChanges(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Plan['parameterChanges'] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ name, ...(before[name] === undefined ? {} : { before: before[name] }), ...(after[name] === undefined ? {} : { after: after[name] }) }));
}

/** What is not read may widen anything. */
const unread = (prefix: string) => ({ access: [{ effect: 'widens' as const, text: `${prefix === '' ? 'The template' : `The template of ${prefix.slice(0, -1)}`} cannot be read, so nobody can say` }], network: [] });

type Template = NonNullable<ReturnType<typeof parseTemplate>>;
type Compared = Pick<Plan, 'access' | 'network'>;

const resourcesOf = (template: Template) => (template['Resources'] ?? {}) as Readonly<Record<string, { readonly Type?: string; readonly Properties?: Readonly<Record<string, unknown>> } | undefined>>;

/** By its condition a resource comes or goes although the template stays: what is added was not there, what is removed will not be. */
function without(template: Template, prefix: string, changes: readonly Change[], action: 'Add' | 'Remove'): Template {
  const ids = new Set(changes.filter((change) => change.action === action).map(({ logicalId }) => logicalId));
  return { ...template, Resources: Object.fromEntries(Object.entries(resourcesOf(template)).filter(([id]) => !ids.has(`${prefix}${id}`))) };
}

/** What a mapping or a condition decides is not written where it counts. */
const decidedElsewhere = /"Fn::(If|FindInMap|Transform)"/;

/** What changes although the templates do not show how. */
function unexplained(old: Template, next: Template, prefix: string, changes: readonly Change[]): Compared {
  const found: Compared = { access: [], network: [] };
  for (const { action, logicalId, type, details } of changes) {
    const id = logicalId.slice(prefix.length);
    if (action !== 'Modify' || !logicalId.startsWith(prefix) || id.includes('/')) continue;
    for (const name of new Set(details.filter((detail) => detail.attribute === 'Properties' && isPlain(detail)).flatMap((detail) => detail.name ?? []))) {
      const kind = read[type]?.properties?.[name] ?? read[type]?.resource;
      const [was, is] = [canonical(resourcesOf(old)[id]?.Properties?.[name] ?? null), canonical(resourcesOf(next)[id]?.Properties?.[name] ?? null)];
      if (kind === undefined || (was !== is && !decidedElsewhere.test(`${was}${is}`))) continue;
      const text = `+ ${prefix === '' ? '' : `in ${prefix.slice(0, -1)}: `}${id}: its ${name} changes, perhaps by a mapping or a condition`;
      if (kind.includes('gressRule')) found.network.push({ effect: 'opens', text });
      else found.access.push({ effect: 'widens', text });
    }
  }
  return found;
}

/** By these a resource acts as somebody. */
const acting = ['ExecutionRoleArn', 'IamInstanceProfile', 'JobFlowRole', 'Role', 'RoleARN', 'RoleArn', 'ServiceRole', 'TaskRoleArn'] as const;

/** A role of the template itself has its rights by what is read here; any other, whatever it may do, is given to somebody else. */
function isOwn(value: unknown, template: Template): boolean {
  const { Ref: ref, 'Fn::GetAtt': attribute } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const id = ref ?? (Array.isArray(attribute) ? (attribute as unknown[])[0] : typeof attribute === 'string' ? attribute.split('.')[0] : undefined);
  return typeof id === 'string' && /^AWS::IAM::(Role|InstanceProfile)$/.test(resourcesOf(template)[id]?.Type ?? '');
}

/** What is new and acts as a role from elsewhere. */
function borrowed(next: Template, prefix: string, changes: readonly Change[]): Compared {
  const added = changes.filter(({ action, logicalId }) => (action === 'Add' || action === 'Import') && logicalId.startsWith(prefix) && !logicalId.slice(prefix.length).includes('/'));
  const access = added.flatMap(({ logicalId }) => {
    const id = logicalId.slice(prefix.length);
    const properties = resourcesOf(next)[id]?.Properties ?? {};
    const names = acting.filter((name) => properties[name] !== undefined && !isOwn(properties[name], next));
    return names.map((name) => ({ effect: 'widens' as const, text: `+ ${prefix === '' ? '' : `in ${prefix.slice(0, -1)}: `}${id}: its ${name} is not of this template` }));
  });
  return { access, network: [] };
}

function compared(old: Template, next: Template, prefix: string, changes: readonly Change[]): Compared {
  const [shown, hidden] = [accessChanges(without(old, prefix, changes, 'Add'), without(next, prefix, changes, 'Remove'), prefix), unexplained(old, next, prefix, changes)];
  return { access: [...hidden.access, ...borrowed(next, prefix, changes).access, ...shown.access], network: [...hidden.network, ...shown.network] };
}

/** A plan with what its templates, and the stack as it is, say besides. Its digest stays: all of it follows from what the digest is of. */
export function withComparison(plan: Plan, { stacks, parameters }: PlanTemplates): Plan {
  const found = stacks.map(({ prefix, before, after }) => {
    const [old, next] = [before === undefined ? {} : parseTemplate(before), parseTemplate(after)];
    if (old === undefined || next === undefined) return unread(prefix);
    try {
      return compared(old, next, prefix, plan.changes);
    } catch {
      // The library falls over what is no policy.
      return unread(prefix);
    }
  });
  return {
    ...plan,
    access: found.flatMap(({ access }) => access),
    network: found.flatMap(({ network }) => network),
    parameterChanges: plan.operation === 'CREATE' ? [] : parameterChanges(parameters, plan.parameters),
  };
}
