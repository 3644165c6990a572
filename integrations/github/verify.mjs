// Judges a receiver, a client or captured messages. Writes reports, annotations and a summary of the job.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

const files = Object.fromEntries(
  ['junit', 'sarif', 'json', 'html'].map((format) => [
    format,
    join(workFolder(), `${name}.${extensionOf(format)}`),
  ]),
);
const { status } = spawnSync(process.execPath, commandLine(), { stdio: 'inherit' });
const code = status ?? 1;
const hasReports = kind !== 'payload' && existsSync(files.json);
setOutputs({ conclusion: CONCLUSIONS[code] ?? 'failed', ...(hasReports ? files : {}) });
if (hasReports) present(JSON.parse(readFileSync(files.json, 'utf8')));
else addSummary(`### stuntdouble verify ${kind}: ${CONCLUSIONS[code] ?? `exit code ${code}`}\n`);
process.exit(code);

function commandLine() {
  const start = [findProgram(), 'verify', kind];
  const own = [...(event === '' ? [] : ['--event', event]), ...wordsOf(options)];
  if (kind === 'payload') return [...start, target, ...own];
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
