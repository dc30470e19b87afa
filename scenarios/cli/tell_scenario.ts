import { topologyDefault } from "../cluster/create_cluster.ts";
import { tellMs } from "../script/duration.ts";
import type { ScenarioFailure } from "../script/failure.ts";
import type { RunScenarioOptions, ScenarioEvent, ScenarioResult } from "../script/run_scenario.ts";
import type { Scenario } from "../script/scenario.ts";
import type { Display } from "./display.ts";

const marks = { held: "✓", failed: "✗" } as const;
/** A terminal is not told more often what is waited for, in milliseconds. */
const liveMs = 100;
const titleMax = 72;

/** The first lines: what is performed, on what. */
export function introduction(
  { name, summary, topology }: Scenario,
  { host = "simulation", seed = 1 }: Pick<RunScenarioOptions, "host" | "seed">,
): string {
  const { nodes, stores, apiservers } = { ...topologyDefault, ...topology };
  const where = {
    simulation: `in simulation, seed ${seed}`,
    thread: "each in a worker thread",
    pool: "in a pool of worker threads",
  };
  const cluster = `${count(nodes, "node")}, ${count(stores, "store replica")}, ${count(apiservers, "API server")}`;
  return `${name}: ${summary}\n${cluster}, ${where[host]}\n`;
}

/** Tells a scenario while it runs; on a terminal the last line says what is waited for. */
export function createTeller(display: Display): (event: ScenarioEvent) => void {
  let liveAtMs = 0;
  const live = (text: string) => {
    if (text !== "" && Date.now() - liveAtMs < liveMs) return;
    liveAtMs = text === "" ? 0 : Date.now();
    display.set("live", text);
  };
  return (event) => {
    switch (event.type) {
      case "milestone":
        return live(`  … ${event.milestone.stage} ${event.milestone.done} of ${event.milestone.of}`);
      case "step":
        live("");
        return display.note(`${String(event.number).padStart(3)}  ${event.title}`);
      case "observed":
        live("");
        return display.note(`${timeColumn(event.atMs)}  ${event.text}`);
      case "looking":
        return live(`${timeColumn(event.atMs)}  … ${event.what}${event.last === "" ? "" : `: ${flat(event.last)}`}`);
      case "step.over": {
        live("");
        const { isHeld, tookMs } = event.step;
        return display.note(
          `  ${marks[isHeld ? "held" : "failed"]}  ${isHeld ? "held" : "failed"}, ${tellMs(tookMs)}\n`,
        );
      }
      case "failed":
        return live("");
    }
  };
}

/** The end: what was expected and seen where a step failed, the table of the steps, and the verdict. */
export function conclusion(result: ScenarioResult): string {
  return [
    ...(result.failure ? [...failureLines(result.failure), ""] : []),
    ...table(result),
    "",
    verdict(result),
    "",
  ].join("\n");
}

function failureLines(failure: ScenarioFailure): readonly string[] {
  const { step, message, expected, seen, afterMs, where, events, faults } = failure;
  const sides =
    expected === undefined || seen === undefined
      ? [field("because", message)]
      : [field("expected", expected), field("saw", seen)];
  return [
    `${marks.failed} ${step ?? "The script failed outside of its steps"}`,
    ...sides,
    ...(afterMs === undefined ? [] : [field("after", tellMs(afterMs))]),
    ...(where === undefined ? [] : [field("at", where)]),
    ...section("Kubernetes Events around it", events),
    ...section("Faults and crashes so far", faults),
  ];
}

function field(name: string, text: string): string {
  return `  ${name.padEnd(10)}${text.replaceAll("\n", `\n${" ".repeat(12)}`)}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [`  ${title}: none`] : [`  ${title}:`, ...lines.map((line) => `    ${flat(line)}`)];
}

function table({ steps }: ScenarioResult): readonly string[] {
  const rows = steps.map(({ title, tookMs, isHeld }, index) => [
    `${index + 1}`.padStart(3),
    title.length > titleMax ? `${title.slice(0, titleMax - 1)}…` : title,
    tellMs(tookMs),
    `${marks[isHeld ? "held" : "failed"]} ${isHeld ? "held" : "failed"}`,
  ]);
  const all = [["   ", "step", "time", "result"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function verdict({ steps, isHeld, tookMs, host, seed, hash }: ScenarioResult): string {
  const held = steps.filter((step) => step.isHeld).length;
  const what = isHeld ? `All ${count(steps.length, "step")} held` : `Failed after ${count(held, "step")} that held`;
  if (hash !== undefined) return `${what}, in ${tellMs(tookMs)} of virtual time; seed ${seed}, hash ${hash}`;
  return `${what}, in ${tellMs(tookMs)}; threads run freely, no run in the host ${host} is quite like another`;
}

function timeColumn(ms: number): string {
  return tellMs(ms).padStart(17);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function flat(text: string): string {
  return text.replace(/\s+/g, " ");
}
