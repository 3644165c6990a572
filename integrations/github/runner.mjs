// What the steps of the action share: the files of the runner, and the program.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the folder for files that outlive a step. */
export function workFolder() {
  const folder = join(process.env.RUNNER_TEMP ?? '/tmp', 'stuntdouble');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Sets outputs of the step. */
export function setOutputs(outputs) {
  appendLines('GITHUB_OUTPUT', outputs);
}

/** Sets variables for the following steps of the job. */
export function setVariables(variables) {
  appendLines('GITHUB_ENV', variables);
}

/** Adds Markdown to the summary of the job. */
export function addSummary(text) {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) appendFileSync(file, `${text}\n`);
}

/** Prints a command of the workflow, such as an annotation. */
export function tell(command, properties, text) {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  console.log(`::${command}${list.length === 0 ? '' : ` ${list.join(',')}`}::${escapeData(text)}`);
}

/** Prints an error, and ends the step. */
export function fail(text, code = 1) {
  tell('error', {}, text);
  process.exit(code);
}

/** Splits options as a shell does, without running anything. */
export function wordsOf(text) {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_all, double, single) => double ?? single),
  );
}

/** Returns the path of stuntdouble.js: the one that was chosen, that of the project, or that of the action. */
export function findProgram() {
  const {
    INPUT_PROGRAM: chosen,
    GITHUB_WORKSPACE: workspace = process.cwd(),
    ACTION_PATH: action,
  } = process.env;
  if (chosen) return existsSync(chosen) ? chosen : fail(`The program ${chosen} does not exist.`);
  const installed = join(workspace, 'node_modules/stuntdouble/dist/cli/stuntdouble.js');
  if (existsSync(installed)) return installed;
  const own = join(action ?? '', 'dist/cli/stuntdouble.js');
  if (!existsSync(own)) build(action);
  return own;
}

function build(folder) {
  if (!folder || !existsSync(join(folder, 'package.json'))) {
    fail(
      'stuntdouble was not found. Install it with "npm install --save-dev stuntdouble", or set the input "program".',
    );
  }
  console.log('stuntdouble is not installed in the project; building the version of this action');
  for (const args of [
    ['ci', '--no-audit', '--no-fund'],
    ['run', 'build'],
  ]) {
    execFileSync('npm', args, { cwd: folder, stdio: 'inherit' });
  }
}

/** A value may have several lines, so it is written between two delimiters, as the runner expects. */
function appendLines(variable, values) {
  const file = process.env[variable];
  if (!file) return;
  for (const [name, value] of Object.entries(values)) {
    const end = `end-${process.pid}-${name}`;
    appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
  }
}

function escapeData(text) {
  return String(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text) {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
