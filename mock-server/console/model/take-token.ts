/** The token in the fragment of an address, and the fragment without it. */
export interface TakenToken {
  /** Null without one. */
  readonly token: string | null;
  /** Empty, or a fragment that begins with `#`. */
  readonly rest: string;
}

/** Separates the token from the fragment of an address, such as `#token=secret` or `#overview?token=secret`. */
export function takeToken(hash: string): TakenToken {
  const place = /(^#|[?&])token=([^&?]*)(&?)/;
  const found = place.exec(hash);
  if (found === null) return { token: null, rest: hash };
  const [, before = '', text = '', after = ''] = found;
  const rest = hash.replace(place, after === '' ? '' : before);
  return {
    token: decoded(text),
    rest: before === '#' && rest !== '' && !rest.startsWith('#') ? `#${rest}` : rest,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
