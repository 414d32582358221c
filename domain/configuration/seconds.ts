const seconds = { second: 1, minute: 60, hour: 3600, day: 86400 } as const;

/** `3 days` in seconds. */
export function secondsOf(text: string): number {
  const [count = '0', unit = 'minute'] = text.split(' ');
  return Number(count) * seconds[unit.replace(/s$/, '') as keyof typeof seconds];
}
