import type { functionConcurrency, serviceQuotas } from '../../aws/quotas.ts';
import type { Registration } from '../../aws/registry.ts';
import type { Finding, Place } from '../../contracts/doctor.ts';
import type { Halt } from '../../contracts/halt.ts';
import type { Configuration } from '../../contracts/release.ts';
import type { TemplateUse } from '../../domain/doctor/own-names.ts';
import type { Machine } from '../../domain/doctor/tools-checks.ts';

/** What the doctor looks with. Each look may fail for itself. */
export interface Uses {
  findRegistry(): Promise<Registration | undefined>;
  listHalts(): Promise<readonly Halt[]>;
  hasRepository(repository: string): Promise<boolean>;
  findProject(project: string): Promise<Machine | undefined>;
  buildQuotas(): ReturnType<typeof serviceQuotas>;
  functionConcurrency(): ReturnType<typeof functionConcurrency>;
  newestConfiguration(application: string): Promise<Configuration | undefined>;
  /** The templates of the newest release that was built, with what they are for. */
  newestTemplates(application: string): Promise<readonly TemplateUse[]>;
  /** What is found in a target account. */
  examinePlace(place: Place, environment: string): Promise<readonly Finding[]>;
}
