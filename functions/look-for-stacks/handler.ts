import { lookForStacks } from '../../aws/stack-look.ts';
import { sweepingIn } from '../../aws/sweep-session.ts';
import { type FoundStacks, LookForStacks } from '../../contracts/sweep.ts';
import { task } from '../../runtime/task.ts';

const real = { sweepingIn, lookForStacks };

/** What lies in an account and Region that carries our tags and that the sweep does not know. */
export async function lookIn(uses: typeof real, { place, known }: LookForStacks): Promise<FoundStacks> {
  return await uses.lookForStacks(await uses.sweepingIn(place), new Set(known));
}

export const handler = task({ name: 'look-for-stacks', input: LookForStacks, run: (input) => lookIn(real, input) });
