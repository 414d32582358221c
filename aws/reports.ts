import { randomBytes } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type AnyReport, type EnvironmentReport, type Report, reportDetailType, reportSource, StoryLine } from '../contracts/report.ts';
import { TransientError } from '../domain/errors.ts';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';
import { queryRows, writeRow } from './rows.ts';
import { keys } from './table.ts';

const eventBridge = once(() => new EventBridgeClient(retries));

/**
 * Says what happened: a line in the release's story, which is never changed afterwards, and an event for everyone else.
 * @param by the person who did it, where it was a person
 */
export async function report(where: { tableName: string; busName: string }, what: Report, now: Date, by?: string): Promise<void> {
  const at = now.toISOString();
  const { application: _, ...line } = what;
  await writeRow(where.tableName, keys.story(what.release, at, randomBytes(4).toString('hex')), { ...line, at, by });
  await put(where.busName, what, `${what.about} of ${what.release}`);
}

/** Says what happened to an environment: an event for everyone. Releases on their way there have it in their stories besides. */
export async function reportOnEnvironment(where: { busName: string }, what: EnvironmentReport): Promise<void> {
  await put(where.busName, what, `environment ${what.environment}`);
}

async function put(busName: string, what: AnyReport, whose: string): Promise<void> {
  const answer = await calling(`reporting that ${whose} is ${what.kind}`, () =>
    eventBridge().send(new PutEventsCommand({ Entries: [{ EventBusName: busName, Source: reportSource, DetailType: reportDetailType, Detail: JSON.stringify(what) }] })),
  );
  // A 200 may hold a failure (F 1.18).
  if ((answer.FailedEntryCount ?? 0) > 0) {
    throw new TransientError(`Reporting on ${whose}: EventBridge did not take the event (${answer.Entries?.[0]?.ErrorMessage ?? 'no reason given'}). It is tried again.`);
  }
}

/** The story of a release, oldest line first. */
export async function readStory(tableName: string, release: string): Promise<StoryLine[]> {
  return await queryRows(tableName, { pk: keys.release(release).pk, skBegins: 'STORY#' }, StoryLine);
}
