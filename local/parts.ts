import pc from 'picocolors';

/** Says what is going on and how long it took: live on a terminal, plain lines elsewhere. */
export class Parts {
  readonly #started = Date.now();
  readonly #seconds = new Map<string, number>();

  line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  step(text: string): void {
    this.line(`${pc.dim(this.since().padStart(6))}  ${text}`);
  }

  /** Seconds since the start, as text. */
  since(): string {
    return `${((Date.now() - this.#started) / 1000).toFixed(1)}s`;
  }

  readonly part = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const began = Date.now();
    const answer = await work();
    const seconds = (Date.now() - began) / 1000;
    this.#seconds.set(name, seconds);
    this.step(`${name} ${pc.dim(`(${seconds.toFixed(1)} s)`)}`);
    return answer;
  };

  summary(): string {
    return [...this.#seconds].map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(', ');
  }
}
