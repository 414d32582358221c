// npm run scrutiny: writes which properties and resources of CloudFormation say who may do what, or who is let in, as the
// service specification of the AWS CDK knows them. A test says when a newer specification knows more.
import { writeFile } from 'node:fs/promises';
import { scrutiny } from './scrutiny.ts';

await writeFile(new URL('../domain/scrutiny.json', import.meta.url), `${JSON.stringify(scrutiny(), undefined, 1)}\n`);
