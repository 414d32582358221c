import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';

/** A zip archive of these files, in this order. */
export async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [name, text] of Object.entries(files)) await writer.add(name, new TextReader(text));
  return Buffer.from(await (await writer.close()).arrayBuffer());
}
