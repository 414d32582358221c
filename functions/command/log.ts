import { readLogPage } from '../../aws/build-logs.ts';
import { readBuild } from '../../aws/codebuild.ts';
import type { LogAnswer } from '../../contracts/commands.ts';
import { buildAnswer, isOfAttempt } from '../../domain/build-answer.ts';
import { known, type Where } from './releases.ts';

/** The next lines of what the release's own build wrote. */
export async function log({ tableName }: Pick<Where, 'tableName'>, id: string, place: string | undefined): Promise<LogAnswer> {
  const release = await known(tableName, id);
  // Asked for before the log: of a build that had ended by then the end of the log is the end.
  const build = release.buildId === undefined ? undefined : await readBuild(release.buildId);
  const going = release.state === 'running' && release.artifact === undefined;
  if (build === undefined) return { lines: [], done: release.buildId !== undefined || !going };
  // A try that builds again has a build of its own, which is still to come.
  if (going && !isOfAttempt(build, release.attempt)) return { lines: [], done: false };
  const uuid = build.id.slice(build.id.indexOf(':') + 1);
  const after = place?.startsWith(`${uuid}~`) === true ? place.slice(uuid.length + 1) : undefined;
  const { lines, next } = await readLogPage(build, after);
  // Only the same token again says that nothing follows; a page may be empty in between (CloudWatch Logs API: GetLogEvents).
  return { lines: [...lines], ...(next === undefined ? {} : { next: `${uuid}~${next}` }), done: next === after && buildAnswer(build.status) !== undefined };
}
