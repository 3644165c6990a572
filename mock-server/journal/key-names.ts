/** A place where a vendor reads keys, by the name of the header or of the query parameter. */
export interface NamedKeyPlace {
  readonly in: 'header' | 'query';
  readonly name: string;
}

/** The names under which vendors read keys, in addition to the Authorization header. */
export interface KeyNames {
  add(places: readonly NamedKeyPlace[]): void;
  /** Whether a header contains a key. @param name in lower case */
  isHeader(name: string): boolean;
  /** Whether a query parameter contains a key. @param name without percent-encoding */
  isParameter(name: string): boolean;
  /** Whether a URL or a text with URLs may contain such a parameter. Much faster than looking at each parameter. */
  mayBeIn(text: string): boolean;
}

export function createKeyNames(): KeyNames {
  const headers = new Set<string>();
  const parameters = new Set<string>();
  let inText: RegExp | null = null;

  return {
    add(places) {
      for (const { in: where, name } of places) {
        if (where === 'query') parameters.add(name.toLowerCase());
        // The scheme of this header is kept, so it is masked in its own way.
        else if (name !== 'authorization') headers.add(name.toLowerCase());
      }
      const names = [...parameters].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      inText = names.length === 0 ? null : new RegExp(`[?&](?:${names.join('|')})=`, 'i');
    },
    isHeader: (name) => headers.has(name),
    isParameter: (name) => parameters.has(name.toLowerCase()),
    // A name can be written with percent-encoding.
    mayBeIn: (text) => inText !== null && (inText.test(text) || (text.includes('%') && /[?&]/.test(text))),
  };
}
