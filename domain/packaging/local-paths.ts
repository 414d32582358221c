import { type Document, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type Scalar, visit } from 'yaml';
import type { Place } from './json.ts';
import { type Form, included, type PackagedProperty, packagedProperties } from './packaged-properties.ts';

/** A path in a template that stands for something beside it. */
export interface LocalPath {
  /** As it is written, from the folder of the template. */
  readonly path: string;
  /** For a sentence: `Code of Handler`. */
  readonly where: string;
  readonly as: PackagedProperty['as'];
}

/** Why a template cannot be read. Whoever reads it says what was being done and what to do. */
export class BrokenTemplate extends Error {
  override readonly name = 'BrokenTemplate';
}

/** Anything else with a scheme is where it is. */
const isLocal = (text: string): boolean => text !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** JSON is YAML too, so it can stand in place of the path in either. */
function written(form: Form, key: string, { bucket, region }: Place): string {
  if (form === 's3') return JSON.stringify(`s3://${bucket}/${key}`);
  if (form === 'https') return JSON.stringify(`https://s3.${region}.amazonaws.com/${bucket}/${key}`);
  return `{ ${JSON.stringify(form[0])}: ${JSON.stringify(bucket)}, ${JSON.stringify(form[1])}: ${JSON.stringify(key)} }`;
}

/** Finds the paths of one template, each at its place in the text. */
class Search {
  readonly found: { readonly node: Scalar<string>; readonly property: PackagedProperty; readonly where: string }[] = [];
  readonly #document: Document.Parsed;
  readonly #seen = new Set<unknown>();

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  #follow(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #entries(node: unknown): [string, unknown][] {
    const map = this.#follow(node);
    return isMap(map) ? map.items.flatMap(({ key, value }): [string, unknown][] => (isScalar(key) ? [[String(key.value), this.#follow(value)]] : [])) : [];
  }

  #at(node: unknown, path: readonly string[]): unknown {
    return path.reduce((under, name) => this.#entries(under).find(([key]) => key === name)?.[1], node);
  }

  #look(node: unknown, property: PackagedProperty, owner: string): void {
    const value = this.#at(node, property.path);
    // With a tag such as !Ref or !Sub it is a function, which CloudFormation resolves.
    if (!isScalar(value) || typeof value.value !== 'string' || value.tag?.startsWith('!') === true || !isLocal(value.value) || this.#seen.has(value)) return;
    this.#seen.add(value);
    this.found.push({ node: value as Scalar<string>, property, where: `${property.path.join('.')} of ${owner}` });
  }

  resources(node: unknown): void {
    const map = this.#follow(node);
    if (this.#seen.has(map)) return;
    this.#seen.add(map);
    for (const [id, resource] of this.#entries(map)) {
      // A loop holds what it repeats as its third item (CloudFormation User Guide, "Fn::ForEach").
      if (id.startsWith('Fn::ForEach::') && isSeq(resource)) this.resources(resource.items[2]);
      const type = this.#at(resource, ['Type']);
      const known = isScalar(type) && typeof type.value === 'string' && Object.hasOwn(packagedProperties, type.value) ? packagedProperties[type.value] : undefined;
      for (const property of known ?? []) this.#look(this.#at(resource, ['Properties']), property, id);
    }
  }

  includes(): void {
    visit(this.#document, {
      Map: (_, map) => {
        const transform = map.tag === '!Transform' ? map : this.#at(map, ['Fn::Transform']);
        const name = this.#at(transform, ['Name']);
        if (isScalar(name) && name.value === 'AWS::Include') this.#look(transform, included, 'AWS::Include');
      },
    });
  }
}

/**
 * A template whose local paths refer to objects in S3, as packaging tools write it; nothing else in its text changes.
 * @param keyOf where the object is that a path stands for
 * @throws BrokenTemplate for what is no template
 */
export function replaceLocalPaths(text: string, place: Place, keyOf: (path: LocalPath) => string): string {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  const [trouble] = document.errors;
  if (trouble !== undefined) throw new BrokenTemplate(`it is not YAML: ${trouble.message}`);
  const resources = document.get('Resources', true);
  if (!isNode(resources)) throw new BrokenTemplate('it has no Resources');
  const search = new Search(document);
  search.resources(resources);
  search.includes();
  return search.found
    .map(({ node, property, where }) => ({ range: node.range ?? [0, 0, 0], written: written(property.form, keyOf({ path: node.value, where, as: property.as }), place) }))
    .sort((a, b) => b.range[0] - a.range[0])
    .reduce((changed, { range: [start, end], written: instead }) => `${changed.slice(0, start)}${instead}${changed.slice(start, end).endsWith('\n') ? '\n' : ''}${changed.slice(end)}`, text);
}
