import { BatchGetBuildsCommand, CodeBuildClient, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import type { Town } from '../test/local/town.ts';

/** Milliseconds of an application's newest build, as CodeBuild's own record of it says. */
export interface BuildTime {
  /** The phase in which the control plane's program is fetched and run. */
  readonly program: number;
  /** From StartBuild to the end: CodeBuild's preparations and the download of the source too. */
  readonly whole: number;
}

export async function newestBuild(town: Town, application: string): Promise<BuildTime> {
  const client = new CodeBuildClient(town.client());
  const { ids = [] } = await client.send(new ListBuildsForProjectCommand({ projectName: `drawbridge-build-${application}`, sortOrder: 'DESCENDING' }));
  const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids: ids.slice(0, 1) }));
  const [build] = builds;
  const phase = build?.phases?.find(({ phaseType }) => phaseType === 'BUILD');
  return { program: between(phase), whole: between(build) };
}

/** @throws Error where it has not ended: what is missing is no zero */
function between(it: { readonly startTime?: Date | undefined; readonly endTime?: Date | undefined } | undefined): number {
  if (it?.startTime === undefined || it.endTime === undefined) throw new Error('Measuring a build: its record does not say when it began and ended.');
  return it.endTime.getTime() - it.startTime.getTime();
}
