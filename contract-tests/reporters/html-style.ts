import { TOKENS } from '../../mock-server/pages/tokens.ts';
import { VERDICT_STYLE } from '../../mock-server/pages/verdict-style.ts';

/** Style sheet of the HTML report. */
export const STYLE = `
${TOKENS}${VERDICT_STYLE}*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
main, header.top, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header.top { padding-top: 3.5rem; }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: clamp(1.75rem, 1.3rem + 2vw, 2.5rem); line-height: 1.15; letter-spacing: -.02em; font-weight: 680; }
h2 { font-size: 1.3rem; line-height: 1.3; letter-spacing: -.01em; font-weight: 650; }
.label { font-size: .8rem; font-weight: 650; color: var(--faint); }
a { color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px; }
code { font-family: var(--mono); font-size: .875em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--surface); padding: .5rem 1rem; border-radius: 6px; z-index: 1; }
.eyebrow { color: var(--accent); font-weight: 600; font-size: .875rem; margin-bottom: .6rem; }
.lead { color: var(--faint); margin-top: .6rem; font-size: 1.05rem; }
.soft { color: var(--faint); }
section { margin-top: 3.5rem; }
section > h2 { margin-bottom: 1rem; }


.targets { display: grid; gap: 1.25rem; margin-top: 2.25rem; }
.targets.many { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.target { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
.verdict { background: var(--own-bg); padding: 1.1rem 1.5rem; }
.verdict strong { color: var(--own); font-size: 1.2rem; font-weight: 680; display: block; }
.headlines { background: var(--loose-bg); border-bottom: 1px solid var(--line); padding: 1.1rem 1.5rem; display: grid; gap: .75rem; }
.headlines strong { color: var(--loose); }
.target .inner { padding: 1.25rem 1.5rem 1.5rem; }
.target .url { font-family: var(--mono); font-size: .9rem; }
.letter { display: inline-grid; place-items: center; min-width: 1.6em; height: 1.6em; padding: 0 .35em; border-radius: 6px; background: var(--text); color: var(--surface); font: 650 .8rem/1 system-ui, sans-serif; }
.named { display: flex; align-items: baseline; gap: .5rem; }
.named > :last-child { min-width: 0; }
.facts { margin-top: 1rem; font-size: .925rem; }
.facts dl { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr; gap: .3rem 1.25rem; margin-top: .75rem; }
.facts dt { color: var(--faint); }
summary { cursor: pointer; }
.facts > summary, .as-text > summary { color: var(--accent); font-size: .9rem; width: fit-content; padding: .2rem 0; }

.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 14px; }
.matrix thead th:not(:first-child) { overflow-wrap: anywhere; min-width: 9rem; }
table.matrix { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.matrix th, .matrix td { text-align: left; padding: .7rem 1.25rem; border-top: 1px solid var(--line); vertical-align: baseline; overflow-wrap: normal; }
.matrix thead th { border-top: 0; color: var(--faint); font-size: .85rem; font-weight: 600; background: var(--sunk); }
.matrix tbody th { font-weight: 600; white-space: nowrap; }
.matrix .mark { color: var(--own); font-weight: 700; display: inline-block; width: 1.3em; }
.matrix .rest { color: var(--faint); font-size: .85rem; display: inline-block; margin-left: .5rem; }
.matrix.many .rest { display: block; margin-left: 1.3rem; }
.matrix td { min-width: 9rem; }
.legend { color: var(--faint); font-size: .875rem; margin-top: .75rem; display: flex; flex-wrap: wrap; gap: .2rem 1.25rem; }
.legend b { color: var(--own); }

.filter { display: none; }
@supports selector(:has(*)) {
  .filter { display: flex; align-items: center; gap: .6rem; margin-top: 2rem; width: fit-content; cursor: pointer; }
  .filter input { width: 1.15rem; height: 1.15rem; margin: 0; accent-color: var(--accent); }
  body:has(#only-open:checked) .case.calm { display: none; }
  body:has(#only-open:checked) .group:not(:has(.case:not(.calm))) { display: none; }
}
.group { margin-top: 2.5rem; }
.cases { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
.case + .case { border-top: 1px solid var(--line); }
.case > summary { display: grid; grid-template-columns: 1rem 7.5rem 1fr auto; gap: .2rem .8rem; align-items: baseline; padding: .85rem 1.5rem .85rem 1.1rem; list-style: none; }
.case > summary::-webkit-details-marker { display: none; }
.case > summary::before { content: "›"; color: var(--faint); font-weight: 700; transition: transform .12s; justify-self: center; }
.case[open] > summary::before { transform: rotate(90deg); }
.case > summary:hover { background: var(--sunk); }
.case > summary:focus-visible { outline-offset: -3px; border-radius: 12px; }
.case > summary > * { min-width: 0; }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; justify-content: flex-end; }
.body { padding: .25rem 1.5rem 1.75rem 2.9rem; display: grid; gap: 1.25rem; }
.body > *, .run > * { min-width: 0; }
.facts-of-case { display: grid; gap: 1rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); }
.facts-of-case .wide { grid-column: 1 / -1; }
.facts-of-case p { max-width: 46rem; }
.run { border-top: 1px solid var(--line); padding-top: 1.25rem; display: grid; gap: 1.25rem; }
.run h3 { font-size: .95rem; font-weight: 600; }
.command { display: block; white-space: pre-wrap; background: var(--sunk); border-radius: 8px; padding: .75rem 1rem; margin-top: .3rem; line-height: 1.5; user-select: all; font-size: .82rem; }
.command span { white-space: nowrap; }

.timeline { background: var(--sunk); border-radius: 10px; padding: 1rem 1.1rem .6rem; }
.timeline > svg { display: block; overflow: hidden; }
.timeline text { fill: var(--text); font-size: 12.5px; }
.timeline .kind { font-weight: 650; fill: var(--own); }
.timeline .time, .timeline .axis text { fill: var(--faint); font-size: 11.5px; font-variant-numeric: tabular-nums; }
.timeline .track { fill: var(--line); opacity: .55; }
.timeline .bar { fill: var(--own); }
.timeline .crowd .bar { opacity: .22; }
.timeline .axis line { stroke: var(--line); stroke-dasharray: 2 4; }
.as-text ol { font-size: .9rem; margin: .4rem 0 .6rem; max-height: 22rem; overflow-y: auto; }
.as-text .at { color: var(--faint); display: inline-block; min-width: 4.5rem; font-variant-numeric: tabular-nums; }
.notes { list-style: disc; padding-left: 1.25rem; }
footer { color: var(--faint); font-size: .875rem; padding-top: 3.5rem; padding-bottom: 3rem; }

@media (max-width: 40rem) {
  main, header.top, footer { padding-left: 1rem; padding-right: 1rem; }
  header.top { padding-top: 2rem; }
  section { margin-top: 2.5rem; }
  .verdict, .target .inner { padding-left: 1.1rem; padding-right: 1.1rem; }
  .matrix th, .matrix td { padding: .6rem .9rem; }
  .matrix .rest { display: block; margin-left: 1.3rem; }
  .case > summary { grid-template-columns: 1rem 1fr auto; padding: .85rem 1rem .85rem .75rem; }
  .case .title { grid-column: 2 / -1; grid-row: 2; }
  .case .chips { grid-column: 3; grid-row: 1; }
  .case.many .chips { grid-column: 2 / -1; grid-row: 3; justify-content: flex-start; }
  .body { padding: .25rem 1rem 1.5rem; }
  .verdict-list dl { grid-template-columns: 1fr; gap: 0; }
  .verdict-list dd + dt { margin-top: .35rem; }
  .timeline .time { display: none; }
  .timeline text { font-size: 11.5px; }
  .timeline { padding: .8rem .85rem .5rem; }
  .facts dl { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; }
}
@media (prefers-reduced-motion: reduce) { .case > summary::before { transition: none; } }
@media print {
  body { background: #fff; } .filter { display: none; } .case { break-inside: avoid; }
}
`;
