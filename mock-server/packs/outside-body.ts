import type { OutsideBody } from './pack.ts';

/** The parts of a request without a query and headers. */
export const NOWHERE: OutsideBody = { query: () => undefined, header: () => undefined };
