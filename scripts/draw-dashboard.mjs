// Draws deploy/monitoring/dashboard.json as one HTML page out of what a Prometheus has scraped, for docs/images:
//   node scripts/draw-dashboard.mjs http://127.0.0.1:9090 [minutes] > dashboard.html
// Prometheus evaluates each panel's own expression. The drawing is ours: Grafana's looks better and shows the same numbers.
import { readFileSync } from 'node:fs';

const [prometheus = 'http://127.0.0.1:9090', minutes = '6'] = process.argv.slice(2);
const { panels } = JSON.parse(
  readFileSync(new URL('../deploy/monitoring/dashboard.json', import.meta.url), 'utf8'),
);
const end = Math.floor(Date.now() / 1000);
const start = end - Number(minutes) * 60;
const stepSeconds = 5;
const [column, row, gap] = [54, 26, 6];
const colours = ['#2563eb', '#d97706', '#059669', '#dc2626', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f'];

const escape = (text) =>
  String(text).replace(
    /[&<>"]/g,
    (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark],
  );

async function ask(path, parameters) {
  const reply = await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { status, data, error } = await reply.json();
  if (status !== 'success') throw new Error(`${parameters.query}: ${error}`);
  return data.result;
}

/** As Grafana fills in its variables. */
const filledIn = (expression) =>
  expression.replaceAll('$installation', '.*').replaceAll('$__rate_interval', '1m');

const legend = (format = '', labels) =>
  format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');

function shown(value, unit) {
  if (unit === 'percentunit') return `${(value * 100).toPrecision(3)} %`;
  const text = Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return unit === 's' ? `${text} s` : text;
}

async function lines({ targets = [] }) {
  const found = [];
  for (const { expr, legendFormat } of targets) {
    const result = await ask('query_range', { query: filledIn(expr), start, end, step: stepSeconds });
    for (const { metric, values } of result) {
      const points = values
        .map(([at, value]) => [at, Number(value)])
        .filter(([, value]) => Number.isFinite(value));
      if (points.length > 0) found.push({ name: legend(legendFormat, metric), points });
    }
  }
  return found;
}

async function stat(panel, unit) {
  const [series] = await lines(panel);
  const value = series?.points.at(-1)?.[1];
  return `<div class="stat">${value === undefined ? 'no data' : shown(value, unit)}</div>`;
}

async function graph(panel, unit, width, height) {
  const series = await lines(panel);
  if (series.length === 0) return '<div class="none">nothing of this kind</div>';
  const top = Math.max(...series.flatMap(({ points }) => points.map(([, value]) => value)), 0) || 1;
  const [left, plot] = [46, height - 52];
  const x = (at) => left + ((at - start) / (end - start)) * (width - left - 10);
  const y = (value) => 6 + (1 - value / top) * (plot - 12);
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="${left}" x2="${width - 10}" y1="${y(share * top)}" y2="${y(share * top)}" stroke="#e5e7eb"/>` +
      `<text x="${left - 5}" y="${y(share * top) + 4}" text-anchor="end">${escape(shown(share * top, unit))}</text>`,
  );
  const drawn = series.map(({ points }, index) => {
    const path = points.map(([at, value], point) => {
      // Nothing was there in between: no line is.
      const isBegun = point > 0 && at - points[point - 1][0] <= stepSeconds * 2;
      return `${isBegun ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    return `<path d="${path.join('')}" fill="none" stroke="${colours[index % colours.length]}" stroke-width="1.6"/>`;
  });
  const names = series.map(
    ({ name }, index) =>
      `<span><i style="background:${colours[index % colours.length]}"></i>${escape(name)}</span>`,
  );
  return `<svg width="${width}" height="${plot}">${grid.join('')}${drawn.join('')}</svg><div class="names">${names.join('')}</div>`;
}

const boxes = [];
for (const panel of panels) {
  const { x, y, w, h } = panel.gridPos;
  const place = `left:${x * column}px;top:${y * row}px;width:${w * column - gap}px;height:${h * row - gap}px`;
  if (panel.type === 'row') {
    boxes.push(`<h2 style="${place}">${escape(panel.title)}</h2>`);
    continue;
  }
  const { unit } = panel.fieldConfig?.defaults ?? {};
  const inside =
    panel.type === 'stat'
      ? await stat(panel, unit)
      : await graph(panel, unit, w * column - gap - 12, h * row - gap - 8);
  boxes.push(`<section style="${place}"><h3>${escape(panel.title)}</h3>${inside}</section>`);
}
const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * row;
process.stdout.write(`<!doctype html><meta charset="utf-8"><title>Dashboard</title><style>
body{margin:8px;width:${24 * column}px;height:${height}px;position:relative;font:11px sans-serif;background:#f3f4f6;color:#111827}
h2,section{position:absolute;box-sizing:border-box;margin:0}
h2{font-size:14px}section{background:#fff;border:1px solid #d1d5db;border-radius:3px;padding:4px 6px;overflow:hidden}
h3{margin:0;font-size:12px}text{font-size:10px;fill:#4b5563}
.stat{font-size:46px;text-align:center;padding-top:34px}.none{color:#6b7280;text-align:center;padding-top:50px}
.names{max-height:28px;overflow:hidden;line-height:14px}.names span{margin-right:9px;white-space:nowrap}
.names i{display:inline-block;width:8px;height:8px;margin-right:3px}
</style>${boxes.join('\n')}\n`);
