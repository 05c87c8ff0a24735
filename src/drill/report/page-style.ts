/** The style of a drill's page: light and dark by what the reader prefers, narrow screens, print. No resource is fetched. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #ffffff; --text: #17212b; --soft: #5b6875; --line: #dde3e9; --sunk: #eef2f5;
  --good: #0f766e; --good-soft: #d7f2ec; --bad: #b3261e; --bad-soft: #fbe3e0; --warn: #8a5a00; --warn-soft: #fbefd2; --note: #3d5a80; --note-soft: #e2ebf5;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f151b; --card: #18212a; --text: #e4eaf0; --soft: #98a6b3; --line: #2a3641; --sunk: #111920;
    --good: #4fd1bd; --good-soft: #10342f; --bad: #ff9b90; --bad-soft: #43191a; --warn: #f0c063; --warn-soft: #3a2d10; --note: #9cc1ee; --note-soft: #1a2c42;
  }
}
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1, h2, h3, p { margin: 0; }
h2 { font-size: 1.05rem; margin-bottom: .75rem; }
h3 { font-size: 1rem; font-weight: 600; }
a { color: inherit; }
td, th { overflow-wrap: break-word; }
bdi, .any { overflow-wrap: anywhere; }
code, pre, .id { font-family: var(--mono); font-size: .84em; }
.soft { color: var(--soft); }
.brand { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; color: var(--soft); font-size: .875rem; margin-bottom: 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.4rem; margin-top: 1rem; }
.verdict { border-left: 6px solid var(--good); }
.verdict.failed { border-left-color: var(--bad); }
.verdict h1 { font-size: 1.7rem; line-height: 1.2; color: var(--good); margin-bottom: .4rem; }
.verdict.failed h1 { color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: .75rem; margin-top: 1.2rem; }
.tile { background: var(--sunk); border-radius: 9px; padding: .7rem .85rem; }
.tile b { display: block; font-size: 1.3rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .84rem; display: block; line-height: 1.35; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th { text-align: left; color: var(--soft); font-weight: 500; font-size: .8rem; white-space: nowrap; }
th, td { padding: .42rem .6rem .42rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.agent { min-width: 11rem; }
.agent .id { display: block; color: var(--soft); font-size: .72rem; }
.yes { color: var(--good); } .no { color: var(--bad); font-weight: 600; }
.bars { display: grid; grid-template-columns: fit-content(40%) 1fr max-content; gap: .3rem .8rem; align-items: center; font-size: .9rem; }
.track { position: relative; height: 1rem; background: var(--sunk); border-radius: 4px; }
.track i { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 4px; background: var(--good); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.track i.extra, .key i.extra { background: var(--soft); opacity: .55; }
.key { display: flex; gap: 1.2rem; flex-wrap: wrap; font-size: .84rem; color: var(--soft); margin-top: .8rem; }
.key i { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; background: var(--good); margin-right: .4rem; vertical-align: -1px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.finding { border-top: 1px solid var(--line); padding: .9rem 0; break-inside: avoid; }
.finding:last-child { padding-bottom: 0; }
.finding p { margin-top: .25rem; }
.chip { display: inline-block; border-radius: 99px; padding: .05rem .6rem; font-size: .8rem; font-weight: 600; margin-right: .5rem; background: var(--note-soft); color: var(--note); }
.chip.error { background: var(--bad-soft); color: var(--bad); } .chip.warning { background: var(--warn-soft); color: var(--warn); } .chip.good { background: var(--good-soft); color: var(--good); }
.group { margin: 1rem 0 .5rem; }
.mend::before { content: '→ '; color: var(--good); }
.ids { color: var(--soft); font-size: .84rem; }
pre { margin: .5rem 0 0; padding: .7rem .85rem; background: var(--sunk); border-radius: 8px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin-top: .8rem; }
summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
details table { margin-top: .5rem; }
footer { color: var(--soft); font-size: .84rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
.several { border-top: 2px solid var(--line); margin-top: 3rem; padding-top: 1.5rem; }
@media (max-width: 40rem) {
  main { padding: 1.25rem .8rem 2rem; }
  .card { padding: 1rem; }
  .verdict h1 { font-size: 1.35rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  .agent .id { display: none; } .agent { min-width: 8.5rem; }
}
@media print {
  :root { color-scheme: light; }
  body { background: #fff; font-size: 11pt; } main { max-width: none; padding: 0; }
  .card, .tile { break-inside: avoid; } .card.long { break-inside: auto; } .several { break-before: page; border: 0; margin: 0; }
  details.whole::details-content { content-visibility: visible; display: block; block-size: auto; }
  .scroll { overflow: visible; }
}
`;
