import { IamChanges } from '@aws-cdk/cloudformation-diff/lib/iam/iam-changes.js';
import { SecurityGroupChanges } from '@aws-cdk/cloudformation-diff/lib/network/security-group-changes.js';
import * as z from 'zod';
import type { AccessChange, NetworkChange } from '../contracts/plan.ts';
import { apiChanges } from './api-access.ts';
import { canonical } from './digest.ts';
import scrutiny from './scrutiny.json' with { type: 'json' };

type Template = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, unknown>>;

const Resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() });
const kinds: Readonly<Record<string, { readonly resource?: string; readonly properties?: Readonly<Record<string, string>> } | undefined>> = scrutiny;

interface ResourceChange {
  readonly resourceLogicalId: string;
  readonly resourceType: string;
  readonly scrutinyType: never;
  readonly oldProperties?: Properties;
  readonly newProperties?: Properties;
}
interface PropertyChange {
  readonly resourceLogicalId: string;
  readonly resourceType: string;
  readonly propertyName: string;
  readonly scrutinyType: never;
  readonly oldValue: unknown;
  readonly newValue: unknown;
}

function resourcesOf(template: Template): Map<string, z.infer<typeof Resource>> {
  const resources = Object.entries((template['Resources'] ?? {}) as Record<string, unknown>);
  return new Map(resources.flatMap(([id, resource]) => (Resource.safeParse(resource).success ? [[id, Resource.parse(resource)] as const] : [])));
}

const isMapping = (value: unknown): value is Properties => typeof value === 'object' && value !== null && !Array.isArray(value);
/** A function of CloudFormation stands in the place of what it gives. */
const isFunction = (value: unknown): boolean => isMapping(value) && Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
const isPlain = (value: unknown): value is Properties => isMapping(value) && !isFunction(value);
const isRules = (value: unknown): boolean => Array.isArray(value) && value.every(isPlain);
const policyOf = (properties: Properties) => Object.entries(properties).find(([key, value]) => key.includes('Policy') && isPlain(value));

/** What the library can read of each kind: anything else it takes for nothing, or falls over it. */
const legible: Readonly<Record<string, (value: unknown) => boolean>> = {
  InlineIdentityPolicies: (value) => Array.isArray(value) && value.every((policy) => isPlain(policy) && isPlain(policy['PolicyDocument'])),
  ManagedPolicies: (value) => Array.isArray(value) || typeof value === 'string' || isFunction(value),
  IngressRules: isRules,
  EgressRules: isRules,
  IdentityPolicyResource: (value) => isPlain(value) && isPlain(value['PolicyDocument']),
  ResourcePolicyResource: (value) => isPlain(value) && policyOf(value) !== undefined,
};
const isReadable = (kind: string, ...values: readonly unknown[]): boolean => values.every((value) => value === undefined || (legible[kind] ?? isPlain)(value));

/** The library reads a policy by those who hold it, so one that others attach by its name is read as its own; and of a resource's policy it reads what comes first. */
function held(id: string, kind: string, properties: Properties | undefined): Properties | undefined {
  if (kind === 'ResourcePolicyResource' && properties !== undefined) {
    const policy = policyOf(properties);
    return policy === undefined ? properties : { [policy[0]]: policy[1], ...properties };
  }
  if (kind !== 'IdentityPolicyResource' || properties === undefined) return properties;
  const holders = [properties['Groups'], properties['Users'], properties['Roles']];
  if (holders.some((it) => it !== undefined && !(Array.isArray(it) && it.length === 0))) return properties;
  return { ...properties, Roles: [properties['RoleName'] ?? properties['UserName'] ?? properties['GroupName'] ?? `\${${id}}`] };
}

/** A group without a rule for what goes out lets everything out (EC2: "Security group rules"). */
const opensAll = (kind: string, was: unknown, is: unknown): boolean => kind === 'EgressRules' && Array.isArray(was) && was.length > 0 && (is === undefined || (Array.isArray(is) && is.length === 0));

