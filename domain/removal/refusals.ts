import type { StackEnd } from '../../contracts/outcome.ts';

/** A resource that CloudFormation could not delete, in its words. */
export interface Refused {
  /** `Nested/Logical` for one in a nested stack. */
  readonly logicalId: string;
  readonly type: string;
  readonly reason: string;
}

interface Rule {
  readonly words: RegExp;
  /** It may go by itself after a while, or is emptied once more. */
  readonly again: boolean;
  readonly advice: string;
}

/**
 * What AWS says when it does not delete something. Words of the services as CloudFormation hands them on, from its
 * documentation (CloudFormation User Guide, "Troubleshooting") and reports: a deletion has no codes of its own.
 */
const rules: readonly Rule[] = [
  // Network interfaces of functions and endpoints go minutes after what used them.
  { words: /DependencyViolation|has a dependent object|has dependencies and cannot be deleted|network interface.*(in use|attached)|(currently|already) in use|is in use by/i, again: true, advice: 'Find what still uses it, which no stack of this target owns, and remove that' },
  { words: /BucketNotEmpty|bucket you tried to delete is not empty/i, again: true, advice: 'Something still writes to it, or it may not be emptied: stop the writer, or empty it by hand' },
  { words: /RepositoryNotEmpty|still contains images/i, again: true, advice: 'Something still pushes to it, or it may not be emptied: stop that, or delete the images by hand' },
  { words: /Throttling|Rate exceeded|Too ?Many ?Requests|ServiceUnavailable|InternalError|InternalFailure|ServiceInternalError|try again/i, again: true, advice: 'Wait until AWS is less busy' },
  { words: /Export .* cannot be deleted|is imported by/i, again: false, advice: 'Remove what imports it first' },
  { words: /AccessDenied|not authorized|UnauthorizedOperation|Forbidden/i, again: false, advice: 'Let the role drawbridge-cloudformation of the account do this (DeploymentPolicyArns of infra/target-account.yaml), or delete the resource by hand' },
  { words: /protection/i, again: false, advice: 'Switch the protection of the resource off' },
];

/** An export that is in use says so too, and it does not pass. */
const ruleOf = (reason: string): Rule | undefined => rules.find(({ words, again }) => !again && words.test(reason)) ?? rules.find(({ words }) => words.test(reason));

/** Trying again helps only where it may help everything that was refused. */
export const mayPass = (refused: readonly Refused[]): boolean => refused.length > 0 && refused.every(({ reason }) => ruleOf(reason)?.again === true);

/** The one that a person should look at first: what does not pass by itself. */
const firstOf = (refused: readonly Refused[]): Refused | undefined => refused.find(({ reason }) => ruleOf(reason)?.again !== true) ?? refused[0];

const usual = 'Delete what holds it back, or delete the stack in its account and keep that resource';

/** AWS's words end in a request id that nobody needs, and may end in a full stop. */
const shortened = (reason: string): string => reason.replace(/[;,]? ?(Extended Request ID|Request ?ID|RequestToken|Proxy): ?[^;,)]*/gi, '').replace(/ ?\(\s*\)/g, '').trim().replace(/\.$/, '');

/** A stack that is there still, as CloudFormation leaves it. */
interface Undeleted {
  readonly name: string;
  readonly status: string;
  readonly reason?: string | undefined;
}

/**
 * How a deletion ended after which the stack is there still: half deleted, or refused as a whole.
 * @param advice what to do about it, where that is not what a release advises
 */
export function deletionEnd({ name, status, reason }: Undeleted, refused: readonly Refused[], advice?: string): StackEnd {
  const first = firstOf(refused);
  const others = refused.length - 1;
  const what = first === undefined ? (reason ?? `CloudFormation leaves it in ${status} and gives no reason`) : `AWS does not delete ${first.logicalId} (${first.type}): ${shortened(first.reason)}`;
  const more = others > 0 ? ` And ${String(others)} more ${others === 1 ? 'resource' : 'resources'}.` : '';
  const then = advice ?? `${ruleOf(first?.reason ?? reason ?? '')?.advice ?? usual}, then retry the release`;
  return {
    outcome: 'failed',
    stackStatus: status,
    clean: false,
    reason: `Removing the stack ${name}: ${what.replace(/\.$/, '')}.${more} ${then}.`,
    ...(mayPass(refused) ? { again: true } : {}),
  };
}
