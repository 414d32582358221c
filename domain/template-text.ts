import { CORE_SCHEMA, defineMappingTag, defineScalarTag, defineSequenceTag, load, type TagDefinition } from 'js-yaml';

/** CloudFormation's functions that have a short form in YAML (CloudFormation User Guide, "Intrinsic function reference"). */
const functions = [
  'And', 'Base64', 'Cidr', 'Contains', 'EachMemberEquals', 'EachMemberIn', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Length', 'Not', 'Or',
  'RefAll', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform', 'ValueOf', 'ValueOfAll',
];

/** `!GetAtt A.B` is written out as `["A", "B"]`, as JSON templates usually have it. */
const attribute = (value: unknown): unknown => (typeof value === 'string' && value.includes('.') ? [value.slice(0, value.indexOf('.')), value.slice(value.indexOf('.') + 1)] : value);

type Mapping = Record<string, unknown>;

/** The three forms that a tagged node can have, written out as `{ "Fn::Name": … }`. They are only read. */
function tags(name: string, long: string): TagDefinition[] {
  const written = (value: unknown) => ({ [long]: name === 'GetAtt' ? attribute(value) : value });
  const identify = () => false;
  return [
    defineScalarTag(`!${name}`, { resolve: written, identify }),
    defineSequenceTag<unknown[], unknown>(`!${name}`, { create: () => [], addItem: (list, item) => void list.push(item), finalize: written, identify }),
    defineMappingTag<Mapping, unknown>(`!${name}`, {
      create: () => ({}),
      addPair: (mapping, key, value) => {
        mapping[String(key)] = value;
        return '';
      },
      has: (mapping, key) => String(key) in mapping,
      keys: () => [],
      get: () => undefined,
      finalize: written,
      identify,
    }),
  ];
}

/** Dates stay the text that they are written as: CloudFormation reads `2012-10-17` so. */
const schema = CORE_SCHEMA.withTags(tags('Ref', 'Ref'), tags('Condition', 'Condition'), ...functions.map((name) => tags(name, `Fn::${name}`)));

/** More than a template of 1 MB can hold: only aliases that stand for each other come to it. */
const mostNodes = 600_000;

/** Counts what would be compared, each alias as what it stands for. */
function isTooBig(content: unknown): boolean {
  let seen = 0;
  const count = (value: unknown): boolean => (seen += 1) > mostNodes || (typeof value === 'object' && value !== null && Object.values(value).some(count));
  return count(content);
}

/**
 * A template as CloudFormation gives it back, JSON or YAML, with short forms written out.
 * @returns `undefined` where it cannot be read
 */
export function parseTemplate(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : load(text, { schema });
    return typeof content === 'object' && content !== null && !Array.isArray(content) && !isTooBig(content) ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
