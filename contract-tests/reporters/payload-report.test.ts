import { describe, expect, it } from 'vitest';
import { samplePayloadReport } from '../conformance/sample-report.ts';
import { renderPayloadReport } from './payload-report.ts';

describe('the SARIF report of captured messages', () => {
  const { version, runs } = JSON.parse(renderPayloadReport('sarif', samplePayloadReport()));
  const [{ results, tool, automationDetails }] = runs;

  it('has one rule, to which each result refers', () => {
    expect(version).toBe('2.1.0');
    expect(runs).toHaveLength(1);
    expect(tool.driver).toMatchObject({ name: 'stuntdouble', version: '1.2.3' });
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
  });

  it('has a result for each problem, at the line of its message', () => {
    const places = results.map(({ locations: [{ physicalLocation }] }: { locations: [Location] }) => [
      physicalLocation.artifactLocation.uri,
      physicalLocation.region.startLine,
    ]);
    expect(places).toEqual([
      ['captured/callbacks.jsonl', 3],
      ['captured/callbacks.jsonl', 3],
    ]);
  });

  it('escapes placeholders and links in messages, and has the plain text as a property', () => {
    expect(results[1].message.text).toBe('/data/{{x}} is \\[missing\\]\nSource: Callbacks of videos');
    expect(results[1].properties.text).toBe('/data/{x} is [missing]');
  });

  it('separates runs of different events', () => {
    expect(automationDetails.id).toBe('stuntdouble/payload/runway.generate/');
  });

  it('is without results for valid messages', () => {
    const report = samplePayloadReport();
    const valid = { ...report, messages: report.messages.slice(0, 1) };
    expect(JSON.parse(renderPayloadReport('sarif', valid)).runs[0].results).toEqual([]);
  });
});

interface Location {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number };
  };
}
