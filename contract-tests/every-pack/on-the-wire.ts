import type { Pack } from '../../mock-server/index.ts';

type Errors = Pack['errors'];
type Answer = ReturnType<Errors['forRole']>;

/** A pack's error answers, as far as a client can see them. */
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
