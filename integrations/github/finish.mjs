// Saves the journal of the mock that the step "setup" started, and stops it.
import { createWriteStream, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setOutputs, workFolder } from './runner.mjs';

const LIMIT_MS = 15_000;

const folder = workFolder();
const state = join(folder, 'mock.json');
if (!existsSync(state)) {
  console.log('no mock was started in this job');
  process.exit(0);
}
const { pid, url, adminToken } = JSON.parse(readFileSync(state, 'utf8'));
const journal = join(folder, 'journal.jsonl');
try {
  const count = await saveJournal();
  setOutputs({ journal });
  console.log(`saved ${count} entries of the journal to ${journal}`);
} catch (error) {
  console.log(`the journal could not be saved: ${error.message}`);
}
await stop();
rmSync(state);

async function saveJournal() {
  const headers = adminToken === null ? {} : { authorization: `Bearer ${adminToken}` };
  const file = createWriteStream(journal);
  let count = 0;
  for (let next = '/__admin/journal'; next !== null; ) {
    const answer = await fetch(url + next, { headers });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    for (const entry of await answer.json()) {
      file.write(`${JSON.stringify(entry)}\n`);
      count += 1;
    }
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
  }
  await new Promise((resolve) => file.end(resolve));
  return count;
}

/** Resolves when the process of the mock has ended. */
async function stop() {
  for (const [signal, waitMs] of [
    ['SIGTERM', LIMIT_MS],
    ['SIGKILL', 1000],
  ]) {
    if (!isRunning()) return;
    process.kill(pid, signal);
    for (const began = Date.now(); isRunning() && Date.now() - began < waitMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function isRunning() {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
