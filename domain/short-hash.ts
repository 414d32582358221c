import { sha256 } from './digest.ts';

/** So many characters, at most eight, that tell long texts apart that begin alike. */
export const shortHash = (text: string, characters: number): string => parseInt(sha256(text).slice(0, 12), 16).toString(36).padStart(characters, '0').slice(-characters);
