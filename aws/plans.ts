import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Plan } from '../contracts/plan.ts';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';

const s3 = once(() => new S3Client(retries));

const planKey = ({ release, environment, target, attempt }: Pick<Plan, 'release' | 'environment' | 'target' | 'attempt'>) => `plans/${release}/${environment}/${target}/${attempt}.json`;

/** Keeps a plan whole. @returns its key, which the target's row names */
export async function storePlan(bucket: string, plan: Plan): Promise<string> {
  const key = planKey(plan);
  await calling(`storing the plan ${key}`, () =>
    s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(plan), ContentType: 'application/json' })),
  );
  return key;
}

/** A stored plan, or `undefined` when it is not there. */
export async function readPlan(bucket: string, key: string): Promise<Plan | undefined> {
  return await calling(`reading the plan ${key}`, async () => {
    try {
      const answer = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Plan.parse(JSON.parse((await answer.Body?.transformToString()) ?? ''));
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  });
}
