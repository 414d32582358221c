import { performance } from 'node:perf_hooks';
import { answerByLink, linkOf, registryWith } from '../test/local/office.ts';
import { parametersApplication } from '../test/local/templates.ts';
import type { Town } from '../test/local/town.ts';
import { median } from './print.ts';

const rounds = 5;

/** From a person's yes to ExecuteChangeSet in the target account, and what the page that they said it on weighs. */
export async function answers(town: Town): Promise<Readonly<Record<string, string | number>>[]> {
  const [app] = await town.applications('answers');
  if (app === undefined) return [];
  await town.system.register(registryWith(town, ['answers'], { gate: { approval: { approvers: ['alex', 'robin'] } } }));
  const reactions: number[] = [];
  const pages: number[] = [];
  const sizes: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const release = await app.releaseOf(await app.push(parametersApplication({ values: { One: String(round) }, order: ['gate'] }), `Round ${String(round)}`));
    await town.waitsIn(release, 'gate');
    const link = await linkOf(town, 'alex', release);
    const opened = performance.now();
    sizes.push(Buffer.byteLength(await (await fetch(link)).text()));
    pages.push(performance.now() - opened);
    await town.system.cloud.admin.resetCalls();
    const said = Date.now();
    await answerByLink(link, 'approve');
    await town.ended(release);
    const executed = (await town.system.cloud.admin.calls()).find(({ action }) => action === 'ExecuteChangeSet');
    if (executed !== undefined) reactions.push(executed.time * 1000 - said);
  }
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  return [
    { what: 'yes on the page to ExecuteChangeSet, s', median: seconds(median(reactions)), most: seconds(Math.max(...reactions)), of: reactions.length },
    { what: 'page opened, s', median: seconds(median(pages)), most: seconds(Math.max(...pages)), of: pages.length },
    { what: 'page, KB', median: (median(sizes) / 1024).toFixed(1), most: (Math.max(...sizes) / 1024).toFixed(1), of: sizes.length },
  ];
}
