// Starts a mock that outlives the step, and waits until it answers.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, findProgram, setOutputs, setVariables, tell, wordsOf, workFolder } from './runner.mjs';

const LIMIT_MS = 60_000;

const { INPUT_PORT: port = '0', INPUT_OPTIONS: options = '' } = process.env;
const folder = workFolder();
const state = join(folder, 'mock.json');
if (existsSync(state)) {
  // Two mocks would share the files of this folder, and only one would be stopped.
  fail(
    'A mock is already running in this job. Use the action with "command: finish" before you start another one.',
  );
}
const log = join(folder, 'mock.jsonl');
const errors = join(folder, 'mock.err');
const output = openSync(log, 'w');
const errorOutput = openSync(errors, 'w');
const args = [findProgram(), 'start', '--json', '--port', port || '0', ...wordsOf(options)];
const mock = spawn(process.execPath, args, { detached: true, stdio: ['ignore', output, errorOutput] });
closeSync(output);
closeSync(errorOutput);
let code = null;
mock.on('exit', (own) => {
  code = own ?? 1;
});

const { url, adminToken } = await listening();
// Written first, so that the mock can be stopped even if it does not work.
writeFileSync(state, JSON.stringify({ pid: mock.pid, url, adminToken }));
const headers = adminToken === null ? {} : { authorization: `Bearer ${adminToken}` };
const health = await fetch(`${url}/__admin/health`, { headers });
if (!health.ok) fail(`The mock at ${url} does not answer: HTTP ${health.status}`);
if (adminToken !== null) tell('add-mask', {}, adminToken);
setOutputs({ url, 'admin-url': `${url}/__admin`, token: adminToken ?? '' });
setVariables({ STUNTDOUBLE_URL: url });
console.log(`the mock is listening at ${url}`);
mock.unref();

/** Resolves with the first line of the mock. */
async function listening() {
  for (const began = Date.now(); Date.now() - began < LIMIT_MS; ) {
    const [line = ''] = readFileSync(log, 'utf8').split('\n');
    if (line !== '') return JSON.parse(line);
    if (code !== null) fail(`The mock did not start (exit code ${code}).\n${readFileSync(errors, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.kill(mock.pid);
  return fail(`The mock did not start within ${LIMIT_MS / 1000} s.\n${readFileSync(errors, 'utf8')}`);
}
