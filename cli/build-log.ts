import { DoorError } from '../aws/door-client.ts';
import { LogAnswer, type ShownRelease } from '../contracts/commands.ts';

/** Asks the control plane for a path. */
type Ask = (path: string) => Promise<unknown>;

/** Its build is still to come, or goes on: what was built is not sealed yet. */
export const isBuilding = ({ state, artifact }: Pick<ShownRelease, 'state' | 'artifact'>): boolean => state !== 'ended' && artifact === undefined;

/** The log of one release's build, read on from where it was: no line comes twice. */
export class BuildLog {
  readonly #ask: Ask;
  readonly #path: string;
  #place: string | undefined;
  #begun = false;
  #done = false;

  constructor(ask: Ask, release: string) {
    this.#ask = ask;
    this.#path = `/releases/${encodeURIComponent(release)}/log`;
  }

  /** Nothing more will come. */
  get done(): boolean {
    return this.#done;
  }

  /** Tells what came since, page by page. */
  async readOn(tell: (line: string) => void): Promise<void> {
    while (!this.#done) {
      const { lines, next, done } = LogAnswer.parse(await this.#ask(this.#place === undefined ? this.#path : `${this.#path}?after=${encodeURIComponent(this.#place)}`));
      for (const line of lines) tell(line);
      const nothingNew = next === undefined || next === this.#place;
      this.#place = next ?? this.#place;
      this.#done = done;
      if (nothingNew) return;
    }
  }

  /**
   * Reads along with a release that is followed: while it builds, and once more when it has built.
   * What was built before anybody looked is not told, and a log that cannot be read ends nothing.
   */
  async readAlong(building: boolean, tell: (line: string) => void): Promise<void> {
    if (this.#done || (!building && !this.#begun)) return;
    this.#begun = true;
    try {
      await this.readOn((line) => {
        if (line.trim() !== '') tell(line);
      });
    } catch (error) {
      if (!(error instanceof DoorError)) throw error;
      // Busy is for a moment only; every other answer would be the same the next time.
      if (error.status < 500) {
        this.#done = true;
        tell(`The build's log cannot be read: ${error.message}`);
      }
    }
    if (!building) this.#done = true;
  }
}
