import type { HttpTest } from '../contracts/steps.ts';

/** Whom a test may ask: only the public internet, or, in the local cloud, everybody. */
export type Addresses = 'public' | 'any';

/** What an address answered. */
export interface Answered {
  readonly status: number;
  /** Its beginning. */
  readonly body: string;
}

/** Why an address is not asked at all. */
export function refusedUrl(text: string, addresses: Addresses): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'is not an address';
  if (url.protocol !== 'https:' && !(addresses === 'any' && url.protocol === 'http:')) return 'is not asked, for it does not begin with https://';
  if (url.username !== '' || url.password !== '') return 'is not asked, for it holds a user name or a password';
  return undefined;
}

const bodyFits = (expected: string, body: string): boolean => {
  const [, pattern] = /^\/(.+)\/$/s.exec(expected) ?? [];
  return pattern === undefined ? body.includes(expected) : new RegExp(pattern).test(body);
};

/** What is wrong with an answer, or nothing. */
export function problemOf({ status, body }: Pick<HttpTest, 'status' | 'body'>, answered: Answered): string | undefined {
  if (answered.status !== status) return `answered ${String(answered.status)} where ${String(status)} was expected`;
  if (body !== undefined && !bodyFits(body, answered.body)) return `answered ${String(status)}, but its body does not hold ${body}`;
  return undefined;
}

export interface Trouble {
  readonly test: Pick<HttpTest, 'withinSeconds'>;
  /** As it was asked. */
  readonly url: string;
  readonly problem: string;
  /** Asking again cannot help. */
  readonly final: boolean;
}

/** The first trouble that counts by now; others may pass yet. */
export const failedTest = (troubles: readonly Trouble[], elapsedSeconds: number): Trouble | undefined => troubles.find(({ test, final }) => final || elapsedSeconds >= test.withinSeconds);

export function testSentence(environment: string, release: string, { test, url, problem, final }: Trouble): string {
  const tried = final ? '' : ` (asked for ${String(test.withinSeconds)} seconds)`;
  return `What is deployed in ${environment} fails its test: ${url} ${problem}${tried}. The release stops before the next environment. Mend it and push again, or test it again with drawbridge retry ${release}.`;
}
