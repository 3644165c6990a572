// Judges a receiver, a client or captured messages. Writes reports, annotations and a summary of the job.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addSummary, fail, findProgram, setOutputs, tell, wordsOf, workFolder } from './runner.mjs';

const {
  INPUT_KIND: kind = 'receiver',
  INPUT_TARGET: target = '',
  INPUT_EVENT: event = '',
  INPUT_OPTIONS: options = '',
  INPUT_REPORT_NAME: name = 'stuntdouble',
} = process.env;

/** The conclusion of a run by its exit code. */
const CONCLUSIONS = { 0: 'passed', 1: 'failed', 2: 'not-strict', 3: 'inconclusive' };

/** The counts of a report that the summary shows. */
const WORDS = [
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['nonStrict', 'non-strict'],
  ['notObservable', 'not observable'],
  ['notApplicable', 'not applicable'],
];

if (!['receiver', 'client', 'payload'].includes(kind)) {
  fail(`The input "kind" must be receiver, client or payload, got "${kind}".`, 64);
}
if (target === '') fail(`The input "target" is missing: ${meaningOf(kind)}.`, 64);

const formats = kind === 'payload' ? ['junit', 'sarif'] : ['junit', 'sarif', 'json', 'html'];
const files = Object.fromEntries(
  formats.map((format) => [format, join(workFolder(), `${name}.${extensionOf(format)}`)]),
);
// A report of an earlier step must not be taken for one of this step.
for (const file of Object.values(files)) rmSync(file, { force: true });
const { status } = spawnSync(process.execPath, commandLine(), { stdio: 'inherit' });
const code = status ?? 1;
const written = Object.fromEntries(Object.entries(files).filter(([, file]) => existsSync(file)));
setOutputs({ conclusion: CONCLUSIONS[code] ?? 'failed', ...written });
if (written.json !== undefined) present(JSON.parse(readFileSync(written.json, 'utf8')));
else if (kind === 'payload' && written.sarif !== undefined)
  presentMessages(JSON.parse(readFileSync(written.sarif, 'utf8')).runs[0]);
else addSummary(`### stuntdouble verify ${kind}: ${CONCLUSIONS[code] ?? `exit code ${code}`}\n`);
process.exit(code);

function commandLine() {
  const start = [findProgram(), 'verify', kind];
  const own = [...(event === '' ? [] : ['--event', event]), ...wordsOf(options)];
  const report = [
    '--report',
    Object.entries(files)
      .map(([format, file]) => `${format}=${file}`)
      .join(','),
  ];
  if (kind === 'client') return [...start, ...own, ...report, '--', ...wordsOf(target)];
  return [...start, target, ...own, ...report];
}

/** Prints an annotation for each case that failed, and a table in the summary. */
function present({ suite, target: judged, summary, cases }) {
  const failed = cases.filter((one) => one.status === 'failed' || one.status === 'non-strict');
  for (const { id, title, status: found, level, verdicts, remedy } of failed) {
    const reasons = Object.values(verdicts)
      .filter((verdict) => verdict.status === found)
      .map(({ expected, actual }) => `Expected: ${expected}\nActual: ${actual}`);
    const command = found === 'failed' && level === 'must' ? 'error' : 'warning';
    tell(command, { title: `${id} ${title}` }, `${reasons.join('\n')}\nHow to fix: ${remedy}`);
  }
  const counts = WORDS.filter(([key]) => summary[key] > 0).map(([key, word]) => `${summary[key]} ${word}`);
  addSummary(`### stuntdouble: ${suite} ${code === 0 ? 'passed' : 'did not pass'}\n`);
  addSummary(`\`${judged}\`: ${counts.join(', ')}\n`);
  if (failed.length === 0) return;
  addSummary('| case | expected | actual |\n|---|---|---|');
  for (const { id, title, status: found, verdicts } of failed) {
    for (const verdict of Object.values(verdicts).filter((one) => one.status === found)) {
      addSummary(`| ${cell(`${id} ${title}`)} | ${cell(verdict.expected)} | ${cell(verdict.actual)} |`);
    }
  }
  addSummary('');
}

/** Prints an annotation for each problem of a message at its line, and a table in the summary. */
function presentMessages({ results, properties }) {
  addSummary(`### stuntdouble: messages ${code === 0 ? 'passed' : 'did not pass'}\n`);
  addSummary(`\`${properties.file}\`, ${properties.subject}: ${properties.messages} read\n`);
  for (const { properties: problem, message } of results) {
    tell(
      'error',
      { file: properties.file, line: problem.line, title: properties.subject },
      plain(message.text),
    );
  }
  if (results.length === 0) return;
  addSummary('| line | problem |\n|---|---|');
  for (const { properties: problem } of results) addSummary(`| ${problem.line} | ${cell(problem.text)} |`);
  addSummary('');
}

/** Removes the escapes that SARIF requires in messages. */
function plain(text) {
  return text.replaceAll(/\\([\\[\]])/g, '$1').replaceAll(/([{}])\1/g, '$1');
}

function cell(text) {
  return String(text).replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ');
}

function extensionOf(format) {
  return format === 'junit' ? 'xml' : format;
}

function meaningOf(what) {
  if (what === 'receiver') return 'the URL of the receiver';
  return what === 'client' ? 'the command of the client' : 'the file with the captured messages';
}
