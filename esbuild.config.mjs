// Bundles every function that template.yaml deploys: `npm run build`. The template is the list, so a function
// cannot be deployed and not built.
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Folders of the functions in the template, as its CodeUri says them. */
export function functionNames() {
  return [...readFileSync(`${root}template.yaml`, 'utf8').matchAll(/CodeUri: dist\/([\w-]+)\//g)].map((match) => match[1]);
}

/**
 * Bundles the functions into `dist/<function>/handler.mjs`.
 * @returns {Promise<{ name: string; bytes: number }[]>} sizes of the minified bundles
 */
export async function build() {
  const names = functionNames();
  await rm(`${root}dist`, { recursive: true, force: true });
  const { metafile } = await esbuild({
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
    alias: { '@aws-sdk/credential-provider-node': './aws/lambda-credentials.ts' },
    logLevel: 'warning',
    // Some of the SDK's parts are CommonJS and call require.
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  });
  return names.map((name) => ({ name, bytes: metafile.outputs[`dist/${name}/handler.mjs`]?.bytes ?? 0 }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = Date.now();
  const sizes = await build();
  for (const { name, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes)) console.log(`${(bytes / 1024).toFixed(0).padStart(5)} KB  ${name}`);
  console.log(`${String(sizes.length)} functions bundled in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
