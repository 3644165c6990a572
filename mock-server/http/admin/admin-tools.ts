import type { RequestHandler } from 'express';
import type { AdminRoutesOptions } from './admin-routes-options.ts';

/** The parts of a mock that the calls use, and a reader for their bodies. */
export interface AdminTools extends AdminRoutesOptions {
  /** Reads the JSON body of a call. */
  readonly json: RequestHandler;
}
