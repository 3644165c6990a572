import type { Pack } from '../../../mock-server/index.ts';

type Errors = Pack['errors'];
type Answer = ReturnType<Errors['forRole']>;

/** Returns a pack's error answer as a client sees it. */
export function onTheWire({ errors }: Pack): {
  forRole(...asked: Parameters<Errors['forRole']>): Omit<Answer, 'error'>;
  forCode(code: string): Omit<Answer, 'error'> | null;
} {
  const seen = ({ error: _error, ...rest }: Answer): Omit<Answer, 'error'> => rest;
  return {
    forRole: (...asked) => seen(errors.forRole(...asked)),
    forCode(code) {
      const answer = errors.forCode(code);
      return answer === null ? null : seen(answer);
    },
  };
}
