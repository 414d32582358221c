/** How much of a build's log goes into one sentence. */
const most = { lines: 3, characters: 500 };

/** Colours and cursor movements of a terminal (ECMA-48), then whatever else a terminal would obey. */
const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-_])/g;
const control = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]+/g;

/** How much of one line is shown to a person. */
const longestLine = 1000;

const plain = (line: string): string => line.replaceAll(escapes, '').replaceAll(control, ' ');

/** The lines of one message of a build's log: a stranger's text, in which nothing is left that a terminal would obey. */
export function printable(message: string): string[] {
  return message
    .replace(/[\r\n]+$/, '')
    .split(/\r?\n/)
    // A progress bar writes over itself; how it ended is what a terminal would show.
    .map((line) => plain(line.replace(/\r+$/, '').replace(/^.*\r/s, '')).trimEnd())
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line));
}

/** What CodeBuild itself writes between a build's own lines (CodeBuild User Guide, "View build details"). */
export const isAboutTheBuild = (line: string): boolean => line.startsWith('[Container]');
/** Lines that announce a failure and do not say what it is; npm's is about a file that goes with the build. */
const saysNothing = (line: string): boolean => /^(Build Failed|npm (error|ERR!) A complete log of this run.*|make: \*\*\*.*|Traceback \(most recent call last\):?)$/.test(line);
const saysTrouble = (line: string): boolean => /\b(error|err!|fail(ed|ure|s)?|fatal|cannot|can't|could not|unable|not found|no such|is not|denied|expected|invalid|exception|missing)\b|\w(Error|Exception)\b/i.test(line);

/** So begins the line in which our program in the build says why it failed: nobody knows better. */
export const ourWords = 'drawbridge: ';

/** The lines at the end of a build's log that say why it failed, or `undefined` when it wrote nothing. */
export function lastWords(log: readonly string[]): string | undefined {
  const lines = log
    .flatMap((message) => message.split('\n'))
    .map((line) => plain(line).trim())
    .filter((line) => line !== '' && !isAboutTheBuild(line) && !saysNothing(line));
  const ours = lines.findLast((line) => line.startsWith(ourWords))?.slice(ourWords.length);
  const trouble = lines.filter(saysTrouble);
  const said = ours ?? (trouble.length > 0 ? trouble : lines).slice(-most.lines).join(' / ');
  if (said === '') return undefined;
  if (ours !== undefined) return ours.length > most.characters ? `${ours.slice(0, most.characters - 1)}…` : ours;
  return said.length > most.characters ? `…${said.slice(1 - most.characters)}` : said;
}
