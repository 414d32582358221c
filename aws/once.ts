/** Makes a thing at the first call and keeps it: clients are made in the handler's first run, never on import. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Retries inside one call; the machine retries the task as a whole. CloudFormation's limits are low and unpublished (F 2.23). */
export const retries = { maxAttempts: 8, retryMode: 'adaptive' } as const;
