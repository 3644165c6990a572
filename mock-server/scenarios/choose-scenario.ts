/** `[[scenario:NAME]]` inside a prompt. */
const MARKER = /\[\[scenario:([^\]]{1,200})\]\]/;

export interface ScenarioSources {
  /** The value of the `X-Mock-Scenario` header. */
  readonly header: string | undefined;
  readonly prompt: unknown;
  /** Removes and returns the next scenario queued for the account. */
  readonly queued: () => string | null;
  readonly fallback: string;
}

/** Returns the name of the scenario that applies: from the header, the prompt, the queue or the server's default, in this order. */
export function chooseScenario({ header, prompt, queued, fallback }: ScenarioSources): string {
  if (header !== undefined && header !== '') return header;
  const marked = typeof prompt === 'string' ? MARKER.exec(prompt)?.[1] : undefined;
  return marked?.trim() ?? queued() ?? fallback;
}
