/** What was sent as a note, or `undefined`. */
export function readNote(body) {
  try {
    const { text } = JSON.parse(body ?? '');
    return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}
