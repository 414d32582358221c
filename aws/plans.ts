import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { Plan, PlanTemplates, type RevisionPlan } from '../contracts/plan.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const s3 = once(() => new S3Client(retries));

const planKey = ({ release, environment, target, attempt }: Pick<Plan, 'release' | 'environment' | 'target' | 'attempt'>) => `plans/${release}/${environment}/${target}/${attempt}.json`;

async function store(bucket: string, plan: Plan | RevisionPlan): Promise<string> {
  const key = planKey(plan);
  await calling(`storing the plan ${key}`, () =>
    s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(plan), ContentType: 'application/json' })),
  );
  return key;
}

/** Keeps a plan whole. @returns its key, which the target's row names */
export const storePlan = (bucket: string, plan: Plan): Promise<string> => store(bucket, plan);
export const storeRevisionPlan = (bucket: string, plan: RevisionPlan): Promise<string> => store(bucket, plan);

const templatesKey = (planKey: string) => planKey.replace(/\.json$/, '.templates.json');

/** Keeps beside a plan what it is compared by. */
export async function storeTemplates(bucket: string, planKey: string, templates: PlanTemplates): Promise<void> {
  await calling(`storing the templates of the plan ${planKey}`, () =>
    s3().send(new PutObjectCommand({ Bucket: bucket, Key: templatesKey(planKey), Body: JSON.stringify(templates), ContentType: 'application/json' })),
  );
}

async function read<Schema extends z.ZodType>(bucket: string, key: string, schema: Schema): Promise<z.output<Schema> | undefined> {
  return await calling(`reading ${key}`, async () => {
    try {
      const answer = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return schema.parse(JSON.parse((await answer.Body?.transformToString()) ?? ''));
    } catch (error) {
      if (isNamed(error, 'NoSuchKey')) return undefined;
      throw error;
    }
  });
}

/** The stored plan of a stack, or `undefined` when it is not there. */
export const readPlan = (bucket: string, key: string): Promise<Plan | undefined> => read(bucket, key, Plan);

/** What a plan is compared by, or `undefined` when it is not there. */
export const readTemplatesOf = (bucket: string, planKey: string): Promise<PlanTemplates | undefined> => read(bucket, templatesKey(planKey), PlanTemplates);
