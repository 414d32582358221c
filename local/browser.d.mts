/** What finding a browser asks of the machine; a test puts its own in its place. */
export interface System {
  /** The variable DRAWBRIDGE_CHROMIUM. */
  readonly chosen: string | undefined;
  isProgram(path: string): boolean;
  run(command: string, args: readonly string[], timeout: number): Promise<{ readonly ok: boolean; readonly late: boolean; readonly output: string }>;
  mayInstall(): boolean;
  say(line: string): void;
}

export declare function findBrowser(system?: Partial<System>): Promise<{ readonly path: string } | { readonly missing: string }>;
