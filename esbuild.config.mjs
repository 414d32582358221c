// Bundles every function that template.yaml deploys: `npm run build`. The template is the list, so a function
// cannot be deployed and not built.
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { build as esbuild } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Folders of the functions in the template, as its CodeUri says them. */
export function functionNames() {
  return [...readFileSync(`${root}template.yaml`, 'utf8').matchAll(/CodeUri: dist\/([\w-]+)\//g)].map((match) => match[1]);
}

/** Services of whose errors we read name and message only. */
const plainErrors = /client-(cloudfront|cloudtrail|codebuild|codecommit|config-service|eventbridge|lambda|s3|service-quotas|ssm)[\\/]/;

/**
 * The SDK describes every shape of a service in one file. Computed keys in them look like effects, so a bundle would keep
 * shapes that none of its calls use; said to be pure, they go. It makes the bundles with S3 a tenth smaller.
 * It also names every error of a service, a hundred and eighty for CodeCommit. One that is not named comes as the
 * service's own base error, with the name and the message that it has anyway.
 */
const pureShapes = {
  name: 'pure-shapes',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const fewer = plainErrors.test(path) ? text.replaceAll(/^n0_registry\.registerError\(.*\);$/gm, '') : text;
      return { contents: fewer.replaceAll(/^((?:export )?var [\w$]+ = )(\[\n?[^;]*?\n\]);$/gm, '$1/* @__PURE__ */ (() => $2)();'), loader: 'js' };
    });
    // Each client reads its own version from it, for the name that it gives itself in a request, and nothing else.
    onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path }) => ({ contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }), loader: 'json' }));
  },
};

/** Numbers anew, from 0, what is used of a list. */
function picked(list) {
  const numbers = new Map();
  return {
    number: (old) => numbers.get(old) ?? numbers.set(old, numbers.size).size - 1,
    list: () => [...numbers.keys()].map((old) => list[old]),
  };
}

function ownSources(text) {
  const map = JSON.parse(text);
  const [sources, names] = [picked(map.sources), picked(map.names)];
  const own = ([column, source, line, at, name]) => {
    if (source === undefined || map.sources[source].includes('node_modules/')) return [column];
    const place = [column, sources.number(source), line, at];
    return name === undefined ? place : [...place, names.number(name)];
  };
  // Of what is nobody's, one beginning is enough.
  const mappings = decode(map.mappings).map((segments) => segments.map(own).filter((segment, index, all) => segment.length > 1 || all[index - 1]?.length !== 1));
  return JSON.stringify({ ...map, mappings: encode(mappings), sources: sources.list(), names: names.list() });
}

/**
 * Leaves in source maps what is about our own files. Node reads all of a map when it loads a function, a fifth of the start,
 * and nine tenths were about libraries. In a stack trace a frame of theirs names the bundle then.
 */
const ownMaps = {
  name: 'own-maps',
  setup({ onEnd }) {
    onEnd(async ({ metafile }) => {
      for (const path of Object.keys(metafile?.outputs ?? {}).filter((it) => it.endsWith('.map'))) await writeFile(join(root, path), ownSources(await readFile(join(root, path), 'utf8')));
    });
  },
};

/** Some packages are CommonJS and call require. */
const banner = { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" };

/** How the functions are bundled: what a test or a measurement looks at is what is deployed. */
export const bundleOptions = (names) => ({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(names.map((name) => [`${name}/handler`, `functions/${name}/handler.ts`])),
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: false,
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  // For Node yaml is CommonJS, of which nothing falls away; its other build is the same as modules.
  alias: { '@aws-sdk/credential-provider-node': './aws/lambda-credentials.ts', yaml: './node_modules/yaml/browser/index.js' },
  logLevel: 'warning',
  plugins: [pureShapes, ownMaps],
  banner,
});

/** What a build runs, whatever Node.js its image has; the function that starts builds takes it along. */
export const builderOptions = {
  absWorkingDir: root,
  entryPoints: ['builder/main.ts'],
  outfile: 'dist/start-build/builder.mjs',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  minify: true,
  logLevel: 'warning',
  plugins: [pureShapes],
  banner,
};

/**
 * Bundles the functions into `dist/<function>/handler.mjs`.
 * @returns {Promise<{ name: string; bytes: number }[]>} sizes of the minified bundles
 */
export async function build() {
  const names = functionNames();
  await rm(`${root}dist`, { recursive: true, force: true });
  const [{ metafile }] = await Promise.all([esbuild(bundleOptions(names)), esbuild(builderOptions)]);
  return names.map((name) => ({ name, bytes: metafile.outputs[`dist/${name}/handler.mjs`]?.bytes ?? 0 }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = Date.now();
  const sizes = await build();
  for (const { name, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes)) console.log(`${(bytes / 1024).toFixed(0).padStart(5)} KB  ${name}`);
  console.log(`${String(sizes.length)} functions bundled in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
