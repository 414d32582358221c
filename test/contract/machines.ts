import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './project.ts';
import { at, isRecord, listOf, recordAt, textAt, type Value } from './read-template.ts';

/** A state that calls a function. */
export interface Task {
  readonly name: string;
  readonly functionName: string;
  readonly payload: readonly string[];
  readonly waits: boolean;
  readonly state: Value;
}

export interface Machine {
  readonly name: string;
  readonly text: string;
  readonly definition: Value;
  readonly states: readonly (readonly [string, Value])[];
  /** Names in `${...}`. */
  readonly substitutions: readonly string[];
  readonly tasks: readonly Task[];
}

/** The states, and those inside a Map. */
function statesIn(definition: Value | undefined): [string, Value][] {
  return Object.entries(recordAt(definition, 'States')).flatMap(([name, state]) => [[name, state] as [string, Value], ...statesIn(at(state, 'ItemProcessor'))]);
}

export function readMachine(name: string): Machine {
  const text = readFileSync(resolve(root, 'statemachines', `${name}.asl.json`), 'utf8');
  const definition = JSON.parse(text) as Value;
  const states = statesIn(definition);
  const tasks = states.flatMap(([state, body]) => {
    const functionName = textAt(body, 'Arguments', 'FunctionName');
    if (functionName === '') return [];
    const payload = Object.keys(recordAt(body, 'Arguments', 'Payload'));
    return [{ name: state, functionName: functionName.slice(2, -1), payload, waits: textAt(body, 'Resource').endsWith('.waitForTaskToken'), state: body }];
  });
  return { name, text, definition, states, tasks, substitutions: [...new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, found = '']) => found))].sort() };
}

/** Error names in the Retry or Catch of a state. */
export const errorsIn = (state: Value, part: 'Retry' | 'Catch'): string[] =>
  listOf(at(state, part)).flatMap((entry) => (isRecord(entry) ? listOf(entry['ErrorEquals']).map(String) : []));
