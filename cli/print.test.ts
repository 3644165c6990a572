import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fc } from '../fixtures/properties.ts';
import type { JournalEntry } from '../mock-server/index.ts';
import { describeEntry } from './describe-entry.ts';
import { createPrinter, type Printer, table } from './print.ts';

function printing(options: { json?: boolean; color?: boolean } = {}): {
  printer: Printer;
  text: () => string;
} {
  let written = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  const { json = false, color = false } = options;
  return {
    printer: createPrinter({ json, out, err: process.stderr, env: color ? { FORCE_COLOR: '1' } : {} }),
    text: () => written,
  };
}

/** Characters that external text must not send to a terminal. */
const HOSTILE =
  '\u001b[2J\u001b]0;title\u0007\u007f\u009b31m\r\u202egnp.exe\u2028\u200b\ufeff\ud83c\u{e0041}';
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

/** Line breaks and tabs are allowed. */
function expectHarmless(text: string): void {
  expect(text.replace(/[\n\t]/g, '')).not.toMatch(FORBIDDEN);
}

describe('the printer', () => {
  it('escapes control characters, in lines and in JSON', () => {
    const people = printing();
    people.printer.line(`a file ${HOSTILE}`);
    expect(people.text()).toMatch(/^a file \\x1b\[2J/);
    expectHarmless(people.text());
    const programs = printing({ json: true });
    programs.printer.object({ [HOSTILE]: HOSTILE });
    expectHarmless(programs.text());
    expect(JSON.parse(programs.text())).toEqual({ [HOSTILE]: HOSTILE });
  });

  it('writes its own colors and escapes those in external text', () => {
    const { printer, text } = printing({ color: true });
    printer.line(
      `${printer.paint('red', `bad ${'\u001b[32m'}`)} and ${printer.paint(['bold', 'cyan'], 'good')}`,
    );
    expect(text()).toBe(
      '\u001b[31mbad \\x1b[32m\u001b[39m and \u001b[1m\u001b[36mgood\u001b[39m\u001b[22m\n',
    );
  });

  it('aligns columns with colored cells', () => {
    const { printer, text } = printing({ color: true });
    for (const row of table([['a', 'long one'].map((cell) => printer.paint('bold', cell))]))
      printer.line(row);
    expect(text()).toBe('\u001b[1ma\u001b[22m  \u001b[1mlong one\u001b[22m\n');
  });

  it('prints one line per entry, for any text in the entry', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...HOSTILE, '\n', '\t', 'a', '<', '1') });
    fc.assert(
      fc.property(hostile, (word) => {
        const entries = [
          { type: 'request.answered', method: word, url: word, answer: word, status: 400, taskId: null },
          {
            type: 'request.answered',
            method: word,
            url: word,
            status: 404,
            route: 'unknown',
            taskId: null,
            meant: word,
          },
          { type: 'task.changed', taskId: word, state: word },
          { type: 'task.amended', taskId: word, reason: word },
          { type: 'attempt.started', taskId: word, event: word, url: word, n: 1 },
          {
            type: 'attempt.ended',
            taskId: word,
            attempt: { n: 1, outcome: 'reset', status: null, durationMs: 1, detail: word },
          },
          { type: 'media.served', method: word, name: word, status: 200, bytesSent: 1, bytesTotal: 1 },
          { type: 'pack.reloaded', pack: word, profile: word },
        ];
        const { printer, text } = printing();
        for (const entry of entries)
          printer.line(describeEntry(entry as unknown as JournalEntry, printer) ?? '');
        expect(text().trimEnd().split('\n')).toHaveLength(entries.length);
        expectHarmless(text());
      }),
    );
  });
});
