import type { PackedEntry } from '../../journal/journal-entry.ts';
import { createMessageValidator, type MessageProblem } from '../../packs/message-validator.ts';
import type { Pack } from '../../packs/pack.ts';

/** Violations of the vendor's document in the messages of one journal entry. */
export interface EntryChecks {
  readonly seq: number;
  readonly request: readonly MessageProblem[];
  readonly answer: readonly MessageProblem[];
  readonly callback: readonly MessageProblem[];
}

const validators = new WeakMap<Pack, ReturnType<typeof createMessageValidator>>();

/** Validates the messages in journal entries, one entry per step. Entries without violations are left out. */
export function* checkMessages(
  pack: Pack,
  records: readonly PackedEntry[],
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

const NO_VIOLATIONS = { request: [], answer: [], callback: [] };

function checksOf(
  record: PackedEntry,
  pack: Pack,
  validator: ReturnType<typeof createMessageValidator>,
): Omit<EntryChecks, 'seq'> {
  if (record.type === 'attempt.started') {
    const event = pack.events.get(record.event);
    const problems =
      event === undefined ? null : checkText(record.body, (body) => validator.callback(event, body));
    return { ...NO_VIOLATIONS, callback: problems ?? [] };
  }
  if (record.type !== 'request.answered' || record.operation === null) return NO_VIOLATIONS;
  const { operation, does, requestBody, status, answer } = record;
  return {
    ...NO_VIOLATIONS,
    request:
      does === 'submit' ? (checkText(requestBody, (body) => validator.request(operation, body)) ?? []) : [],
    answer:
      status === null || answer === ''
        ? []
        : (checkText(answer, (body) => validator.answer(operation, status, body)) ?? []),
  };
}

function checkText(
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
