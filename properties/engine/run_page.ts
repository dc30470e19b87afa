import type { Violation } from "./invariant.ts";
import type { RecordedRun, RecordedStep, RecordedWrite } from "./record_run.ts";
import { divergingWrite } from "./record_run.ts";

/** What a page shows. */
export interface RunPage {
  readonly title: string;
  /** What was desired, and what is planned: a line each. */
  readonly introduction: readonly string[];
  readonly run: RecordedRun;
  /** The same without faults. */
  readonly calm: RecordedRun;
  readonly violation: Violation | undefined;
}

const lanesMax = 12;
const messagesMax = 160;
const laneWidth = 130;
const rowHeight = 18;
const headHeight = 70;
const writesMax = 120;
const noise = /^(timer\.|raft\.|store\.heartbeat|disk\.|device)/;

/** A run as one HTML file that needs no other: lanes, messages, faults, the writes of both runs beside each other. */
export function runPage({ title, introduction, run, calm, violation }: RunPage): string {
  const diverging = divergingWrite(run, calm);
  const centreMs = diverging?.atMs ?? violation?.atMs ?? run.virtualMs;
  const told = violation ? `${violation.property}: ${violation.details}` : "No rule was broken";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style></head><body>
<h1>${escaped(title)}</h1>
<p class="${violation ? "bad" : "good"}">${escaped(told)}</p>
<ul>${introduction.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>
<h2>Faults, as they came</h2>
<ol>${run.faults.map(({ atMs, text }) => `<li><b>${seconds(atMs)}</b> ${escaped(text)}</li>`).join("")}</ol>
<h2>Who told whom, around ${seconds(centreMs)}</h2>
${lanes(run, centreMs, violation)}
<h2>What was written, and the same run without faults</h2>
<p>${diverging ? `The first write that the run without faults does not have is marked: <b>${escaped(diverging.key)} ${diverging.what}</b> at ${seconds(diverging.atMs)}` : "Both runs write the same"}</p>
<div class="beside"><div><h3>With faults</h3>${writesTable(run, { diverging, centreMs })}</div>
<div><h3>Without</h3>${writesTable(calm, { diverging: undefined, centreMs })}</div></div>
<p class="hash">hash ${run.hash}, without faults ${calm.hash}</p>
</body></html>
`;
}

/** The messages around a moment: those nearest to it. */
function around(steps: readonly RecordedStep[], centreMs: number): readonly RecordedStep[] {
  const worth = steps.filter(({ from, to, event }) => from !== "" && from !== to && !noise.test(event.type));
  const after = worth.findIndex(({ atMs }) => atMs > centreMs);
  const at = after < 0 ? worth.length : after;
  const first = Math.max(0, at - Math.floor(messagesMax * 0.7));
  return worth.slice(first, first + messagesMax);
}

function lanes(run: RecordedRun, centreMs: number, violation: Violation | undefined): string {
  const shown = around(run.steps, centreMs);
  const counts = new Map<string, number>();
  for (const { from, to } of shown) for (const each of [from, to]) counts.set(each, (counts.get(each) ?? 0) + 1);
  const names = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, lanesMax)
    .map(([name]) => name)
    .sort();
  const xOf = (name: string) => 90 + names.indexOf(name) * laneWidth;
  const messages = shown.filter(({ from, to }) => names.includes(from) && names.includes(to));
  const [firstMs, lastMs] = [messages[0]?.atMs ?? 0, messages.at(-1)?.atMs ?? 0];
  const marks = [
    ...run.faults.map(({ atMs, text }) => ({ atMs, text, kind: "fault" })),
    ...(violation ? [{ atMs: violation.atMs, text: violation.property, kind: "bad" }] : []),
  ].filter(({ atMs }) => atMs >= firstMs && atMs <= lastMs + 1);
  const rows = [
    ...messages.map((message) => ({ atMs: message.atMs, draw: (y: number) => arrow(message, { xOf, y }) })),
    ...marks.map((mark) => ({ atMs: mark.atMs, draw: (y: number) => line(mark, names.length, y) })),
  ].sort((a, b) => a.atMs - b.atMs);
  const width = 120 + names.length * laneWidth;
  const height = headHeight + rows.length * rowHeight + 20;
  const columns = names.map(
    (name) =>
      `<text class="lane" x="${xOf(name)}" y="24">${escaped(name)}</text><line class="lane" x1="${xOf(name)}" x2="${xOf(name)}" y1="34" y2="${height}"/>`,
  );
  const body = rows.map(({ draw }, index) => draw(headHeight + index * rowHeight));
  return `<div class="scroll"><svg width="${width}" height="${height}">${columns.join("")}${body.join("")}</svg></div>`;
}

function arrow(
  message: RecordedStep,
  { xOf, y }: { readonly xOf: (name: string) => number; readonly y: number },
): string {
  const { from, to, event, atMs, step, phase } = message;
  const [x1, x2] = [xOf(from), xOf(to)];
  const head = x2 > x1 ? -6 : 6;
  const about = `#${step} ${from} -> ${to}: ${event.type} (${phase})`;
  return `<g><title>${escaped(about)}</title><text class="time" x="4" y="${y + 4}">${seconds(atMs)}</text><line class="message" x1="${x1}" x2="${x2}" y1="${y}" y2="${y}"/><path class="head" d="M${x2} ${y}l${head} -3v6z"/><text class="message" x="${(x1 + x2) / 2}" y="${y - 2}">${escaped(event.type)}</text></g>`;
}

function line({ text, kind }: { readonly text: string; readonly kind: string }, count: number, y: number): string {
  const end = 60 + count * laneWidth;
  return `<line class="${kind}" x1="60" x2="${end}" y1="${y}" y2="${y}"/><text class="${kind}" x="64" y="${y - 3}">${escaped(text)}</text>`;
}

interface Marking {
  readonly diverging: RecordedWrite | undefined;
  readonly centreMs: number;
}

function writesTable({ writes }: RecordedRun, { diverging, centreMs }: Marking): string {
  const worth = writes.filter(({ key }) => !/^(leases|events|masterleases)\//.test(key));
  const after = worth.findIndex(({ atMs }) => atMs > centreMs);
  const first = Math.max(0, (after < 0 ? worth.length : after) - writesMax / 2);
  const rows = worth.slice(first, first + writesMax).map((write) => {
    const mark = write === diverging ? ' class="bad"' : "";
    return `<tr${mark}><td>${seconds(write.atMs)}</td><td>#${write.step}</td><td>${write.what}</td><td>${escaped(write.key)}</td></tr>`;
  });
  return `<table>${rows.join("")}</table>`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
body { font: 14px/1.45 system-ui, sans-serif; margin: 24px; color: #1d2733; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 28px; } h3 { font-size: 14px; }
p.bad { background: #fde8e8; border-left: 4px solid #c81e1e; padding: 8px 12px; }
p.good { background: #e6f6ec; border-left: 4px solid #1e8e4e; padding: 8px 12px; }
.scroll { overflow: auto; max-height: 640px; border: 1px solid #d5dbe1; }
.beside { display: flex; gap: 24px; } .beside > div { flex: 1; min-width: 0; overflow: auto; }
table { border-collapse: collapse; font: 12px ui-monospace, monospace; } td { padding: 1px 8px; white-space: nowrap; }
tr.bad td { background: #fde8e8; font-weight: bold; }
svg text { font: 10px ui-monospace, monospace; fill: #44505c; } svg text.lane { font-weight: bold; text-anchor: middle; }
svg text.message { text-anchor: middle; } svg line.lane { stroke: #d5dbe1; } svg line.message { stroke: #4472a8; }
svg path.head { fill: #4472a8; } svg line.fault { stroke: #d97706; stroke-dasharray: 4 3; } svg text.fault { fill: #b45309; }
svg line.bad { stroke: #c81e1e; stroke-width: 2; } svg text.bad { fill: #c81e1e; font-weight: bold; } .hash { color: #6b7682; }
`;
