interface Waiting {
  readonly release: string;
  readonly environment: string;
  /** Of the plan. */
  readonly digest: string;
}

/** How to say yes to what was shown, and to nothing that is planned meanwhile. */
export const approveCommand = ({ release, environment, digest }: Waiting): string => `drawbridge approve ${release} ${environment} --plan ${digest.slice(0, 16)}`;
