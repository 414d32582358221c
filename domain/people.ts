import type { Approval, Delegation, Quorum } from '../contracts/approval.ts';
import type { Environments, RegisteredApproval } from '../contracts/environments.ts';
import type { Person } from './approval.ts';
import { withoutPath } from './callers.ts';
import { approversOf } from './quorum.ts';

/** Names of approvers, groups opened, each once. */
export function membersOf({ groups }: Pick<Environments, 'groups'>, names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => groups[name] ?? [name]))];
}

/** What a registered approval asks for: one quorum for people by name, or one for each group. */
export function quorumsOf(registry: Pick<Environments, 'groups'>, { approvers, required = 1, groups }: Pick<RegisteredApproval, 'approvers' | 'required' | 'groups'>): Quorum[] {
  if (groups !== undefined) return Object.entries(groups).map(([from, number]) => ({ from, approvers: membersOf(registry, [from]), required: number }));
  return [{ from: 'approvers', approvers: membersOf(registry, approvers ?? []), required }];
}

/** As commits, pushes and sessions may name an approver: addresses and principal, lower-case. */
export function identitiesOf({ approvers }: Pick<Environments, 'approvers'>, name: string): string[] {
  const { email, commits = [], principal } = approvers[name] ?? {};
  return [email, ...commits, ...(principal === undefined ? [] : [principal, withoutPath(principal)])].filter((it) => it !== undefined).map((it) => it.toLowerCase());
}

/** The delegations that hold now: the newest of each approver. */
export function standing(delegations: readonly Delegation[], now: Date): Delegation[] {
  const newest = new Map<string, Delegation>();
  for (const it of [...delegations].sort((a, b) => a.at.localeCompare(b.at))) newest.set(it.approver, it);
  return [...newest.values()].filter(({ to, until }) => to !== undefined && until > now.toISOString());
}

/** Everybody who is asked, and whoever answers in their place now. */
export function everybodyAsked({ quorums }: Pick<Approval, 'quorums'>, delegations: readonly Delegation[], now: Date): string[] {
  const people = approversOf(quorums);
  const deputies = standing(delegations, now).flatMap(({ approver, to }) => (to !== undefined && people.includes(approver) ? [to] : []));
  return [...new Set([...people, ...deputies])];
}

/** An approver with whom they stand for. Who wrote a commit cannot have another say yes in their place. */
export function personOf(registry: Pick<Environments, 'approvers'>, name: string, delegations: readonly Delegation[], authors: readonly string[]): Person {
  const standsFor = delegations
    .filter(({ to, approver }) => to === name && Object.hasOwn(registry.approvers, approver) && !identitiesOf(registry, approver).some((identity) => authors.includes(identity)))
    .map(({ approver }) => approver);
  return { identities: identitiesOf(registry, name), standsFor };
}
