/** Walking templates that are JSON. */
export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

export const nodeAt = (value: unknown, ...path: readonly string[]): Node => {
  const found = path.reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), value);
  return isNode(found) ? found : {};
};

export const textAt = (value: unknown, name: string): string | undefined => {
  const found = isNode(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : undefined;
};

/** Every object is handed to `change` when what it holds has been changed already. */
export function transformed(value: unknown, change: (node: Node) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => transformed(item, change));
  if (!isNode(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, transformed(item, change)])));
}

/** Where what a build uploads lies. */
export interface Place {
  readonly bucket: string;
  /** Without a slash at its end. */
  readonly prefix: string;
  readonly region: string;
}
