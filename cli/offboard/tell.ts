import pc from 'picocolors';
import { type Item, steps, stepTitles } from '../../domain/offboard/item.ts';
import type { Output } from '../output.ts';

/** The list as a person reads it: what goes, in order, what is lost with it, and what stands in the way. */
export function tellList(output: Output, items: readonly Item[], stays: readonly string[]): void {
  const shown = steps.filter((step) => items.some((item) => item.step === step));
  for (const [index, step] of shown.entries()) {
    output.line(`${String(index + 1)}. ${stepTitles[step]}`);
    for (const item of items.filter((it) => it.step === step)) tellItem(output, item);
  }
  if (stays.length > 0) output.line('What stays:');
  for (const line of stays) output.line(`   ${line}`);
}

function tellItem(output: Output, { title, notes, blocked }: Item): void {
  output.line(`   ${blocked === undefined ? '-' : pc.yellow('!')} ${title}`);
  for (const note of notes) output.line(`     ${pc.dim(note)}`);
  if (blocked === undefined) return;
  output.line(`     ${pc.yellow(blocked.why)}`);
  for (const command of blocked.commands) output.line(`       ${command}`);
}

/** What a program is told of an item. */
export const asJson = ({ step, title, notes, blocked }: Item) => ({ step, title, notes, ...(blocked === undefined ? {} : { blocked }) });
