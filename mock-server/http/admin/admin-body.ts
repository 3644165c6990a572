import type { RequestHandler } from 'express';
import { CodedError } from '../../core/coded-error.ts';
import type { Intake } from '../intake.ts';
import { parseJsonBody } from '../json-body.ts';
import { BODY_LIMIT, NO_ROOM, readBody } from '../read-body.ts';

/** Reads the JSON body of an admin call. Its bytes count toward the limit for bodies that are being received. */
export function readAdminBody(intake: Intake): RequestHandler {
  return async (request, response, next) => {
    const body = await readBody(request, { intake });
    if (body.type === 'aborted') return;
    if (body.type !== 'read') response.setHeader('connection', 'close');
    if (body.type === 'no-room') throw new CodedError('MEMORY_FULL', NO_ROOM.message, NO_ROOM.remedy);
    if (body.type === 'too-large') throw unreadable(413, `the body exceeds the limit of ${BODY_LIMIT} bytes`);
    const parsed = parseJsonBody(request.headers, body);
    if (parsed.type === 'refused') throw unreadable(parsed.isCoding === true ? 415 : 400, parsed.because);
    request.body = parsed.value;
    next();
  };
}

/** Creates an error in the form of those that Express raises. */
function unreadable(status: number, because: string): Error {
  return Object.assign(new Error(because), { status });
}
