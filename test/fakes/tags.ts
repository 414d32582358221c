/** Elements and attributes that the approval page is made of. */
const elements = new Set(['html', 'head', 'meta', 'title', 'style', 'body', 'main', 'h1', 'h2', 'h3', 'p', 'dl', 'dt', 'dd', 'ul', 'li', 'small', 'code', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'section', 'div', 'span', 'wbr', 'form', 'input', 'label', 'textarea', 'button']);
const attributes = new Set(['lang', 'charset', 'name', 'content', 'class', 'scope', 'method', 'type', 'value', 'for', 'id', 'rows', 'maxlength']);

/** What in a page is markup and not the page's own: strange elements and attributes, and signs that are not spelled out. */
export function tagsOf(page: string): string[] {
  const strange: string[] = [];
  const text = page
    .replace('<!doctype html>', '')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replaceAll(/<\/?([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)>/g, (tag, element: string, rest: string) => {
      const names = [...rest.matchAll(/\s+([a-z-]+)(?:="[^"<>]*")?/g)].map(([, name = '']) => name);
      if (!elements.has(element) || names.some((name) => !attributes.has(name))) strange.push(tag);
      return '';
    });
  return [...strange, ...(text.match(/[<>"'].{0,40}/g) ?? [])];
}
