import { CodedError, type MockServer } from '../mock-server/index.ts';
import { didYouMean } from '../mock-server/internal.ts';

/** Returns the environment variables that tell a command where the mock is. */
export function variablesFor(
  mock: Pick<MockServer, 'url' | 'packs'>,
  key: string,
  wanted: readonly string[],
): Record<string, string> {
  const own = wanted.map((text) => {
    const at = text.indexOf('=');
    return [text.slice(0, at), fill(text.slice(at + 1), mock, key)] as const;
  });
  return { STUNTDOUBLE_URL: mock.url, STUNTDOUBLE_KEY: key, ...Object.fromEntries(own) };
}

/** Replaces the placeholders {url}, {url:PACK} and {key}. Other braces stay, because they can belong to JSON. */
function fill(value: string, mock: Pick<MockServer, 'url' | 'packs'>, key: string): string {
  return value.replace(/\{(url|key)(?::([^{}]*))?\}/g, (whole, name: string, pack: string | undefined) => {
    if (name === 'key') return pack === undefined ? key : whole;
    return pack === undefined ? mock.url : `${mock.url}/${known(pack, mock)}`;
  });
}

/** @throws {CodedError} OPTION_INVALID when no such pack is loaded */
function known(pack: string, { packs }: Pick<MockServer, 'packs'>): string {
  const names = packs.map(({ name }) => name);
  if (names.includes(pack)) return pack;
  throw new CodedError(
    'OPTION_INVALID',
    `--env names the unknown pack "${pack}"`,
    didYouMean(pack, names, `Loaded packs: ${names.join(', ')}.`),
  );
}
