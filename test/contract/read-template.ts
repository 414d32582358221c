import { readFileSync } from 'node:fs';
import { parse, type CollectionTag, type ScalarTag } from 'yaml';

/** What a template holds, its short forms written out: `!Ref A` is `{ Ref: 'A' }`. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly deletionPolicy: string | undefined;
  readonly properties: Value;
}

export interface Template {
  readonly text: string;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, Value>>;
}

const longForm = (tag: string) => (['Ref', 'Condition'].includes(tag) ? tag : `Fn::${tag}`);

const functions = ['Ref', 'Condition', 'GetAtt', 'Sub', 'If', 'Not', 'Equals', 'And', 'Or', 'Join', 'Select', 'Split', 'FindInMap', 'ImportValue', 'Base64', 'GetAZs', 'Cidr'];

const customTags: (ScalarTag | CollectionTag)[] = functions.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [longForm(name)]: text }) },
  { tag: `!${name}`, collection: 'seq' as const, resolve: (list: { toJSON(): unknown }) => ({ [longForm(name)]: list.toJSON() }) },
]);

export const isRecord = (value: Value | undefined): value is Readonly<Record<string, Value>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of keys and positions, or `undefined`. */
export function at(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  return path.reduce<Value | undefined>((here, key) => (isRecord(here) || Array.isArray(here) ? (here as Readonly<Record<string | number, Value>>)[key] : undefined), value);
}

export const recordAt = (value: Value | undefined, ...path: readonly (string | number)[]): Readonly<Record<string, Value>> => {
  const found = at(value, ...path);
  return isRecord(found) ? found : {};
};

/** The text at a path, or the empty text. */
export function textAt(value: Value | undefined, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** A list as it is, a single thing as a list of one, nothing as an empty list: as IAM and CloudFormation read it. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}

/** Every record inside a value, however deep. */
export function recordsIn(value: Value): Readonly<Record<string, Value>>[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(recordsIn);
  if (!isRecord(value)) return [];
  return [value, ...Object.values(value).flatMap(recordsIn)];
}

export function readTemplate(file: string): Template {
  const text = readFileSync(file, 'utf8');
  const whole = parse(text, { customTags }) as Value;
  return {
    text,
    parameters: recordAt(whole, 'Parameters'),
    outputs: recordAt(whole, 'Outputs'),
    resources: Object.entries(recordAt(whole, 'Resources')).map(([id, body]) => ({
      id,
      type: textAt(body, 'Type'),
      deletionPolicy: at(body, 'DeletionPolicy') as string | undefined,
      properties: at(body, 'Properties') ?? {},
    })),
  };
}

export const ofType = ({ resources }: Template, type: string): readonly Resource[] => resources.filter((resource) => resource.type === type);

export function resource({ resources }: Template, id: string): Resource {
  const found = resources.find((one) => one.id === id);
  if (found === undefined) throw new Error(`The template has no resource ${id}.`);
  return found;
}
