import { createMessageValidator, type MessageProblem } from '../packs/message-validator.ts';
import type { Pack } from '../packs/pack.ts';
import type { JournalRecord } from '../runtime/journal-record.ts';

/** What the vendor's document has against the messages of one journal entry. */
export interface EntryChecks {
  readonly seq: number;
  readonly request: readonly MessageProblem[];
  readonly answer: readonly MessageProblem[];
  readonly callback: readonly MessageProblem[];
}

const validators = new WeakMap<Pack, ReturnType<typeof createMessageValidator>>();

/** Checks whatever is a message in these records, one at a step; entries that keep the contract are left out. */
export function* checkMessages(
  pack: Pack,
  records: readonly JournalRecord[],
): Generator<undefined, EntryChecks[], undefined> {
  const validator = validators.get(pack) ?? createMessageValidator(pack);
  validators.set(pack, validator);
  const checks: EntryChecks[] = [];
  for (const record of records) {
    const found = checksOf(record, pack, validator);
    const count = found.request.length + found.answer.length + found.callback.length;
    if (count > 0) checks.push({ seq: record.seq, ...found });
    yield;
  }
  return checks;
}

const CLEAN = { request: [], answer: [], callback: [] };

function checksOf(
  record: JournalRecord,
  pack: Pack,
  validator: ReturnType<typeof createMessageValidator>,
): Omit<EntryChecks, 'seq'> {
  if (record.type === 'attempt.started') {
    const event = pack.events.get(record.event);
    const problems =
      event === undefined ? null : held(record.body, (body) => validator.callback(event, body));
    return { ...CLEAN, callback: problems ?? [] };
  }
  if (record.type !== 'request.answered' || record.operation === null) return CLEAN;
  const { operation, does, requestBody, status, answer } = record;
  return {
    ...CLEAN,
    request: does === 'submit' ? (held(requestBody, (body) => validator.request(operation, body)) ?? []) : [],
    answer:
      status === null || answer === ''
        ? []
        : (held(answer, (body) => validator.answer(operation, status, body)) ?? []),
  };
}

function held(
  text: string,
  check: (body: unknown) => readonly MessageProblem[] | null,
): readonly MessageProblem[] | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [{ at: '', message: 'is not JSON' }];
  }
  return check(body);
}
