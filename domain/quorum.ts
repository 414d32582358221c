import type { Quorum } from '../contracts/approval.ts';

/** One person who said yes, and whose places they can fill. */
export interface Yes {
  readonly person: string;
  readonly places: readonly string[];
}

/**
 * Are all quorums met, each place by another person? One person never fills two places, so "2 of platform and 1 of
 * security" are three people, also where somebody is in both. Places are given out along augmenting paths.
 */
export function isMet(quorums: readonly Quorum[], atLeast: number, yeses: readonly Yes[]): boolean {
  const people = new Map(yeses.map((yes) => [yes.person, yes.places]));
  return people.size >= atLeast && missing(quorums, yeses) === 0;
}

/** How many places nobody fills yet. */
export function missing(quorums: readonly Quorum[], yeses: readonly Yes[]): number {
  const seats = quorums.flatMap(({ approvers, required }) => Array.from({ length: required }, () => approvers));
  const people = [...new Map(yeses.map((yes) => [yes.person, yes.places]))];
  const seated = new Map<number, number>();
  const seat = (person: number, tried: Set<number>): boolean =>
    seats.some((approvers, index) => {
      const places = people[person]?.[1] ?? [];
      if (tried.has(index) || !places.some((place) => approvers.includes(place))) return false;
      tried.add(index);
      const sitting = seated.get(index);
      if (sitting !== undefined && !seat(sitting, tried)) return false;
      seated.set(index, person);
      return true;
    });
  people.forEach((_, person) => seat(person, new Set()));
  return seats.length - seated.size;
}

/** `2 of platform (alex, robin, sam) and 1 of security (kim)`. */
export function quorumSentence(quorums: readonly Quorum[], atLeast = 1): string {
  const said = quorums.map(({ from, approvers, required }) => `${String(required)} of ${from === 'approvers' ? approvers.join(', ') : `${from} (${approvers.join(', ')})`}`).join(' and ');
  const places = quorums.reduce((sum, { required }) => sum + required, 0);
  return atLeast > places ? `${said}, at least ${String(atLeast)} people` : said;
}

/** Everybody who may answer, each once. */
export const approversOf = (quorums: readonly Quorum[]): string[] => [...new Set(quorums.flatMap(({ approvers }) => approvers))];
