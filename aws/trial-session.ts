import { doctorPolicy } from '../domain/doctor/session.ts';
import { AccessDeniedError } from '../domain/errors.ts';
import { roleArn, sessionTags } from '../domain/session.ts';
import { assumeRole, type Credentials } from './sts.ts';

export type Trial = { readonly allowed: true; readonly credentials: Credentials } | { readonly allowed: false; readonly because: string };

async function tried(assume: () => Promise<Credentials>): Promise<Trial> {
  try {
    return { allowed: true, credentials: await assume() };
  } catch (error) {
    if (error instanceof AccessDeniedError) return { allowed: false, because: error.cause instanceof Error ? error.cause.message : error.message };
    throw error;
  }
}

const session = (account: string, bucket: string) => ({ RoleArn: roleArn(account, 'plan'), RoleSessionName: 'doctor', Policy: doctorPolicy(bucket) });

/** As a release would: with the external id and with tags, which the trust has to let in too. */
export async function tryAsARelease({ account, externalId }: { account: string; externalId: string }, environment: string, bucket: string): Promise<Trial> {
  const tags = sessionTags({ release: 'doctor', environment, application: 'doctor', commit: 'none' });
  return await tried(() => assumeRole(`assuming ${roleArn(account, 'plan')}`, { ...session(account, bucket), ExternalId: externalId, Tags: tags }));
}

/** As a stranger might. Without tags, for a trust that refuses those would hide that it takes everything else. */
export async function tryAsAStranger(account: string, externalId: string | undefined, bucket: string): Promise<boolean> {
  const { allowed } = await tried(() => assumeRole(`trying ${roleArn(account, 'plan')}`, { ...session(account, bucket), ...(externalId === undefined ? {} : { ExternalId: externalId }) }));
  return allowed;
}
