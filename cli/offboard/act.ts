import { setTimeout as sleep } from 'node:timers/promises';
import { DoorError } from '../../aws/door-client.ts';
import { deleteData } from '../../aws/kept-data.ts';
import { deleteOwnStack } from '../../aws/own-deletion.ts';
import type { Access } from '../../aws/person.ts';
import { CancelAnswer, RegisterAnswer, ShowAnswer } from '../../contracts/commands.ts';
import { AccessDeniedError, DeploymentFailedError, InvalidInputError } from '../../domain/errors.ts';
import type { Item } from '../../domain/offboard/item.ts';
import type { FoundStack } from '../../domain/offboard/stacks.ts';
import type { Output } from '../output.ts';
import type { Surroundings } from './look.ts';
import { type Acted, removeAll } from './removals.ts';

/** Milliseconds between two looks at what a release does. */
const between = 1000;

/** What a person can mend; anything else is a fault and ends the command. */
const isRefusal = (error: unknown): error is Error => error instanceof DoorError || error instanceof DeploymentFailedError || error instanceof AccessDeniedError;

function accessFor({ account }: Pick<FoundStack, 'account'>, step: Item['step'], { administrator, profiles }: Surroundings): Access {
  const profile = profiles.get(account);
  if (step !== 'accounts' || profile === undefined) return administrator.tools;
  return administrator.by(profile);
}

async function ended({ door }: Surroundings, release: string): Promise<void> {
  while ((await door.ask(ShowAnswer, 'GET', `/releases/${release}`)).release.state !== 'ended') await sleep(between);
}

async function one(item: Item, surroundings: Surroundings, reason: string): Promise<void> {
  const { door, administrator } = surroundings;
  const { todo } = item;
  if (todo.do === 'cancel') {
    await door.ask(CancelAnswer, 'POST', `/releases/${todo.release}/cancel`, { reason });
    await ended(surroundings, todo.release);
  } else if (todo.do === 'register') {
    await door.ask(RegisterAnswer, 'POST', '/registry', { text: todo.text, expectedVersion: todo.expectedVersion });
  } else if (todo.do === 'delete-stack') {
    await deleteOwnStack(accessFor(todo.stack, item.step, surroundings), todo.stack);
  } else if (todo.do === 'delete-data') {
    await deleteData(administrator.tools, todo.data);
  } else {
    throw new InvalidInputError(`${item.title}: only a person can do that.`);
  }
}

/** Does everything of one step that can be done, and says as it goes what became of it. */
export async function act(items: readonly Item[], surroundings: Surroundings, output: Output, { reason, wait }: { readonly reason: string; readonly wait: boolean }): Promise<Acted> {
  if (items.some(({ todo }) => todo.do === 'remove')) return await removeAll(items, surroundings.door, output, { reason, wait });
  const done: string[] = [];
  for (const item of items) {
    output.line(`  ${item.title} …`);
    try {
      await one(item, surroundings, reason);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // What follows in the same step may need it gone.
      return { done, left: [error.message] };
    }
    done.push(item.title);
    output.line('    done');
  }
  return { done, left: [] };
}
