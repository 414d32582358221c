import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';

/** A zip archive of these files, in this order. */
export async function archiveOf(files: Readonly<Record<string, string>> | readonly (readonly [string, string])[]): Promise<Buffer> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  const entries: readonly (readonly [string, string])[] = Array.isArray(files) ? (files as readonly (readonly [string, string])[]) : Object.entries(files);
  for (const [name, text] of entries) await writer.add(name, new TextReader(text));
  return Buffer.from(await (await writer.close()).arrayBuffer());
}
