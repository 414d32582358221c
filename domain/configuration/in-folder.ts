/** A path in the application's folder, from the root of the repository. */
export const inFolder = (folder: string | undefined, path: string): string => (folder === undefined ? path : `${folder}/${path}`);
