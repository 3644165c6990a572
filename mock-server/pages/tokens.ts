/**
 * The design tokens of the console and of the reports: colors by meaning, type in rem, distances on a grid of 4 px.
 * Every color of a meaning is used for text, for bars, and as the background of `--on-bar`.
 */
export const TOKENS = `
:root {
  color-scheme: light dark;
  --text: #23211c; --faint: #625d51; --line: #e2dccd; --surface: #ffffff; --ground: #faf8f3; --sunk: #f4f0e7;
  --accent: #9a4317; --on-accent: #ffffff; --on-bar: #ffffff; --now: #a83a06;

  --waiting: #586479; --in-flight: #1257b8; --retrying: #855300;
  --acknowledged: #1b6e42; --abandoned: #b02a21; --no-callback: #666156;
  --state: #6f6a5e; --state-2: #57606f;

  --passed: #1b6e42; --failed: #b02a21; --loose: #855300; --unseen: #3b5b8c; --absent: #666156;
  --passed-bg: #e4f2e8; --failed-bg: #fbe6e3; --loose-bg: #fbeed3; --unseen-bg: #e6edf8; --absent-bg: #efece4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #ecebe6; --faint: #aaa79d; --line: #363940; --surface: #1e2024; --ground: #16171a; --sunk: #26282d;
    --accent: #f0a272; --on-accent: #16171a; --on-bar: #101114; --now: #ff9b63;

    --waiting: #a9b4c6; --in-flight: #83b6ff; --retrying: #f0c06a;
    --acknowledged: #7fd3a1; --abandoned: #ff9a8f; --no-callback: #aaa79d;
    --state: #9a968b; --state-2: #97a1b2;

    --passed: #7fd3a1; --failed: #ff9a8f; --loose: #f0c06a; --unseen: #a3c1f2; --absent: #aaa79d;
    --passed-bg: #1c3327; --failed-bg: #42211f; --loose-bg: #3a2e17; --unseen-bg: #222f45; --absent-bg: #2b2d32;
  }
}
:root {
  --success: var(--acknowledged); --failure: var(--abandoned); --canceled: var(--no-callback); --bad: var(--abandoned);
  --step-1: var(--state); --step-2: var(--state-2); --step-3: var(--state); --step-4: var(--state-2);

  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace;
  --small: .75rem; --body: .875rem; --large: 1rem; --title: 1.25rem;
  --gap-1: .25rem; --gap-2: .5rem; --gap-3: .75rem; --gap-4: 1rem; --gap-6: 1.5rem;
  --radius: .5rem; --radius-small: .25rem;
  --row: 1.875rem;
}
:root[data-zoom="projector"] { font-size: 130%; --row: 2.125rem; }
`;
