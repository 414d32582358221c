import * as z from 'zod';
import { ApplicationFile, ReadyFile } from '../contracts/application.ts';
import { Environments } from '../contracts/environments.ts';
import { ReadyList } from '../contracts/packed.ts';
import { AnyReport } from '../contracts/report.ts';
import { ReleaseRequest } from '../contracts/source-events.ts';
import { Sweep } from '../contracts/sweep.ts';

const sources = {
  'environments.schema.json': { schema: Environments, title: 'environments.yaml', description: 'What the platform team registers with Drawbridge: accounts, environments, approvals.' },
  'report.schema.json': { schema: AnyReport, title: 'Drawbridge Report', description: 'The detail of the events that Drawbridge puts on its bus.' },
  'sweep.schema.json': { schema: Sweep, title: 'Drawbridge Sweep', description: 'The detail of the event that says what a sweep put right, and what it left to people.' },
  'release-request.schema.json': { schema: ReleaseRequest, title: 'Drawbridge Release Requested', description: 'The detail of the event by which a CI asks for a release of what it uploaded.' },
  'drawbridge.schema.json': { schema: ApplicationFile, title: 'drawbridge.yaml', description: 'How an application is built and what it asks of each environment.' },
  'ready.schema.json': { schema: ReadyFile, title: 'drawbridge.yaml of an upload that is ready', description: 'What it asks of each environment; nothing of it is built.' },
  'release.schema.json': { schema: ReadyList, title: 'release.json of an upload that is ready', description: 'The templates that it deploys.' },
} as const;

/** JSON Schemas of what people write, by file name, from the schemas that the control plane itself parses with. */
export const schemas = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(sources).map(([name, { schema, title, description }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
      return [name, `${JSON.stringify({ $schema, title, description, ...rest }, undefined, 2)}\n`];
    }),
  );
