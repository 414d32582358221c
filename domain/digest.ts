import { createHash } from 'node:crypto';
import type { Plan } from '../contracts/plan.ts';

/** JSON with sorted keys and without what is undefined, so that equal content is equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a plan would do, and nothing of when, by whom or under which name it was made. */
export type PlanContent = Pick<
  Plan,
  'account' | 'region' | 'stackName' | 'operation' | 'templateSha256' | 'parameters' | 'tags' | 'capabilities' | 'roleArn' | 'changes' | 'outputsOnly' | 'steps' | 'kept' | 'emptied' | 'takesOver'
>;

/** The changes must be normalised. */
export function planDigest(content: PlanContent): string {
  const { account, region, stackName, operation, templateSha256, parameters, tags, roleArn, changes, outputsOnly, kept, emptied, takesOver } = content;
  const capabilities = [...content.capabilities].sort();
  const steps = content.steps?.map(({ digest, done }) => ({ digest, done }));
  return sha256(canonical({ account, region, stackName, operation, templateSha256, parameters, tags, capabilities, roleArn, changes, outputsOnly, steps, kept, emptied, takesOver: takesOver === undefined ? undefined : true }));
}

/** What a target without changes counts as in the digest of its environment. */
export const nothing = 'no-changes';

/** One fingerprint of all plans of an environment: what an approval says yes to. */
export function environmentDigest(targets: readonly { readonly target: string; readonly digest: string }[]): string {
  const sorted = targets.map(({ target, digest }) => ({ target, digest })).sort((left, right) => (left.target < right.target ? -1 : 1));
  return sha256(canonical(sorted));
}
