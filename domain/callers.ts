import type { Environments } from '../contracts/environments.ts';

/** The role of a session: `arn:aws:sts::1:assumed-role/Role/session` is `arn:aws:iam::1:role/Role`. A role's path is not in a session's ARN. */
export function principalOf(userArn: string): string {
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(userArn);
  return session === null ? userArn : `arn:${session[1] ?? 'aws'}:iam::${session[2] ?? ''}:role/${session[3] ?? ''}`;
}

/** As a session's ARN would name it. */
export const withoutPath = (arn: string): string => arn.replace(/:(user|role)\/(?:.*\/)?([^/]+)$/, ':$1/$2');

/** The approver whose principal the caller is, if there is one. */
export function approverOf(registry: Environments, userArn: string): string | undefined {
  const principal = principalOf(userArn);
  return Object.entries(registry.approvers).find(([, { principal: registered }]) => registered !== undefined && (registered === principal || (principal !== userArn && withoutPath(registered) === principal)))?.[0];
}

/** How a caller is called in sentences: as the approver, else by the principal. */
export const callerName = (registry: Environments, userArn: string): string => approverOf(registry, userArn) ?? principalOf(userArn);
