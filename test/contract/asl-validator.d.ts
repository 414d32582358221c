/** The package has no types of its own. */
declare module 'asl-validator' {
  interface Verdict {
    readonly isValid: boolean;
    errorsText(separator?: string): string;
  }
  /** Writes the query language into each state of the definition. */
  export default function validate(definition: unknown, options?: { readonly checkPaths?: boolean; readonly checkArn?: boolean }): Verdict;
}
