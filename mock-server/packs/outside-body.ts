import type { CallbackPlace, OutsideBody } from './pack.ts';

/** The parts of a request without a query and headers. */
export const NOWHERE: OutsideBody = { query: () => undefined, header: () => undefined };

/** Returns the parts of a request that name a callback URL in one place outside the body. */
export function onlyAt(
  { in: part, name }: Exclude<CallbackPlace, { readonly in: 'body' }>,
  url: string,
): OutsideBody {
  return {
    ...NOWHERE,
    [part]: (asked: string) => (asked.toLowerCase() === name.toLowerCase() ? url : undefined),
  };
}
