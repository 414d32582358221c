/** The account and Region that a stack's ARN names: `arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>`. */
export function placeOf(stackArn: string): { readonly account: string; readonly region: string } | undefined {
  const parts = /^arn:aws[a-z-]*:cloudformation:([a-z0-9-]+):(\d{12}):stack\/[\w-]+\/[\w-]+$/i.exec(stackArn);
  return parts?.[1] === undefined || parts[2] === undefined ? undefined : { region: parts[1], account: parts[2] };
}

/** The name in a stack's ARN. */
export const stackNameOf = (stackArn: string): string => stackArn.split('/')[1] ?? stackArn;
