/** Returns the time of day of an ISO 8601 time, in milliseconds. */
export function timeOfDay(iso: string): string {
  return iso.slice(11, 23);
}
