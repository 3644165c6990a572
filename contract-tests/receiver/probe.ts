import { execFile } from 'node:child_process';

/** What a receiver's owner says of one task. Everything is optional: what is not said is not observable. */
export interface ProbeAnswer {
  /** `succeeded`, `failed`, `expired`, … */
  readonly state?: string;
  /** How often the work of this task was done. */
  readonly effects?: number;
  /** The kind of failure it was taken for: `moderation`, `format`, `quota`, … */
  readonly class?: string | null;
  readonly retryable?: boolean | null;
  /** Whether a file was written outside its folder. */
  readonly escaped?: boolean;
}

export type Probe = (taskId: string) => Promise<ProbeAnswer | null>;

const LONGEST_MS = 5000;

/**
 * @param source a URL or a command in which `{taskId}` stands for the task; it answers with one JSON object
 * @returns null where the answer could not be read, so that a broken probe makes nothing pass
 */
export function createProbe(source: string): Probe {
  if (/^https?:\/\//.test(source)) {
    return async (taskId) => {
      const url = source.replaceAll('{taskId}', encodeURIComponent(taskId));
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST_MS) });
        return read(await response.text());
      } catch {
        return null;
      }
    };
  }
  // The id reaches the command as an argument of its own, never as part of its text.
  return (taskId) =>
    new Promise((resolve) => {
      const command = source.replaceAll('{taskId}', '"$1"');
      execFile('sh', ['-c', command, 'probe', taskId], { timeout: LONGEST_MS }, (error, stdout) => {
        resolve(error === null ? read(stdout) : null);
      });
    });
}

function read(text: string): ProbeAnswer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ProbeAnswer) : null;
  } catch {
    return null;
  }
}
