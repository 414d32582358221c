/** What begins writes its row before it starts, and what ends may tell a moment later: so much time it has. */
const youngSeconds = 300;

/** @param since when it began, or when its time was up */
export const isYoung = (since: string, now: Date): boolean => now.getTime() - Date.parse(since) < youngSeconds * 1000;

export const olderThan = (since: string, seconds: number, now: Date): boolean => now.getTime() - Date.parse(since) >= seconds * 1000;
