/** `[[scenario:NAME]]` inside a prompt. */
const MARKER = /\[\[scenario:([^\]]{1,200})\]\]/;

export interface ScenarioSources {
  /** `X-Mock-Scenario` */
  readonly header: string | undefined;
  readonly prompt: unknown;
  /** Takes the next one queued for the account. */
  readonly queued: () => string | null;
  readonly fallback: string;
}

/** The name of the scenario that applies: header, then prompt, then queue, then the server's own. */
export function chooseScenario({ header, prompt, queued, fallback }: ScenarioSources): string {
  if (header !== undefined && header !== '') return header;
  const marked = typeof prompt === 'string' ? MARKER.exec(prompt)?.[1] : undefined;
  return marked?.trim() ?? queued() ?? fallback;
}
