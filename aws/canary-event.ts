import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { canaryDetailType, type CanaryEvent, canarySource } from '../contracts/canary.ts';
import { AccessDeniedError } from '../domain/errors.ts';
import { calling } from './errors.ts';
import type { Credentials } from './sts.ts';

/**
 * Puts a test event on the default bus of a target account, where CloudFormation puts its own.
 * @returns `false` where the account does not let it: its stack is older than the test event
 */
export async function sendCanary(credentials: Credentials, region: string, sentAt: string): Promise<boolean> {
  const client = new EventBridgeClient({ maxAttempts: 2, region, credentials: { ...credentials } });
  const detail: CanaryEvent['detail'] = { sentAt };
  const entry = { Source: canarySource, DetailType: canaryDetailType, Detail: JSON.stringify(detail) };
  try {
    const { FailedEntryCount, Entries } = await calling('sending a test event', () => client.send(new PutEventsCommand({ Entries: [entry] })));
    // A 200 may hold a failure (F 1.18).
    if ((FailedEntryCount ?? 0) > 0) throw new Error(`EventBridge did not take a test event: ${Entries?.[0]?.ErrorMessage ?? 'no reason given'}`);
    return true;
  } catch (error) {
    if (error instanceof AccessDeniedError) return false;
    throw error;
  }
}
