import { uniqueNames } from './unique-names.ts';

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const recordsOf = (value: unknown): [string, Json][] => (isRecord(value) ? Object.entries(value).filter((entry): entry is [string, Json] => isRecord(entry[1])) : []);

/** A stack of an environment: what a name in its template can be made of. */
export interface NamingPlace {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A resource that a template gives a name of its own. */
export interface NamedResource {
  readonly type: string;
  readonly property: string;
  readonly name: string;
}

/** The values that parameters have in a place, with what CloudFormation gives. */
function valuesIn(template: Json, { account, region, stackName, parameters }: NamingPlace): ReadonlyMap<string, string> {
  const defaults = recordsOf(template['Parameters']).flatMap(([name, { Default: value }]): [string, string][] => (typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []));
  return new Map([...defaults, ...Object.entries(parameters), ['AWS::AccountId', account], ['AWS::Region', region], ['AWS::StackName', stackName]]);
}

/** @returns `undefined` for what only CloudFormation can tell */
function evaluate(value: unknown, values: ReadonlyMap<string, string>): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (!isRecord(value)) return undefined;
  const { Ref: reference, 'Fn::Sub': sub, 'Fn::Join': join } = value;
  if (typeof reference === 'string') return values.get(reference);
  if (typeof sub === 'string') return substitute(sub, values);
  if (Array.isArray(sub) && typeof sub[0] === 'string' && isRecord(sub[1])) {
    const own = Object.entries(sub[1]).flatMap(([name, content]): [string, string][] => {
      const known = evaluate(content, values);
      return known === undefined ? [] : [[name, known]];
    });
    return substitute(sub[0], new Map([...values, ...own]));
  }
  if (Array.isArray(join) && typeof join[0] === 'string' && Array.isArray(join[1])) {
    const parts = join[1].map((part: unknown) => evaluate(part, values));
    return parts.includes(undefined) ? undefined : parts.join(join[0]);
  }
  return undefined;
}

function substitute(text: string, values: ReadonlyMap<string, string>): string | undefined {
  const asked = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name.trim());
  if (!asked.every((name) => values.has(name))) return undefined;
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => (literal === '' ? (values.get(name.trim()) ?? '') : `\${${name}}`));
}

/** Resources whose names are known before they are made. One with a condition may be meant for one environment only. */
export function namedResources(template: Json, place: NamingPlace): NamedResource[] {
  const values = valuesIn(template, place);
  return recordsOf(template['Resources']).flatMap(([, { Type: type, Properties: properties, Condition: condition }]) => {
    const unique = typeof type === 'string' && Object.hasOwn(uniqueNames, type) ? uniqueNames[type] : undefined;
    if (typeof type !== 'string' || unique === undefined || condition !== undefined || !isRecord(properties)) return [];
    const name = evaluate(properties[unique.property], values);
    return name === undefined ? [] : [{ type, property: unique.property, name }];
  });
}
