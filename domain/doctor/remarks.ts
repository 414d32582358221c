import type { Halt } from '../../contracts/halt.ts';
import { at } from '../utc.ts';
import { type Check, good, remark } from './check.ts';
import type { Place } from './target-checks.ts';

/** What may be as it should be, and is said all the same. None of these ever fails. */

export const trailLogs: Check<boolean, Place> = {
  what: 'CloudTrail is on',
  why: 'It alone says who did what in the account besides Drawbridge; sessions of Drawbridge carry the release’s name there.',
  todo: ({ account }) => `Turn on a trail in ${account}, or one for the organisation.`,
  judge: (logs) => (logs ? good('a trail is logging') : remark('no trail is logging')),
};

export const configRecords: Check<boolean, Place> = {
  what: 'AWS Config is on',
  why: 'It shows what was changed beside CloudFormation, and since when.',
  todo: ({ account, region }) => `Turn on AWS Config in ${account}, ${region}, if you want that history.`,
  judge: (records) => (records ? good('a recorder is running') : remark('no recorder is running')),
};

/** A stack that an application has in an environment. */
export interface StackUse {
  readonly application: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

const who = ({ application, environment }: StackUse) => `${application} in ${environment}`;

/** Stacks that more than one application or environment would deploy into. */
export function sharedStacks(uses: readonly StackUse[]): string[] {
  const users = new Map<string, Set<string>>();
  for (const use of uses) {
    const stack = `${use.stackName} (${use.account}, ${use.region})`;
    users.set(stack, (users.get(stack) ?? new Set()).add(who(use)));
  }
  return [...users].filter(([, them]) => them.size > 1).map(([stack, them]) => `${stack}: ${[...them].join(', ')}`);
}

export const ownStacks: Check<readonly StackUse[], object> = {
  what: 'every environment has stacks of its own',
  why: 'Two that share an account and a stack name overwrite each other’s releases.',
  todo: () => 'Give one of them another stack name (stack: in drawbridge.yaml or environments.yaml) or another account.',
  judge: (uses) => {
    const shared = sharedStacks(uses);
    return shared.length === 0 ? good('no stack is named twice') : remark(shared.join('; '));
  },
};

export const notHalted: Check<readonly Halt[], object> = {
  what: 'no environment is halted',
  why: 'What comes to a halted environment ends there as frozen, and what was approved for it too.',
  todo: () => 'When the reason is gone: drawbridge resume ENVIRONMENT --retry',
  judge: (halts) => (halts.length === 0 ? good('none is') : remark(halts.map(({ environment, by, reason, at: since }) => `${environment} since ${at(since)} by ${by}: ${reason}`).join('; '))),
};
