import type { Environments } from '../contracts/environments.ts';
import type { Release, ResolvedEnvironment, Target } from '../contracts/release.ts';
import { takes } from './accepting.ts';
import { nameOfGroup } from './code-deploy.ts';
import { registeredName } from './registered-name.ts';
import { resolvedApproval } from './configuration/resolve.ts';
import { quorumSentence } from './quorum.ts';
import { inSentence } from './reference.ts';
import { isRegistered, registeredSource } from './source.ts';
import { stackPatterns } from './stack-patterns.ts';
import { notAsUpload } from './uploads/counts-as.ts';
import { fits } from './wildcard.ts';

/**
 * Why the newest registered environments do not let the release go on as it was resolved, or `undefined` when they do.
 * What was resolved at the start may only have become stricter than what is registered now, never weaker.
 */
export function refusal(registered: Environments, release: Pick<Release, 'application' | 'branch' | 'mode' | 'source' | 'tag'>, resolved: ResolvedEnvironment): string | undefined {
  const name = registeredName(resolved);
  const environment = registered.environments[name];
  if (environment === undefined) return `the environment ${name} is not registered any more`;
  if (resolved.registered !== undefined && !environment.disposable) return `${name} is not disposable any more, so no branch has an environment there`;
  if (resolved.registered === undefined && environment.disposable && release.mode !== 'plan') return `${name} is disposable now, so it takes no release under its own name`;
  const application = registered.applications[release.application];
  if (application === undefined) return `the application ${release.application} is not registered any more`;
  if (!isRegistered(application, release.application, release.source)) return `the application ${release.application} is registered with another source now: ${registeredSource(application)}`;
  const disallowed = release.source.kind === 's3' ? notAsUpload(release.application, application.upload, release) : undefined;
  if (disallowed !== undefined) return `the upload counts no longer as what it was: ${disallowed}`;
  if (environment.applications?.includes(release.application) === false) return `${name} does not accept ${release.application} any more`;
  if (release.mode !== 'plan' && !takes(environment, release)) return `${name} does not accept ${inSentence(release)} any more`;

  const stacks = stackPatterns(release.application, application);
  for (const target of resolved.targets) {
    const registeredTarget = environment.targets.find(
      ({ account, region, stack, codeDeploy }) => registered.accounts[account]?.id === target.account && region === target.region && isPlace(target, stack, codeDeploy),
    );
    if (registeredTarget === undefined) return `${target.name} (${target.account}, ${target.region}) is not a target of ${name} any more`;
    if (registered.accounts[registeredTarget.account]?.externalId !== target.externalId) return `the account ${target.account} is registered with another external id now`;
    if (registeredTarget.stack === undefined && target.codeDeploy === undefined && !stacks.some((pattern) => fits(pattern, target.stackName))) return `${release.application} may not use the stack name ${target.stackName} any more`;
  }
  return weakerApproval(environment.approval === undefined ? undefined : resolvedApproval(registered, environment.approval), resolved);
}

const isPlace = ({ stackName, codeDeploy }: Pick<Target, 'stackName' | 'codeDeploy'>, stack: string | undefined, group: Target['codeDeploy']): boolean =>
  group === undefined ? codeDeploy === undefined && (stack === undefined || stack === stackName) : codeDeploy !== undefined && nameOfGroup(group) === nameOfGroup(codeDeploy);

/** What was resolved asks for less than what is demanded now. */
export function weakerApproval(demanded: ResolvedEnvironment['approval'], { name, approval }: ResolvedEnvironment): string | undefined {
  if (demanded === undefined) return undefined;
  if (approval === undefined) return `${name} asks for an approval now`;
  for (const { from, required, approvers } of demanded.quorums) {
    const pinned = approval.quorums.find((quorum) => quorum.from === from);
    if (pinned === undefined || pinned.required < required) return `${name} asks for ${quorumSentence(demanded.quorums)} now`;
    const gone = pinned.approvers.find((approver) => !approvers.includes(approver));
    if (gone !== undefined) return `${gone} may not approve for ${name} any more`;
  }
  const lost = approval.breakGlass.find((approver) => !demanded.breakGlass.includes(approver));
  if (lost !== undefined) return `${lost} may not break the glass for ${name} any more`;
  return approval.authorMayApprove && !demanded.authorMayApprove ? `${name} does not let authors approve their own commits any more` : undefined;
}
