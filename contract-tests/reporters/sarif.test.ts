import { describe, expect, it } from 'vitest';
import {
  everyStatus,
  explained,
  hostile,
  inconclusive,
  nothingJudged,
  sampleCase,
  sampleReport,
  sampleSource,
} from '../conformance/sample-report.ts';
import type { SuiteReport } from '../report.ts';
import { formatSarif } from './sarif.ts';

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly defaultConfiguration: { readonly level: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
    readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Run {
  readonly tool: {
    readonly driver: { readonly name: string; readonly version: string; readonly rules: Rule[] };
  };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly endTimeUtc: string;
    readonly toolExecutionNotifications?: readonly { readonly message: { readonly text: string } }[];
  }[];
  readonly automationDetails: { readonly id: string };
  readonly columnKind: string;
  readonly results: Result[];
}

function runOf(report: SuiteReport): Run {
  const log = JSON.parse(formatSarif(report)) as { version: string; $schema: string; runs: Run[] };
  expect(log.version).toBe('2.1.0');
  expect(log.$schema).toContain('sarif-2.1.0');
  expect(log.runs).toHaveLength(1);
  const [run] = log.runs;
  if (run === undefined) throw new Error('no run in the log');
  return run;
}

/** What SARIF 2.1.0 requires of the parts written here (sections 3.14, 3.19, 3.20, 3.27, 3.49). */
function holdEssentials(run: Run): void {
  const { driver } = run.tool;
  expect(driver.name).toBe('stuntdouble');
  expect(run.columnKind).toBe('utf16CodeUnits');
  expect(new Set(driver.rules.map(({ id }) => id)).size).toBe(driver.rules.length);
  for (const { shortDescription, fullDescription, help, defaultConfiguration } of driver.rules) {
    for (const { text } of [shortDescription, fullDescription, help]) expect(text).not.toBe('');
    expect(['error', 'warning', 'note', 'none']).toContain(defaultConfiguration.level);
  }
  for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of run.results) {
    expect(driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(['error', 'warning', 'note', 'none']).toContain(level);
    expect(message.text).not.toBe('');
    expect(locations[0]?.logicalLocations[0]?.fullyQualifiedName).not.toBe('');
    // Required by GitHub code scanning; a relative reference (section 3.4.3).
    expect(locations[0]?.physicalLocation.artifactLocation.uri).toMatch(/^[\w.%~-]+(\/[\w.%~-]+)*$/);
    expect(locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0);
    expect(Object.values(partialFingerprints).every((value) => typeof value === 'string')).toBe(true);
  }
  for (const { executionSuccessful, endTimeUtc } of run.invocations) {
    expect(typeof executionSuccessful).toBe('boolean');
    expect(endTimeUtc).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
  }
}

