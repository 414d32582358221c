import { build, transform } from 'esbuild';

const kept = new Map<string, Promise<string>>();

async function bundle(handlerFile: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [handlerFile],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    treeShaking: true,
    packages: 'external',
    logLevel: 'silent',
  });
  // A bundle keeps every name that some file imports; a second pass, as TypeScript, drops the names that nothing uses any more.
  const { code } = await transform(outputFiles[0]?.text ?? '', { loader: 'ts', treeShaking: true });
  return code;
}

/** Our own code that is left in a function's bundle, readable; packages stay imports. */
export function bundled(handlerFile: string): Promise<string> {
  const text = kept.get(handlerFile) ?? bundle(handlerFile);
  kept.set(handlerFile, text);
  return text;
}
