import type { Outcome } from '../../contracts/outcome.ts';
import type { TargetRecord } from '../../contracts/plan.ts';
import type { Target } from '../../contracts/release.ts';
import { canonical, sha256 } from '../digest.ts';

interface Closed {
  readonly answer: 'close';
  readonly outcome: Outcome;
  readonly reason: string;
}
export type RemovalCheck = { readonly answer: 'remove' | 'busy' } | Closed;

const close = (outcome: Outcome, reason: string): Closed => ({ answer: 'close', outcome, reason });

/** What the target says under the lock: the stack must own what it owned when this was approved. */
export function checkRemoval(planned: string | undefined, found: string): RemovalCheck {
  return planned === found ? { answer: 'remove' } : close('stale', 'The stack owns something else than when its removal was planned. It is planned again.');
}

export const gone = (stackName: string): Closed => close('removed', `The stack ${stackName} was gone already.`);
export const nothingThere = (target: string): Closed => close('removed', `Nothing is deployed to ${target} any more.`);
export const refused = (reason: string): Closed => close('failed', reason);

const groupSentence = (group: string) => `The deployment group ${group} stays as it is, with what runs there: it is not Drawbridge's to delete. Nothing is deployed to it any more.`;
export const groupStays = ({ stackName }: Pick<Target, 'stackName'>): Closed => close('removed', groupSentence(stackName));

/** A deployment group of CodeDeploy was there before Drawbridge deployed to it: its removal is that it is forgotten. */
export const groupPlan = ({ account, region, stackName }: Pick<Target, 'account' | 'region' | 'stackName'>): Pick<TargetRecord, 'digest' | 'counts' | 'risks' | 'facts' | 'kept'> => ({
  digest: sha256(canonical({ removal: { account, region, group: stackName } })),
  counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 },
  risks: [groupSentence(stackName)],
  facts: [{ kind: 'changes', type: 'AWS::CodeDeploy::DeploymentGroup', count: 1 }],
  kept: [],
});
