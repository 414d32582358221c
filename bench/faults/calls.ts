import { type ApiCall, type FaultKind, faultKinds } from '../../local/admin.ts';

/** One call of a release, found again in the next: the so-many-th of its kind that the function makes. */
export interface Call {
  readonly function: string;
  readonly service: string;
  readonly action: string;
  readonly occurrence: number;
}

/** `drawbridge-TakeLock` and what CloudFormation puts behind it: the name in the template. */
export const shortName = (functionName: string): string => functionName.replace(/^drawbridge-/, '').replace(/-[0-9A-Za-z]+$/, '');

export const named = ({ function: name, service, action, occurrence }: Call): string => `${shortName(name)} ${service}:${action} ${String(occurrence)}`;

/** The calls of the control plane's functions, in the order in which they were made first; what the SDK repeats is one call. */
export function distinctCalls(calls: readonly ApiCall[]): Call[] {
  const counted = new Map<string, number>();
  const known = new Set<string>();
  const found: Call[] = [];
  for (const { function: name, call, service, action } of calls) {
    if (name === undefined || call === undefined || known.has(call)) continue;
    known.add(call);
    const kind = `${name} ${service} ${action}`;
    const occurrence = (counted.get(kind) ?? 0) + 1;
    counted.set(kind, occurrence);
    found.push({ function: name, service, action, occurrence });
  }
  return found;
}

export interface Chosen {
  readonly every: number;
  /** Leave out calls that only look. */
  readonly changes: boolean;
  readonly only: string | undefined;
  readonly kinds: readonly FaultKind[];
}

export const everything: Chosen = { every: 1, changes: false, only: undefined, kinds: faultKinds };

export interface Trial {
  readonly call: Call;
  readonly kind: FaultKind;
}

const looks = /^(Get|Head|List|Describe|Query|Scan|BatchGet)/;

/**
 * Each call with each kind of fault, or every so-many-th of these. The first calls of their kind come first, so that a run that
 * is ended early has tried every kind; the faults take turns, so that a part has some of all.
 */
export function trials(calls: readonly Call[], { every, changes, only, kinds }: Chosen): Trial[] {
  const asked = only?.toLowerCase().replaceAll('-', '').split(',');
  const meant = asked === undefined ? calls : calls.filter((call) => asked.some((part) => named(call).toLowerCase().includes(part)));
  const inTurn = meant.filter(({ action }) => !changes || !looks.test(action)).toSorted((one, other) => one.occurrence - other.occurrence);
  const all = inTurn.flatMap((call, index) => kinds.map((_, turn) => ({ call, kind: kinds[(index + turn) % kinds.length] ?? 'error' })));
  return all.filter((_, index) => index % every === 0);
}