/** The library's names for the kinds are an enumeration of its own; the specification writes the same words. */
const asKind = (kind: string): never => kind as never;

/** The library takes every effect that it does not know for the same one; as a text the statement is compared whole. */
const comparable = (value: Properties): unknown => ('Effect' in value && value['Effect'] !== 'Allow' && value['Effect'] !== 'Deny' ? canonical(value) : value);

/** `Fn::Sub` with its variables filled in, so that a person can read it; what else is a function is the library's to render. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (!isMapping(value)) return value;
  const sub = value['Fn::Sub'];
  if (sub === undefined || Object.keys(value).length !== 1) return comparable(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)])));
  const [text, variables] = Array.isArray(sub) ? [sub[0] as unknown, readable(sub[1])] : [sub, {}];
  if (typeof text !== 'string' || !isMapping(variables)) return value;
  return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (whole, name: string) => {
    const filled = variables[name.trim()];
    if (typeof filled === 'string') return filled;
    if (!isMapping(filled)) return whole;
    const { Ref: ref, 'Fn::GetAtt': attribute } = filled;
    return typeof ref === 'string' ? `\${${ref}}` : Array.isArray(attribute) ? `\${${attribute.join('.')}}` : whole;
  });
}

interface Unread {
  readonly kind: string;
  readonly text: string;
}

const ofKind = <Change extends { readonly scrutinyType: string }>(changes: readonly Change[], wanted: string) => changes.filter(({ scrutinyType }) => scrutinyType === wanted);

/** What the library finds. */
function found(resources: ResourceChange[], properties: PropertyChange[]): { iam: IamChanges; groups: SecurityGroupChanges } {
  const groups = new SecurityGroupChanges({
    ingressRulePropertyChanges: ofKind(properties, 'IngressRules'),
    egressRulePropertyChanges: ofKind(properties, 'EgressRules'),
    ingressRuleResourceChanges: ofKind(resources, 'IngressRuleResource'),
    egressRuleResourceChanges: ofKind(resources, 'EgressRuleResource'),
  });
  return { iam: new IamChanges({ propertyChanges: properties, resourceChanges: resources }), groups };
}

function isSilent(resources: ResourceChange[], properties: PropertyChange[]): boolean {
  const { iam, groups } = found(resources, properties);
  return !iam.hasChanges && !groups.hasChanges;
}

const saysNothing = new Set(['Description', 'ManagedPolicyName', 'Path', 'PolicyName', 'Tags']);
const isDocument = (value: unknown) => isPlain(value) && 'Statement' in value;

/** The library reads some properties only: what else changes, such as an organisation that a function is opened to, is not in what it finds. */
function overlooked(change: ResourceChange): string[] {
  const { oldProperties: was, newProperties: is } = change;
  // Some are read by themselves.
  const readApart = kinds[change.resourceType]?.properties ?? {};
  if (was === undefined || is === undefined) return [];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => !saysNothing.has(name) && readApart[name] === undefined && !isDocument(is[name]) && canonical(was[name] ?? null) !== canonical(is[name] ?? null));
  return names.filter((name) => isSilent([{ ...change, newProperties: { ...was, [name]: is[name] } }], []));
}

/** Rules that are new, and that the library takes for others: it reads one peer of each, and not every kind. */
function hasOverlookedRule(change: PropertyChange): boolean {
  const rules = (value: unknown): Properties[] => (Array.isArray(value) ? (value as Properties[]).map(({ Description: _, ...rule }) => rule) : []);
  const old = rules(change.oldValue);
  const known = new Set(old.map((rule) => canonical(rule)));
  return rules(change.newValue).some((rule) => !known.has(canonical(rule)) && isSilent([], [{ ...change, oldValue: old, newValue: [...old, rule] }]));
}

