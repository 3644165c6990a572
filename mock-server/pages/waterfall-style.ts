/**
 * Style of the picture of a task, for the console and for saved pages. The borders of its two columns are the lifelines
 * of client, mock and receiver.
 */
export const WATERFALL_STYLE = `
.headline { color: var(--text); margin: var(--gap-2) 0; padding: var(--gap-2) var(--gap-3); border-left: .25rem solid var(--own, var(--state)); background: var(--sunk); border-radius: var(--radius-small); overflow-wrap: anywhere; }
.headline strong { color: var(--own, inherit); }
.headline.good { --own: var(--acknowledged); } .headline.bad { --own: var(--abandoned); }
.headline.open { --own: var(--in-flight); } .headline.planned { --own: var(--waiting); }
.states { list-style: none; display: flex; flex-wrap: wrap; gap: var(--gap-1) 0; margin: var(--gap-3) 0; padding: 0; }
.states li { font-size: var(--body); padding: var(--gap-1) var(--gap-3) var(--gap-1) 0; border-top: .25rem solid var(--state); min-width: 6.5rem; flex: 1; overflow-wrap: anywhere; }
.states li:nth-child(even) { border-top-color: var(--state-2); }
.states li:last-child { border-top-color: var(--text); }
.states li.planned { border-top-style: dashed; color: var(--faint); }
.states small { color: var(--faint); font-size: var(--small); }

.waterfall { --time: 5.5rem; min-width: 0; font-size: var(--body); }
.waterfall ol { list-style: none; margin: 0; padding: 0; }
.waterfall .parties, .waterfall .line { display: grid; grid-template-columns: var(--time) minmax(0, 1fr) minmax(0, 1fr); width: 100%; }
.waterfall .parties { color: var(--faint); font-size: var(--small); padding-bottom: var(--gap-1); align-items: end; }
.waterfall .parties span:nth-child(1) { grid-column: 2; }
.waterfall .parties span:nth-child(2) { grid-column: 3; grid-row: 1; justify-self: start; transform: translateX(-50%); }
.waterfall .parties span:nth-child(3) { grid-column: 3; grid-row: 1; justify-self: end; max-width: calc(100% - 2.5rem); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.waterfall .line { position: relative; border: 0; border-radius: 0; padding: 0; margin: 0; background: none; color: inherit; font: inherit; text-align: left; min-height: var(--row); }
.waterfall .line::before, .waterfall .line::after { content: ""; grid-row: 1; border-left: 1px solid var(--line); pointer-events: none; }
.waterfall .line::before { grid-column: 2; }
.waterfall .line::after { grid-column: 3; border-right: 1px solid var(--line); }
.waterfall .time { grid-column: 1; grid-row: 1; padding: var(--gap-1) var(--gap-2) 0 0; color: var(--faint); font-size: var(--small); font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.waterfall .message { grid-row: 1; min-width: 0; padding: var(--gap-1) 0; display: grid; align-content: center; }
.waterfall .at-client .message { grid-column: 2; }
.waterfall .at-receiver .message { grid-column: 3; }
.waterfall .at-both .message { grid-column: 2 / 4; }
.waterfall .words { display: flex; flex-wrap: wrap; gap: 0 var(--gap-2); padding: 0 var(--gap-2); overflow-wrap: anywhere; }
.waterfall .nested .words { padding-left: var(--gap-6); }
.waterfall .label { font-weight: 600; }
.waterfall .result { color: var(--own, inherit); }
.waterfall .note { color: var(--retrying); }
.waterfall .length, .waterfall .arrow { grid-row: 2; grid-column: 1; align-self: center; }
.waterfall .length { display: block; }
.waterfall .whole { fill: none; }
.waterfall .part { fill: var(--own, var(--state)); }
.waterfall .arrow { position: relative; height: .5rem; color: var(--own, var(--state)); }
.waterfall .arrow::before { content: ""; position: absolute; inset: calc(50% - 1px) 0 auto; border-top: 2px solid; }
.waterfall .arrow::after { content: ""; position: absolute; top: 0; border: .25rem solid transparent; }
.waterfall .to-right .arrow::after { right: 0; border-left: .5rem solid; border-right: 0; }
.waterfall .to-left .arrow::after { left: 0; border-right: .5rem solid; border-left: 0; }
.waterfall .good { --own: var(--acknowledged); } .waterfall .bad { --own: var(--abandoned); }
.waterfall .open { --own: var(--in-flight); } .waterfall .download { --own: var(--state-2); }
.waterfall .download.bad { --own: var(--abandoned); }
.waterfall .planned { --own: var(--faint); color: var(--faint); }
.waterfall .planned .arrow::before { border-top-style: dashed; border-top-width: 1px; }
.waterfall .open .part { stroke: var(--own); stroke-width: 2; stroke-dasharray: 3 3; fill-opacity: .35; }
.waterfall .pause .line { min-height: 0; }
.waterfall .pause .words { justify-content: center; color: var(--faint); font-size: var(--small); }
.waterfall .pause .label { font-weight: 400; }
.waterfall .pause .label::before { content: "··· "; } .waterfall .pause .label::after { content: " ···"; }
.waterfall button.line { cursor: pointer; }
.waterfall button.line:hover { background: var(--sunk); }
.waterfall button.line[aria-pressed="true"] { background: var(--sunk); box-shadow: inset .25rem 0 var(--accent); color: inherit; }
@media (max-width: 40rem) { .waterfall { --time: 4.25rem; } .waterfall .words { padding: 0 var(--gap-1); } .waterfall .nested .words { padding-left: var(--gap-3); } }
`;
