/** A time for a sentence: `2026-12-24 at 18:00 UTC`. */
export const at = (time: string): string => time.replace('T', ' at ').replace(/(:\d\d)?\.\d+Z$/, ' UTC');
