import { setTimeout as sleep } from 'node:timers/promises';
import { DoorError } from '../../aws/door-client.ts';
import { ShowAnswer, StartedAnswer } from '../../contracts/commands.ts';
import type { Item } from '../../domain/offboard/item.ts';
import { questionOf } from '../../domain/question.ts';
import { approveCommand } from '../approve-command.ts';
import type { Output } from '../output.ts';
import type { Surroundings } from './look.ts';

/** Milliseconds between two looks at what a removal does. */
const between = 1000;

export interface Acted {
  readonly done: readonly string[];
  /** What could not be done, a sentence each. */
  readonly left: readonly string[];
}

interface Removal {
  readonly item: Item;
  readonly release: string;
}

/** Who may answer, and how; the question itself names what is lost. */
function waitingLine({ approvals }: ShowAnswer): string | undefined {
  const approval = approvals.find(({ state }) => state === 'waiting');
  if (approval === undefined) return undefined;
  const { needs, stillNeeds } = questionOf(approval, []);
  return `waits for ${stillNeeds} (${needs}): ${approveCommand(approval)}`;
}

/** Has everything planned at once, so that people are asked once, and waits until all of it is answered and done. */
export async function removeAll(items: readonly Item[], door: Surroundings['door'], output: Output, { reason, wait }: { readonly reason: string; readonly wait: boolean }): Promise<Acted> {
  const [done, left]: [string[], string[]] = [[], []];
  const open: Removal[] = [];
  for (const item of items) {
    if (item.todo.do !== 'remove') continue;
    const { do: _, ...what } = item.todo;
    try {
      const { release } = await door.ask(StartedAnswer, 'POST', '/removals', { ...what, reason });
      output.line(`  ${release} removes ${item.title}`);
      open.push({ item, release });
    } catch (error) {
      if (!(error instanceof DoorError)) throw error;
      left.push(error.message);
    }
  }
  const said = new Map<string, string>();
  while (open.length > 0) {
    for (const removal of [...open]) {
      const { item, release } = removal;
      const shown = await door.ask(ShowAnswer, 'GET', `/releases/${release}`);
      const { state, outcome = '', reason: why = '' } = shown.release;
      const close = (into: string[], text: string) => {
        open.splice(open.indexOf(removal), 1);
        into.push(text);
      };
      const waiting = state === 'ended' ? undefined : waitingLine(shown);
      if (state === 'ended') {
        output.line(`    ${release}: ${outcome}${why === '' ? '' : `. ${why}`}`);
        if (outcome === 'removed') close(done, item.title);
        else close(left, `${release} ended as ${outcome}${why === '' ? '' : `: ${why}`} Run the same command again to ask again.`);
      } else if (waiting !== undefined && said.get(release) !== waiting) {
        said.set(release, waiting);
        output.line(`    ${release} ${waiting}`);
      }
      if (waiting !== undefined && !wait) close(left, `${release} ${waiting}`);
    }
    if (open.length > 0) await sleep(between);
  }
  return { done, left };
}