/** Every resource that says who may do what, or who is let in, as it was and as it would be. A change of its type counts as removed and added. */
function scrutinised(before: Template, after: Template): { resources: ResourceChange[]; properties: PropertyChange[]; unread: Unread[] } {
  const [old, next] = [resourcesOf(before), resourcesOf(after)];
  const resources: ResourceChange[] = [];
  const properties: PropertyChange[] = [];
  const unread: Unread[] = [];
  for (const id of new Set([...old.keys(), ...next.keys()])) {
    if (canonical(old.get(id)) === canonical(next.get(id))) continue;
    for (const type of new Set([old.get(id)?.Type, next.get(id)?.Type])) {
      if (type === undefined) continue;
      const was = old.get(id)?.Type === type ? (old.get(id)?.Properties ?? {}) : undefined;
      const is = next.get(id)?.Type === type ? (next.get(id)?.Properties ?? {}) : undefined;
      unread.push(...apiChanges(type, was?.['Body'], is?.['Body']).map((text): Unread => ({ kind: 'Api', text: `${id}: ${text}` })));
      const kind = kinds[type];
      if (kind === undefined) continue;
      if (kind.resource !== undefined) {
        const [oldProperties, newProperties] = [held(id, kind.resource, was), held(id, kind.resource, is)].map((it) => (it === undefined ? undefined : (readable(it) as Properties)));
        if (!isReadable(kind.resource, was, is)) unread.push({ kind: kind.resource, text: `${id} cannot be read` });
        else {
          const change = { resourceLogicalId: id, resourceType: type, scrutinyType: asKind(kind.resource), ...(oldProperties === undefined ? {} : { oldProperties }), ...(newProperties === undefined ? {} : { newProperties }) };
          resources.push(change);
          for (const name of overlooked(change)) unread.push({ kind: kind.resource, text: `${id}: its ${name} changes` });
        }
      }
      for (const [name, propertyKind] of Object.entries(kind.properties ?? {})) {
        const [oldValue, newValue] = [was?.[name], is?.[name]];
        if (canonical(oldValue) === canonical(newValue)) continue;
        if (is !== undefined && opensAll(propertyKind, oldValue, newValue)) unread.push({ kind: propertyKind, text: `${id}: out to everywhere, for no rule is left` });
        if (!isReadable(propertyKind, oldValue, newValue)) unread.push({ kind: propertyKind, text: `${id}: its ${name} cannot be read` });
        else {
          const change = { resourceLogicalId: id, resourceType: type, propertyName: name, scrutinyType: asKind(propertyKind), oldValue: readable(oldValue), newValue: readable(newValue) };
          properties.push(change);
          if (isRules(newValue) && propertyKind.endsWith('gressRules') && hasOverlookedRule(change)) unread.push({ kind: propertyKind, text: `${id}: its ${name} has a rule that cannot be read` });
        }
      }
    }
  }
  return { resources, properties, unread };
}

/** A plan holds so many lines of each; what is beyond is said in one line more, so nothing is hidden. */
const mostLines = 200;

function cut<Line extends { readonly text: string }>(lines: readonly Line[], rest: (number: number) => Line): Line[] {
  return lines.length <= mostLines ? [...lines] : [...lines.slice(0, mostLines), rest(lines.length - mostLines)];
}

interface Rendered {
  readonly resource: string;
  readonly effect: string;
  readonly action: string;
  readonly principal: string;
  readonly condition?: string | undefined;
}

const plain = (text: string | undefined): string => (text ?? '').replaceAll(/\s+/g, ' ').trim();

const hasEffect = ({ effect }: { readonly effect: string }, wanted: 'Allow' | 'Deny'): boolean => effect === wanted;

function statement({ resource, effect, action, principal, condition }: Rendered): string {
  const on = plain(resource) === '' ? '' : ` on ${plain(resource)}`;
  const to = plain(principal) === '' ? '' : ` to ${plain(principal)}`;
  return `${plain(effect) || 'Something'} ${plain(action) || 'not known yet'}${on}${to}${plain(condition) === '' ? '' : ` if ${plain(condition)}`}`;
}

/**
 * Who may do what, and who is let in, as two templates differ in it. Read by the library of `cdk diff`, from the
 * templates alone: what a parameter decides is not in it.
 */
