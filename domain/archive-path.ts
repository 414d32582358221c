/** Does a name in an archive lead out of the folder into which it is unpacked? */
export const reachesOutside = (name: string): boolean => /^([/\\]|[a-zA-Z]:)/.test(name) || name.split(/[/\\]/).includes('..') || name.includes('\0');
