/** The header tells whole seconds, and the answer took its time: less is not a wrong clock. */
const CLOCK_SLACK_MS = 3_000;

/** The server's clock minus this device's, for pages without a room: by the `Date` of an answer that just came. */
export function serverOffsetMs({ headers }: Pick<Response, 'headers'>, nowMs: number): number {
  const offsetMs = Date.parse(headers.get('date') ?? '') - nowMs;
  return Math.abs(offsetMs) > CLOCK_SLACK_MS ? offsetMs : 0;
}
