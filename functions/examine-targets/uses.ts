import type { lastEvents } from '../../aws/events-seen.ts';
import type { Credentials } from '../../aws/sts.ts';
import type { countStacks, readAs } from '../../aws/target-look.ts';
import type { Trial } from '../../aws/trial-session.ts';
import type { Place } from '../../contracts/doctor.ts';

/** What a target is looked at with. Each look may fail for itself. */
export interface Uses {
  lastEvents(where: { readonly account: string; readonly region: string }): ReturnType<typeof lastEvents>;
  /** `false` where the account does not let it. */
  sendCanary(session: Credentials, region: string, sentAt: string): Promise<boolean>;
  hasArtifactBucket(region: string): boolean;
  writeCanary(region: string): Promise<void>;
  asARelease(place: Place, environment: string): Promise<Trial>;
  asAStranger(account: string, externalId?: string): Promise<boolean>;
  readCanary(session: Credentials, region: string): ReturnType<typeof readAs>;
  countStacks(session: Credentials, region: string): ReturnType<typeof countStacks>;
  trailIsLogging(session: Credentials, region: string): Promise<boolean>;
  configIsRecording(session: Credentials, region: string): Promise<boolean>;
  now(): Date;
  pause(milliseconds: number): Promise<void>;
}
