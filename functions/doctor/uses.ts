import type { functionConcurrency, serviceQuotas } from '../../aws/quotas.ts';
import type { Registration } from '../../aws/registry.ts';
import type { Credentials } from '../../aws/sts.ts';
import type { countStacks, readAs } from '../../aws/target-look.ts';
import type { Trial } from '../../aws/trial-session.ts';
import type { TargetRecord } from '../../contracts/plan.ts';
import type { Configuration } from '../../contracts/release.ts';
import type { Machine } from '../../domain/doctor/tools-checks.ts';

interface Where {
  readonly account: string;
  readonly region: string;
}

/** What the doctor looks with. Each look may fail for itself. */
export interface Uses {
  findRegistry(): Promise<Registration | undefined>;
  hasRepository(repository: string): Promise<boolean>;
  findProject(project: string): Promise<Machine | undefined>;
  buildQuotas(): ReturnType<typeof serviceQuotas>;
  functionConcurrency(): ReturnType<typeof functionConcurrency>;
  newestConfiguration(application: string): Promise<Configuration | undefined>;
  /** The newest record of each target that an application was deployed into. */
  deployedTargets(application: string): Promise<TargetRecord[]>;
  lastEvent(where: Where): Promise<string | undefined>;
  writeCanary(): Promise<void>;
  asARelease(account: { account: string; externalId: string }, environment: string): Promise<Trial>;
  asAStranger(account: string, externalId?: string): Promise<boolean>;
  readCanary(session: Credentials): ReturnType<typeof readAs>;
  countStacks(session: Credentials, region: string): ReturnType<typeof countStacks>;
  trailIsLogging(session: Credentials, region: string): Promise<boolean>;
  configIsRecording(session: Credentials, region: string): Promise<boolean>;
}
