import type { Environments } from '../contracts/environments.ts';
import type { ResolvedEnvironment } from '../contracts/release.ts';
import { resolvedApproval } from './configuration/resolve.ts';

/** One of everybody who may approve anything, where a person must be asked and nobody is named; `undefined` where nobody is registered. */
export function everybodysApproval(registry: Pick<Environments, 'approvers' | 'groups'>): NonNullable<ResolvedEnvironment['approval']> | undefined {
  const approvers = Object.keys(registry.approvers);
  // Whose it is does not answer it, unless there is nobody else.
  return approvers.length === 0 ? undefined : resolvedApproval(registry, { approvers, required: 1, expires: '3 days', authorMayApprove: approvers.length === 1 });
}
