import type { Pack } from '../../mock-server/index.ts';
import { formatDuration } from '../../mock-server/internal.ts';
import type { PackText } from '../case-definition.ts';

export type ErrorRole = Parameters<Pack['errors']['codeOf']>[0];

/**
 * Returns a text that adds a figure of the pack under test to a phrase: "the documented interval (30s)".
 * @param figureOf the figure; null when the pack has none, and the phrase is then used without one
 */
export function textWithFigure(
  phrase: string,
  figureOf: (pack: Pack) => string | null,
  write: (phrase: string) => string,
): PackText {
  return {
    general: write(phrase),
    of(pack) {
      const figure = figureOf(pack);
      return write(figure === null ? phrase : `${phrase} (${figure})`);
    },
  };
}

/** Returns a text that adds the code of an error to a phrase: "an error that rejects the key (code 401)". */
export function textWithCode(phrase: string, role: ErrorRole, write: (phrase: string) => string): PackText {
  return textWithFigure(
    phrase,
    ({ errors }) => {
      const code = errors.codeOf(role);
      return code === null ? null : `code ${code}`;
    },
    write,
  );
}

/** Returns when the media of a pack expires: "after 14d". */
export function ofMediaLifetime({ kinds }: Pack): string | null {
  const [kind] = kinds.values();
  return kind === undefined ? null : `after ${formatDuration(kind.mediaLifetimeMs)}`;
}
