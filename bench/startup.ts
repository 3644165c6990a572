import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { BARE_START, COMMAND } from './places.ts';
import { type Row, rowAgainst } from './row.ts';
import { startProcess } from './start-process.ts';

/** Measures the time from spawning a process to its "listening" line. */
export async function startup(bench: Bench): Promise<readonly Row[]> {
  const { mock, bare } = await alternate(bench, {
    mock: () => timeStart(COMMAND, ['start', '--port', '0']),
    bare: () => timeStart(BARE_START, []),
  });
  return [
    rowAgainst(
      { measure: 'startup', what: 'time to "listening"', unit: 'ms', target: { type: 'below', value: 2 } },
      mock,
      'bare node:http script',
      bare,
    ),
  ];
}

async function timeStart(script: string, args: readonly string[]): Promise<number> {
  const { readyMs, url, stop } = await startProcess(script, args);
  try {
    // A process that prints the line must really listen.
    const { status } = await fetch(url);
    if (status !== 200) throw new Error(`${script} answered ${status}`);
    return readyMs;
  } finally {
    await stop();
  }
}
