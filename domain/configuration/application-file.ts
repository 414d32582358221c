import { ApplicationFile, ReadyFile } from '../../contracts/application.ts';
import type { Parsed } from './problems.ts';
import { parseYamlFile } from './yaml-file.ts';

/** Parses `drawbridge.yaml`. */
export function parseApplicationFile(text: string, file = 'drawbridge.yaml'): Parsed<ApplicationFile> {
  const { lineOf: _, ...parsed } = parseYamlFile(file, text, ApplicationFile);
  return parsed;
}

/** Parses the `drawbridge.yaml` of an upload that is ready. */
export function parseReadyFile(text: string, file = 'drawbridge.yaml'): Parsed<ReadyFile> {
  const { lineOf: _, ...parsed } = parseYamlFile(file, text, ReadyFile);
  return parsed;
}
