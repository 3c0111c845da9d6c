/** Picture, table and advice as one page that asks nobody for anything. */
import { COLUMNS } from "./columns.ts";
import { adviceTexts, type Report, scenarioText } from "./report.ts";
import { escaped, svgText } from "./svg.ts";

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid #8884}th:first-child,td:first-child{text-align:left;white-space:pre}svg{width:100%}`;

export function htmlText(report: Report): string {
  const { scenario, seeds, from, played, advice } = report;
  const cells = (tag: "th" | "td", texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</tr>`;
  const rows = played.map(({ arm, figures }) =>
    cells("td", [arm.name, ...COLUMNS.map(({ written }) => written(figures))]),
  );
  const meanings = COLUMNS.map(({ head, means }) => `<dt>${head}</dt><dd>${escaped(means)}</dd>`);
  const items = (texts: readonly string[]): string => texts.map((text) => `<li>${escaped(text)}</li>`).join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>recloser simulate</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${STYLE}</style></head><body>
<h1>recloser simulate</h1>
<p>${escaped(scenarioText(scenario, seeds))}. Policy: ${escaped(from)}.</p>
<ul>
${items(scenario.outages.map(({ text }) => `outage: ${text}`))}
</ul>
${svgText(report)}
<table><thead>${cells("th", ["POLICY", ...COLUMNS.map(({ head }) => head)])}</thead>
<tbody>${rows.join("\n")}</tbody></table>
<dl>${meanings.join("\n")}</dl>
${advice === null ? "" : `<h2>What to change</h2>\n<ul>\n${items(adviceTexts(report, advice))}\n</ul>\n`}</body></html>
`;
}
