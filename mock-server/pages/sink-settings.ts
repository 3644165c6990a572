/** How the built-in receiver answers: its settings are the query of its URL. */
export interface SinkSettings {
  /** Number of attempts with the same body that fail; `all`, or 0 for none. */
  readonly failures: number | 'all';
  /** HTTP status of the attempts that fail. */
  readonly status: number;
  /** Time until it answers, such as `20s`; empty for none. It is wall time. */
  readonly delay: string;
  /** Number of attempts with the same body that are delayed. */
  readonly delayed: number | 'all';
}

export const PLAIN_SINK: SinkSettings = { failures: 0, status: 500, delay: '', delayed: 'all' };

/** Returns the URL of the built-in receiver with these settings. */
export function sinkUrl(origin: string, { failures, status, delay, delayed }: SinkSettings): string {
  const query = new URLSearchParams();
  if (failures !== 0 && (status !== 500 || failures === 'all')) query.set('status', String(status));
  if (failures !== 0 && failures !== 'all') query.set('fail', String(failures));
  if (delay !== '') query.set('delay', delay);
  if (delay !== '' && delayed !== 'all') query.set('slow', String(delayed));
  const text = query.toString();
  return `${origin}/__sink${text === '' ? '' : `?${text}`}`;
}

/** Returns the settings in a URL of the built-in receiver; null if it is another URL. */
export function sinkSettingsOf(url: string, origin: string): SinkSettings | null {
  const [path = '', text = ''] = url.split('?');
  if (path !== `${origin}/__sink`) return null;
  const query = new URLSearchParams(text);
  const fail = query.get('fail');
  const status = query.get('status');
  const slow = query.get('slow');
  return {
    failures: fail === null ? (status === null ? 0 : 'all') : Number(fail),
    status: Number(status ?? PLAIN_SINK.status),
    delay: query.get('delay') ?? '',
    delayed: slow === null ? 'all' : Number(slow),
  };
}

/** Describes the answers of the built-in receiver in a phrase, such as "500, 500, then 200". */
export function describeSink({ failures, status, delay, delayed }: SinkSettings): string {
  const answers =
    failures === 0
      ? 'answers 200'
      : failures === 'all'
        ? `answers ${status} every time`
        : failures <= 3
          ? `answers ${Array.from({ length: failures }, () => status).join(', ')}, then 200`
          : `answers ${status} ${failures} times, then 200`;
  if (delay === '' || delayed === 0) return answers;
  const late =
    delayed === 'all' ? 'each time' : delayed === 1 ? 'the first time' : `the first ${delayed} times`;
  return `${answers}, ${late} after ${delay}`;
}
