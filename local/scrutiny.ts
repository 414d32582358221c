import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

export interface Scrutinised {
  readonly resource?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

/** Types with what is to be read in them, from the whole specification: 2.6 MB, so it is not in a bundle. */
export function scrutiny(): Record<string, Scrutinised> {
  const found: [string, Scrutinised][] = [];
  for (const { cloudFormationType, scrutinizable, properties } of loadAwsServiceSpecSync().all('resource')) {
    const read = Object.entries(properties).flatMap(([name, property]): [string, string][] => (property.scrutinizable === undefined ? [] : [[name, property.scrutinizable]]));
    const kinds = read.filter(([, kind]) => kind !== 'None').sort(([a], [b]) => a.localeCompare(b));
    if (scrutinizable === undefined && kinds.length === 0) continue;
    found.push([cloudFormationType, { ...(scrutinizable === undefined ? {} : { resource: scrutinizable }), ...(kinds.length === 0 ? {} : { properties: Object.fromEntries(kinds) }) }]);
  }
  return Object.fromEntries(found.sort(([a], [b]) => a.localeCompare(b)));
}
