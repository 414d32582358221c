import type { DeclaredStep } from '../contracts/steps.ts';
import { InvalidInputError } from './errors.ts';
import { longestPolicy } from './session.ts';

interface Where {
  readonly account: string;
  readonly region: string;
  readonly application: string;
  /** Where what is published lies. */
  readonly artifactBucket: string;
}

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

function statementsOf(step: DeclaredStep, { account, region, application, artifactBucket }: Where): Statement[] {
  if (step.kind === 'parameters') return [{ Action: ['ssm:GetParameters', 'ssm:PutParameter'], Resource: Object.keys(step.values).map((path) => `arn:aws:ssm:${region}:${account}:parameter${path}`) }];
  const bucket = `arn:aws:s3:::${step.bucket}`;
  return [
    { Action: ['s3:ListBucket'], Resource: bucket },
    { Action: ['s3:GetObject', 's3:PutObject', ...(step.delete ? ['s3:DeleteObject'] : [])], Resource: `${bucket}/${step.prefix}*` },
    { Action: ['s3:GetObject'], Resource: `arn:aws:s3:::${artifactBucket}/sealed/${application}/*` },
    // Which keys is the role's business: the artifacts' own, and those that the account named for its buckets.
    { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*' },
    ...(step.invalidate === undefined ? [] : [{ Action: ['cloudfront:CreateInvalidation'], Resource: `arn:aws:cloudfront::${account}:distribution/${step.invalidate}` }]),
  ];
}

/**
 * Narrows a session to what one step names: the bucket and prefix, the distribution, the parameters.
 * @throws InvalidInputError when it is longer than STS takes
 */
export function stepPolicy(step: DeclaredStep, where: Where): string {
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statementsOf(step, where).map((statement) => ({ Effect: 'Allow', ...statement })) });
  if (policy.length > longestPolicy) throw new InvalidInputError(`the policy that narrows its session has ${String(policy.length)} characters, STS takes ${String(longestPolicy)}. Write fewer parameters in one step, or shorter names`);
  return policy;
}
