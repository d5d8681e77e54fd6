/** Seconds of `15.4`, `0:00:15.612345` or `1 day, 2:03:04`; null for any other text. */
export function secondsOf(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const parts = /^(?:(\d+) days?, )?(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text);
  if (parts === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((p) => Number(p ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
