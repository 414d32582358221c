import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, DescribeExecutionCommand, GetExecutionHistoryCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import type { Cloud } from '../../local/cloud.ts';
import { until } from '../fakes/until.ts';

/** What a scripted function does when it is called: answer, throw, complete its token, or keep silent. */
export type Line = { answer: unknown } | { throws: string; message?: string } | { completes: unknown } | { silent: true };
/** For each function the lines of its calls in order; the last one repeats. */
export type Script = Readonly<Record<string, readonly Line[]>>;

interface Call {
  readonly name: string;
  readonly event: Record<string, unknown>;
}

interface Play {
  readonly script: Script;
  readonly calls: Call[];
}

export interface Performance {
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  /** Names of the states entered, in order; those inside a Map are not told by the local cloud. */
  readonly states: readonly string[];
  readonly calls: readonly Call[];
}

const puppet = `export const handler = async (event) => {
  const response = await fetch(process.env.SCRIPT_URL, { method: 'POST', body: JSON.stringify({ name: process.env.PUPPET, event }) });
  const said = await response.json();
  if (said.throws) throw Object.assign(new Error(said.message ?? 'as scripted'), { name: said.throws });
  return said.answer ?? null;
};`;

/** Makes a thing once, also when two ask at the same time. */
function remembered(made: Map<string, Promise<string>>, key: string, make: () => Promise<string>): Promise<string> {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}

const trust = (service: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });
const kebab = (name: string) => name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

/** A stage for the real machines: every function that they call is a puppet that follows a script. */
export class Theatre {
  readonly #plays = new Map<string, Play>();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void this.#speak(JSON.parse(Buffer.concat(chunks).toString()) as Call).then((said) => response.end(JSON.stringify(said)));
    });
  });
  readonly #machines = new Map<string, Promise<string>>();
  readonly #puppets = new Map<string, Promise<string>>();
  readonly #sfn: SFNClient;
  readonly #lambda: LambdaClient;
  readonly #iam: IAMClient;
  #count = 0;

  constructor(cloud: Cloud) {
    const client = { endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(cloud.accounts.tools) };
    this.#sfn = new SFNClient(client);
    this.#lambda = new LambdaClient(client);
    this.#iam = new IAMClient(client);
  }

  async open(): Promise<this> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    for (const [name, service] of [['puppet', 'lambda.amazonaws.com'], ['machine', 'states.amazonaws.com']] as const) {
      await this.#iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust(service) }));
      const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['lambda:*', 'states:*', 'events:*', 'logs:*'], Resource: '*' }] };
      await this.#iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'all', PolicyDocument: JSON.stringify(allow) }));
    }
    return this;
  }

  close(): void {
    this.#server.close();
  }

  async #speak(call: Call): Promise<object> {
    const play = this.#plays.get(String(call.event['release']));
    if (play === undefined) return { throws: 'NoSuchPlay' };
    const lines = play.script[call.name] ?? [];
    const line = lines[Math.min(play.calls.filter((earlier) => earlier.name === call.name).length, lines.length - 1)];
    play.calls.push(call);
    if (line === undefined) return { throws: 'NotInTheScript', message: `${call.name} is not in the script` };
    if ('completes' in line) {
      await this.#sfn.send(new SendTaskSuccessCommand({ taskToken: String(call.event['token']), output: JSON.stringify(line.completes) }));
    }
    return line;
  }

  #puppet(name: string): Promise<string> {
    return remembered(this.#puppets, name, () => this.#makePuppet(name));
  }

  async #makePuppet(name: string): Promise<string> {
    const zip = new ZipWriter(new BlobWriter());
    await zip.add('index.mjs', new TextReader(puppet));
    const { port } = this.#server.address() as AddressInfo;
    const made = await this.#lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::111111111111:role/puppet',
        Timeout: 30,
        Environment: { Variables: { SCRIPT_URL: `http://127.0.0.1:${String(port)}/`, PUPPET: name } },
        Code: { ZipFile: new Uint8Array(await (await zip.close()).arrayBuffer()) },
      }),
    );
    await until(`function ${name} is active`, async () => {
      const found = await this.#lambda.send(new GetFunctionCommand({ FunctionName: name }));
      return found.Configuration?.State === 'Active';
    });
    return made.FunctionArn ?? '';
  }

  async #create(name: string, definition: string): Promise<string> {
    const made = await this.#sfn.send(new CreateStateMachineCommand({ name, definition, roleArn: 'arn:aws:iam::111111111111:role/machine' }));
    return made.stateMachineArn ?? '';
  }

  /** A stand-in for a nested machine: it does what the puppet of its name is told. */
  #understudy(name: string): Promise<string> {
    return remembered(this.#machines, name, () => this.#makeUnderstudy(name));
  }

  async #makeUnderstudy(name: string): Promise<string> {
    const arguments_ = { FunctionName: await this.#puppet(kebab(name)), Payload: '{% $states.input %}' };
    const act = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: arguments_, Output: '{% $states.result.Payload %}', End: true };
    return await this.#create(name, JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Act', States: { Act: act } }));
  }

  /**
   * The real machine with puppets for its functions.
   * @param timeouts seconds for the states named, so that a test does not wait for a quarter of an hour
   */
  #machine(file: string, timeouts: Readonly<Record<string, number>>): Promise<string> {
    return remembered(this.#machines, `${file} ${JSON.stringify(timeouts)}`, () => this.#makeMachine(file, timeouts));
  }

  async #makeMachine(file: string, timeouts: Readonly<Record<string, number>>): Promise<string> {
    const definition = JSON.parse(readFileSync(new URL(`../../statemachines/${file}.asl.json`, import.meta.url), 'utf8')) as { States: Record<string, { TimeoutSeconds?: unknown }> };
    for (const [state, seconds] of Object.entries(timeouts)) Object.assign(definition.States[state] ?? {}, { TimeoutSeconds: seconds });
    let text = JSON.stringify(definition);
    for (const [placeholder, name] of new Map([...text.matchAll(/\$\{(\w+)\}/g)].map((match) => [match[0], match[1] ?? '']))) {
      if (name === 'LookAgainSeconds') text = text.replaceAll(placeholder, '900');
      else text = text.replaceAll(placeholder, name.endsWith('Machine') ? await this.#understudy(name) : await this.#puppet(kebab(name)));
    }
    this.#count += 1;
    return await this.#create(`${file}-${String(this.#count)}`, text);
  }

  /** Plays one execution to its end. `release` in the input is made unique, so that plays do not meet. */
  async play(file: string, input: Record<string, unknown>, script: Script, timeouts: Readonly<Record<string, number>> = {}): Promise<Performance> {
    const machine = await this.#machine(file, timeouts);
    this.#count += 1;
    const release = `play-${String(this.#count)}-0123abcd`;
    const play: Play = { script, calls: [] };
    this.#plays.set(release, play);
    const started = await this.#sfn.send(new StartExecutionCommand({ stateMachineArn: machine, name: `${release}-1`, input: JSON.stringify({ ...input, release }) }));
    const executionArn = started.executionArn ?? '';
    const ended = await until(`${file} of ${release} ends`, async () => {
      const execution = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status === 'RUNNING' ? undefined : execution;
    }, 60_000);
    const history = await this.#sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return {
      status: ended.status ?? '',
      output: ended.output === undefined ? undefined : (JSON.parse(ended.output) as unknown),
      error: ended.error,
      states: (history.events ?? []).flatMap((event) => event.stateEnteredEventDetails?.name ?? []),
      calls: play.calls,
    };
  }
}
