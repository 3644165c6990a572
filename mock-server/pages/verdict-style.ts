/** Style of cases and their verdicts, for the console and the reports. `--own` is the color of a status. */
export const VERDICT_STYLE = `
.passed { --own: var(--passed); --own-bg: var(--passed-bg); }
.failed { --own: var(--failed); --own-bg: var(--failed-bg); }
.non-strict { --own: var(--loose); --own-bg: var(--loose-bg); }
.not-observable { --own: var(--unseen); --own-bg: var(--unseen-bg); }
.not-applicable, .not-run { --own: var(--absent); --own-bg: var(--absent-bg); }
.share { display: flex; gap: 3px; height: 10px; margin: 1.25rem 0 .9rem; }
.share i { background: var(--own); border-radius: 3px; min-width: 5px; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 1.75rem; }
.counts li { display: flex; align-items: baseline; gap: .4rem; color: var(--faint); font-size: .925rem; }
.counts b { font-size: 1.5rem; line-height: 1.2; font-weight: 660; color: var(--own); font-variant-numeric: tabular-nums; }
.chip { background: var(--own-bg); color: var(--own); border-radius: 999px; padding: .1rem .7rem; font-size: .82rem; font-weight: 600; white-space: nowrap; }
.case .id { font-family: var(--mono); font-size: .82rem; color: var(--faint); }
.case .title { font-weight: 550; }
.verdict-list { display: grid; gap: .75rem; }
.verdict-list > li { border-left: 4px solid var(--own); background: var(--own-bg); border-radius: 4px 8px 8px 4px; padding: .7rem 1rem; }
.verdict-list strong { color: var(--own); }
.verdict-list dl { display: grid; grid-template-columns: 5rem 1fr; gap: .15rem .75rem; margin-top: .25rem; }
.verdict-list dt { color: var(--faint); }
.timeline .attempt { --own: var(--accent); } .timeline .download { --own: var(--unseen); }
.timeline .call { --own: var(--passed); } .timeline .probe { --own: var(--loose); }
.timeline .note { --own: var(--absent); } .timeline .lane.bad { --own: var(--failed); }
`;
