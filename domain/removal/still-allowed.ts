import type { Environments } from '../../contracts/environments.ts';
import type { ResolvedEnvironment } from '../../contracts/release.ts';
import { refusal, weakerApproval } from '../still-allowed.ts';
import { removalApproval } from './resolve.ts';

/**
 * Why a removal must not go on as it was resolved, or `undefined`. That application, environment or account have left the
 * registered environments is no reason: it may be why it is removed. But it never asks fewer people than now.
 */
export function removalRefusal(registered: Environments, resolved: ResolvedEnvironment): string | undefined {
  const demanded = removalApproval(registered, resolved);
  if (demanded === 'none') return 'a person must say yes to a removal, and no approver is registered any more';
  if (demanded !== undefined && resolved.approval === undefined) return `${resolved.name} is no environment of a sandbox any more, so a person must say yes`;
  const moved = resolved.targets.find(({ account, externalId }) => Object.values(registered.accounts).some((it) => it.id === account && it.externalId !== externalId));
  if (moved !== undefined) return `the account ${moved.account} is registered with another external id now`;
  return weakerApproval(demanded, resolved);
}

/** Why the newest registered environments do not let a release go on, whatever it does. */
export const refusalOf = (registered: Environments, release: Parameters<typeof refusal>[1], resolved: ResolvedEnvironment): string | undefined =>
  release.mode === 'remove' ? removalRefusal(registered, resolved) : refusal(registered, release, resolved);
