import type { Request, RequestHandler } from 'express';
import { CodedError } from '../../core/coded-error.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import type { Account } from '../../core/types.ts';
import { JOURNAL_TYPES } from '../../journal/journal-entry.ts';
import type { JournalFilter } from '../../journal/matches-filter.ts';
import type { Accounts } from '../accounts.ts';

/** Default page size for tasks, journal entries and queued scenarios. */
const LISTED = 1000;

/** Rejects unknown parameters, because a misspelled filter must not be ignored. */
export function acceptsQuery(...names: readonly string[]): RequestHandler {
  return ({ query }, _response, next) => {
    for (const [name, value] of Object.entries(query)) {
      if (name === 'token') continue;
      if (!names.includes(name)) throw unknownName('parameter', name, names);
      if (typeof value !== 'string' || value === '')
        throw badRequest(`${name} must be specified exactly once, with a value`);
    }
    next();
  };
}

/** Returns the page size of a listing. @throws {CodedError} BAD_REQUEST */
export function limitOf(request: Request): number {
  return wholeNumber(request, 'limit') ?? LISTED;
}

function wholeNumber({ query }: Request, name: string): number | null {
  const value = query[name];
  if (typeof value !== 'string') return null;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw badRequest(`${name} must be a whole number of at most 15 digits, got ${shown(value)}`);
}

/** Returns the account of the key in the query; undefined without one. */
export function accountOf({ query }: Request, accounts: Accounts): Account | undefined {
  return typeof query.apiKey === 'string' ? accounts.fromKey(query.apiKey) : undefined;
}

/** Returns the filter for journal entries in the query. @throws {CodedError} BAD_REQUEST */
export function journalFilterOf(request: Request): JournalFilter {
  const { type, taskId } = request.query;
  const since = wholeNumber(request, 'since');
  return {
    ...(typeof type === 'string' ? { type: journalType(type) } : {}),
    ...(typeof taskId === 'string' ? { taskId } : {}),
    ...(since === null ? {} : { since }),
  };
}

function journalType(type: string): string {
  if (Object.hasOwn(JOURNAL_TYPES, type)) return type;
  throw unknownName('journal entry type', type, Object.keys(JOURNAL_TYPES));
}

/** Returns the body of a call, an object with these keys only. @throws {CodedError} BAD_REQUEST */
export function objectBody(request: Request, names: readonly string[]): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest('the body must be a JSON object, sent with Content-Type: application/json');
  }
  const unknown = Object.keys(body).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownName('body key', unknown, names);
  return body as Readonly<Record<string, unknown>>;
}

/** Returns a string of the body. @throws {CodedError} BAD_REQUEST */
export function textField(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw badRequest(`${name} must be a non-empty string, got ${shown(value)}`);
}

/** Returns a boolean of the body. @throws {CodedError} BAD_REQUEST */
export function booleanField(body: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = body[name];
  if (typeof value === 'boolean') return value;
  throw badRequest(`${name} must be true or false, got ${shown(value)}`);
}

/** Returns how often a scenario applies (default: once). @throws {CodedError} BAD_REQUEST */
export function timesField({ times = 1 }: Readonly<Record<string, unknown>>): number {
  if (typeof times === 'number' && Number.isSafeInteger(times) && times >= 1 && times <= 1_000_000)
    return times;
  throw badRequest(`times must be a whole number from 1 to 1000000, got ${shown(times)}`);
}

/** Returns the start of an offending value, which can be a megabyte long. */
export function shown(value: unknown): string {
  // Objects and lists are not serialized, because they can be nested very deeply.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? 'no value';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function unknownName(what: string, name: string, known: readonly string[]): CodedError {
  const question = didYouMean(name, known, '');
  return badRequest(`unknown ${what} ${shown(name)}`, question === '' ? '' : `${question} `);
}

export function badRequest(message: string, hint = ''): CodedError {
  return new CodedError(
    'BAD_REQUEST',
    message,
    `${hint}See GET /__admin/openapi.json for a description of each call.`,
  );
}
