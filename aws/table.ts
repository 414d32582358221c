import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Reference } from '../domain/reference.ts';
import { once } from './once.ts';

/** The one table. Every key is made here, so that no two kinds of row can meet. */
export const table = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);

interface Place {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

const place = ({ account, region, stackName }: Place) => `${account}#${region}#${stackName}`;
/** Sorts as text in the order of the number. */
const ordered = (number: number) => String(number).padStart(8, '0');

export const keys = {
  /** The newest `environments.yaml`, and every earlier one. */
  registry: () => ({ pk: 'REGISTRY', sk: 'CURRENT' }),
  registryVersion: (version: number) => ({ pk: 'REGISTRY', sk: `VERSION#${ordered(version)}` }),
  /** The last commit released from a branch or a tag; one of each may have the same name. */
  head: (application: string, { branch = '', tag }: Reference) => ({ pk: `APPLICATION#${application}`, sk: tag === undefined ? `HEAD#${branch}` : `TAG#${tag}` }),
  counter: (application: string) => ({ pk: `APPLICATION#${application}`, sk: 'COUNTER' }),
  /** Releases of an application, oldest first. */
  releaseOf: (application: string, sequence: number) => ({ pk: `APPLICATION#${application}`, sk: `RELEASE#${ordered(sequence)}` }),
  /** The approval that an application waits for in an environment. */
  waiting: (application: string, environment: string) => ({ pk: `APPLICATION#${application}`, sk: `WAITING#${environment}` }),
  deployed: (application: string, environment: string, target: string) => ({ pk: `APPLICATION#${application}`, sk: `DEPLOYED#${environment}#${target}` }),
  /** The last removal of a target: an older release does not bring it back. */
  removed: (application: string, environment: string, target: string) => ({ pk: `APPLICATION#${application}`, sk: `REMOVED#${environment}#${target}` }),
  /** The newest removal of an environment of an application, and of which deployed state it was asked. */
  removal: (application: string, environment: string) => ({ pk: `APPLICATION#${application}`, sk: `REMOVAL#${environment}` }),
  /** Deployed, but in no configuration any more. */
  left: (application: string, environment: string, target: string) => ({ pk: 'LEFT', sk: `TARGET#${application}#${environment}#${target}` }),
  branchEnvironment: (application: string, name: string) => ({ pk: `APPLICATION#${application}`, sk: `BRANCH-ENVIRONMENT#${name}` }),
  /** Changes whenever a branch environment comes to those that an application has in a registered one. */
  branchRoom: (application: string, registered: string) => ({ pk: `APPLICATION#${application}`, sk: `BRANCH-ROOM#${registered}` }),
  release: (release: string) => ({ pk: `RELEASE#${release}`, sk: 'RELEASE' }),
  environment: (release: string, environment: string) => ({ pk: `RELEASE#${release}`, sk: `ENVIRONMENT#${environment}` }),
  target: (release: string, environment: string, target: string) => ({ pk: `RELEASE#${release}`, sk: `TARGET#${environment}#${target}` }),
  story: (release: string, at: string, nonce: string) => ({ pk: `RELEASE#${release}`, sk: `STORY#${at}#${nonce}` }),
  /** Answers, oldest first; never written again. */
  vote: (release: string, at: string, approval: string, number: number) => ({ pk: `RELEASE#${release}`, sk: `VOTE#${at}#${approval}#${String(number)}` }),
  approval: (id: string) => ({ pk: `APPROVAL#${id}`, sk: 'APPROVAL' }),
  /** Found by the hash of the link, so that the table cannot be used to decide. */
  link: (hash: string) => ({ pk: `LINK#${hash}`, sk: 'LINK' }),
  /** A form that was shown and not sent yet; found by its hash. */
  form: (hash: string) => ({ pk: `FORM#${hash}`, sk: 'FORM' }),
  /** A signed request that was taken already. */
  taken: (hash: string) => ({ pk: `TAKEN#${hash}`, sk: 'TAKEN' }),
  /** Who answers in whose place, oldest first. */
  delegation: (approver: string, at: string) => ({ pk: 'DELEGATIONS', sk: `DELEGATION#${at}#${approver}` }),
  /** What a channel keeps of what it told, so that it changes that in place. */
  told: (channel: string, about: string) => ({ pk: `TOLD#${channel}`, sk: about }),
  /** When an event of a target account was received last. */
  eventSeen: (account: string, region: string) => ({ pk: 'EVENTS', sk: `SEEN#${account}#${region}` }),
  /** That what a release needs was looked for in a target account. */
  examined: (account: string, region: string) => ({ pk: 'EXAMINED', sk: `${account}#${region}` }),
  /** Where nothing starts until somebody resumes it. */
  halt: (environment: string) => ({ pk: 'HALTED', sk: `ENVIRONMENT#${environment}` }),
  /** Stacks that somebody lets an application take over. */
  adoptions: () => ({ pk: 'ADOPTIONS', sk: 'STACK#' }),
  adoption: (at: Place) => ({ pk: 'ADOPTIONS', sk: `STACK#${place(at)}` }),
  /** What the last sweep did. */
  sweep: () => ({ pk: 'SWEEP', sk: 'LAST' }),
  /** Who waits for a free build, and when each application was last given one. */
  buildLine: () => ({ pk: 'BUILD-LINE' }),
  buildWaiter: ({ application, sequence, attempt }: { application: string; sequence: number; attempt: number }) => ({ pk: 'BUILD-LINE', sk: `WAITER#${application}#${ordered(sequence)}#${String(attempt)}` }),
  buildServed: (application: string) => ({ pk: 'BUILD-LINE', sk: `SERVED#${application}` }),
  wait: (operation: string) => ({ pk: `WAIT#${operation}`, sk: 'WAIT' }),
  lock: (at: Place) => ({ pk: `LOCK#${place(at)}`, sk: 'LOCK' }),
  lockWaiter: (at: Place, since: string, execution: string) => ({ pk: `LOCK#${place(at)}`, sk: `WAITER#${since}#${execution}` }),
} as const;