export function accessChanges(before: Template, after: Template, prefix = ''): { access: AccessChange[]; network: NetworkChange[] } {
  const { resources, properties, unread } = scrutinised(before, after);
  const { iam, groups } = found(resources, properties);
  const where = prefix === '' ? '' : `in ${prefix.slice(0, -1)}: `;
  const line = (sign: '+' | '-', text: string) => `${sign} ${where}${text}`;
  const isNetwork = ({ kind }: Unread) => kind.includes('gressRule');
  const access: AccessChange[] = [
    ...unread.filter((it) => !isNetwork(it)).map(({ text }): AccessChange => ({ effect: 'widens', text: line('+', text) })),
    // Only what is denied narrows: `Allow` with `NotAction`, and what cannot be read, give rights.
    ...iam.statements.additions.map((it): AccessChange => ({ effect: hasEffect(it, 'Deny') ? 'narrows' : 'widens', text: line('+', statement(it.render())) })),
    ...iam.statements.removals.map((it): AccessChange => ({ effect: hasEffect(it, 'Allow') ? 'narrows' : 'widens', text: line('-', statement(it.render())) })),
    ...iam.managedPolicies.additions.map((it): AccessChange => ({ effect: 'widens', text: line('+', `policy ${plain(it.managedPolicyArn)} to ${plain(it.identityArn)}`) })),
    ...iam.managedPolicies.removals.map((it): AccessChange => ({ effect: 'narrows', text: line('-', `policy ${plain(it.managedPolicyArn)} of ${plain(it.identityArn)}`) })),
    ...iam.ssoPermissionSets.additions.map((it): AccessChange => ({ effect: 'widens', text: line('+', `permission set ${plain(it.name ?? it.cfnLogicalId)}`) })),
    ...iam.ssoPermissionSets.removals.map((it): AccessChange => ({ effect: 'narrows', text: line('-', `permission set ${plain(it.name ?? it.cfnLogicalId)}`) })),
    ...iam.ssoAssignments.additions.map((it): AccessChange => ({ effect: 'widens', text: line('+', `assignment ${plain(it.cfnLogicalId)} of a permission set`) })),
    ...iam.ssoAssignments.removals.map((it): AccessChange => ({ effect: 'narrows', text: line('-', `assignment ${plain(it.cfnLogicalId)} of a permission set`) })),
    ...iam.ssoInstanceACAConfigs.additions.map((it): AccessChange => ({ effect: 'widens', text: line('+', `access control attributes ${plain(it.cfnLogicalId)}`) })),
    ...iam.ssoInstanceACAConfigs.removals.map((it): AccessChange => ({ effect: 'narrows', text: line('-', `access control attributes ${plain(it.cfnLogicalId)}`) })),
  ];
  const hidden = unread.filter((it) => isNetwork(it)).map(({ text }): NetworkChange => ({ effect: 'opens', text: line('+', text) }));
  const rules = (['ingress', 'egress'] as const).flatMap((way): NetworkChange[] => {
    const word = way === 'ingress' ? 'in from' : 'out to';
    return [
      ...groups[way].additions.map((it): NetworkChange => ({ effect: 'opens', text: line('+', `${plain(it.groupId)}: ${word} ${plain(it.describePeer())}, ${plain(it.describeProtocol())}`) })),
      ...groups[way].removals.map((it): NetworkChange => ({ effect: 'closes', text: line('-', `${plain(it.groupId)}: ${word} ${plain(it.describePeer())}, ${plain(it.describeProtocol())}`) })),
    ];
  });
  return {
    access: cut([...access].sort(widerFirst), (number) => ({ effect: 'widens', text: `and ${String(number)} more statements` })),
    network: cut([...hidden, ...rules], (number) => ({ effect: 'opens', text: `and ${String(number)} more rules` })),
  };
}

const widerFirst = (a: AccessChange, b: AccessChange): number => (a.effect === b.effect ? 0 : a.effect === 'widens' ? -1 : 1);
