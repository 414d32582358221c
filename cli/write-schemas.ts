// npm run schemas: writes the JSON Schemas of the two files, so that an editor completes and checks them.
import { mkdir, writeFile } from 'node:fs/promises';
import { schemas } from './schemas.ts';

const folder = new URL('../docs/schemas/', import.meta.url);

await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(schemas())) await writeFile(new URL(name, folder), text);
