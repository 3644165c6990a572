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

/** Checks whatever is a message in these records; entries that keep the contract are left out. */
export function checkMessages(pack: Pack, records: readonly JournalRecord[]): EntryChecks[] {
  const validator = validators.get(pack) ?? createMessageValidator(pack);
  validators.set(pack, validator);
  return records.flatMap((record): EntryChecks[] => {
    const found = checksOf(record, pack, validator);
    const isClean = [...found.request, ...found.answer, ...found.callback].length === 0;
    return isClean ? [] : [{ seq: record.seq, ...found }];
  });
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
    return [{ at: '', message: 'it is no JSON' }];
  }
  return check(body);
}
