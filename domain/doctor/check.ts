import type { DoctorAnswer, Finding, FindingGroup, FindingState } from '../../contracts/doctor.ts';

export interface Judgement {
  readonly state: FindingState;
  readonly says: string;
}

/** One thing that the doctor looks at: what it is, why anybody should care, what to do, and what a fact means. */
export interface Check<Fact, About> {
  readonly what: string;
  readonly why: string;
  todo(about: About): string;
  judge(fact: Fact, about: About): Judgement;
}

export const good = (says: string): Judgement => ({ state: 'good', says });
export const remark = (says: string): Judgement => ({ state: 'remark', says });
export const unknown = (says: string): Judgement => ({ state: 'unknown', says });
export const bad = (says: string): Judgement => ({ state: 'bad', says });

export function findingOf<Fact, About>({ what, why, todo }: Pick<Check<Fact, About>, 'what' | 'why' | 'todo'>, about: About, { state, says }: Judgement): Finding {
  return { what, state, says, why, todo: todo(about) };
}

export function answerOf(groups: readonly FindingGroup[]): DoctorAnswer {
  return { healthy: groups.every(({ findings }) => findings.every(({ state }) => state !== 'bad')), groups: [...groups] };
}

const longest = 240;

/** What the SDK says of an answer that it cannot read. */
const wordless = new Set(['', 'UnknownError']);

/** Why a look failed, on one line. An error of a service is named, for its words alone may say nothing. */
export function becauseOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const said = wordless.has(message) ? `the service does not answer this (${name})` : name.endsWith('Error') || message.includes(name) ? message : `${name}: ${message}`;
  const words = said.replaceAll(/\s+/g, ' ').trim();
  return words.length > longest ? `${words.slice(0, longest)}…` : words;
}