describe('the SARIF report', () => {
  const run = runOf(everyStatus());

  it.each([
    ['of every status', everyStatus()],
    ['of hostile texts', hostile()],
    ['of a run without verdicts', nothingJudged()],
    ['of findings about the run', explained()],
    ['of an inconclusive run', inconclusive()],
    ['of no cases', sampleReport([])],
  ])('%s has what SARIF requires', (_what, report) => {
    holdEssentials(runOf(report));
  });

  it('has a rule for each case, with its texts', () => {
    expect(run.tool.driver.rules).toHaveLength(everyStatus().cases.length);
    expect(run.tool.driver.rules.find(({ id }) => id === 'RCV-IDM-05')).toMatchObject({
      shortDescription: { text: 'A task is identified by its id, not by the bytes of its callback' },
      fullDescription: { text: 'The receiver MUST answer a success with HTTP 200 within the ack timeout.' },
      help: {
        text: expect.stringMatching(/^Answer 200 before processing the task\.\n\nWhy it matters: /),
        markdown: expect.stringContaining('**Based on:** AI Video Extension Callbacks'),
      },
      defaultConfiguration: { level: 'warning' },
    });
  });

  it('has results for failed and non-strict cases only', () => {
    expect(run.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['RCV-ACK-04', 'note'],
      ['RCV-TIM-01', 'error'],
      ['RCV-IDM-01', 'error'],
      ['RCV-IDM-05', 'warning'],
    ]);
    expect(run.results[1]?.message.text).toBe(
      'Failed: The answer does not wait for a slow download.\nanswer: expected HTTP 200 within 1000 ms; actual: timeout after 1001 ms\nHow to fix: Answer first, then queue the download.',
    );
  });

  it('gives a result the same fingerprint for every URL of the receiver', () => {
    const elsewhere = runOf({ ...everyStatus(), target: 'http://127.0.0.1:49152/' });
    const prints = (from: Run) => from.results.map(({ partialFingerprints }) => partialFingerprints);
    expect(prints(elsewhere)).toEqual(prints(run));
    expect(new Set(prints(run).map((print) => JSON.stringify(print))).size).toBe(run.results.length);
    expect(elsewhere.automationDetails).toEqual(run.automationDetails);
  });

  it('has findings about the whole run as the first results, because viewers show only results', () => {
    const { results, tool } = runOf(explained());
    expect(results[0]).toMatchObject({
      ruleId: 'RUN',
      level: 'warning',
      message: { text: expect.stringMatching(/HTTP 401.* How to fix: Set the key/) },
    });
    expect(results.length).toBe(run.results.length + 1);
    expect(tool.driver.rules.at(-1)?.id).toBe('RUN');
    expect(runOf(nothingJudged()).results).toMatchObject([{ ruleId: 'RUN', level: 'error' }]);
    expect(run.tool.driver.rules.some(({ id }) => id === 'RUN')).toBe(false);
  });

  it('points at the given file, as a URI', () => {
    const uri = (location: string): unknown =>
      JSON.parse(formatSarif(everyStatus(), { location })).runs[0].results[0].locations[0].physicalLocation
        .artifactLocation.uri;
    expect(run.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('package.json');
    expect(uri('apps/my hooks/receiver.py')).toBe('apps/my%20hooks/receiver.py');
  });

  it('marks a run without verdicts as unsuccessful', () => {
    expect(run.invocations[0]?.executionSuccessful).toBe(true);
    expect(runOf(nothingJudged()).invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error' }],
    });
  });

  it.each([
    ['a link', 'see [this](https://evil.example)', 'see \\[this\\](https://evil.example)'],
    ['a link to a location', '[here](1)', '\\[here\\](1)'],
    ['a placeholder', '{0} and {"code":200}', '{{0}} and {{"code":200}}'],
    ['a backslash', 'C:\\[x', 'C:\\\\\\[x'],
    ['a control', '\u001b[2J\u202e', '\\\\x1b\\[2J\\\\u202e'],
  ])('escapes %s in each of its messages', (_what, text, escaped) => {
    const bad = sampleCase('RCV-1', {
      title: text,
      requirement: text,
      why: text,
      remedy: text,
      sources: [sampleSource(text)],
      verdicts: { ack: { status: 'failed', expected: text, actual: text } },
    });
    const { tool, results, invocations } = runOf(
      sampleReport([bad], { headlines: [{ text, remedy: text }], inconclusive: text }),
    );
    const [rule] = tool.driver.rules;
    const messages = [
      rule?.shortDescription,
      rule?.fullDescription,
      rule?.help,
      ...results.map(({ message }) => message),
      ...invocations.flatMap(({ toolExecutionNotifications = [] }) =>
        toolExecutionNotifications.map(({ message }) => message),
      ),
    ];
    expect(messages.length).toBeGreaterThanOrEqual(6);
    for (const message of messages) {
      expect(message?.text).toContain(escaped);
      expect(message?.text.replaceAll(escaped, '')).not.toMatch(/[[\]{}]/);
    }
  });

  it('does not make a link of a URL in Markdown', () => {
    const { tool } = runOf(sampleReport([sampleCase('RCV-1', { remedy: 'https://evil.example' })]));
    expect(tool.driver.rules[0]?.help.markdown).toContain('https\\://evil.example');
  });

  it('escapes Markdown syntax', () => {
    expect(runOf(hostile()).tool.driver.rules[0]?.help.markdown).toContain('\\<script\\>');
  });
});
