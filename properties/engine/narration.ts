import type { RuntimeEvent } from "../../actors/cri/runtime_event.ts";
import type { JournalEntry } from "../../runtime/core/journal.ts";
import { all } from "../invariants/all.ts";
import type { TrafficRecord } from "../traffic/client_data.ts";
import { describeOutcome, trafficOf } from "../traffic/records.ts";
import { describeCommand } from "../workload/command.ts";
import type { Invariant } from "./invariant.ts";
import { suiteWithStage } from "./perform.ts";
import { performRun, type RunResult } from "./run.ts";
import { type AnyRun, isSuiteRun, type RunDefinition } from "./run_definition.ts";
import type { SuiteRun } from "./suite.ts";

/** A run in words. */
export interface NarratedRun extends RunResult {
  readonly narration: readonly string[];
}

const journalMax = 2_000;
const lastMax = 25;
/** What goes on for ever, whatever happens. */
const heartbeats = /^(timer\.|controller\.(lease|hello)$|raft\.heartbeat)/;

/** Performs a run and tells it: the cluster, the work, the faults as they came, and the last deliveries before the end. */
export function narrateRun(definition: AnyRun): NarratedRun {
  return isSuiteRun(definition) ? narrateSuiteRun(definition) : narrateClusterRun(definition);
}

function narrateSuiteRun(definition: SuiteRun): NarratedRun {
  const lines: [atMs: number, text: string][] = [];
  const last: string[] = [];
  const result = suiteWithStage(definition.suite).perform(definition, {
    journalMax,
    inspect(simulation) {
      for (const { atMs, text } of simulation.faults.notes()) lines.push([atMs, `fault: ${text}`]);
      const telling = simulation.journal.entries().filter(({ event }) => !heartbeats.test(event.type));
      for (const entry of telling.slice(-lastMax)) last.push(tellEntry(entry));
    },
  });
  return told(definition, result, { lines, last });
}

function narrateClusterRun(definition: RunDefinition): NarratedRun {
  const lines: [atMs: number, text: string][] = [];
  const last: string[] = [];
  const listener: Invariant = {
    name: "narration",
    watch: ({ simulation }) => ({
      runtime(event) {
        const told = tellContainers(event);
        if (told) lines.push([simulation.uptimeMs(), told]);
        return undefined;
      },
    }),
  };
  const result = performRun(definition, {
    journalMax,
    // What containers do is told where it matters: where requests are served by them.
    ...(definition.traffic ? { invariants: [...all, listener] } : {}),
    inspect(world, driver) {
      for (const { atMs, text } of driver?.notes ?? []) lines.push([atMs, text]);
      for (const { atMs, text } of world.simulation.faults.notes()) lines.push([atMs, `fault: ${text}`]);
      for (const record of trafficOf(world)?.begun ?? []) lines.push(...tellRequest(record));
      const telling = world.simulation.journal.entries().filter(({ event }) => !heartbeats.test(event.type));
      for (const entry of telling.slice(-lastMax)) last.push(tellEntry(entry));
    },
  });
  return told(definition, result, { lines, last });
}

interface Told {
  readonly lines: [atMs: number, text: string][];
  /** The last deliveries. */
  readonly last: readonly string[];
}

function told(definition: AnyRun, result: RunResult, { lines, last }: Told): NarratedRun {
  const { violation } = result;
  if (violation) lines.push([violation.atMs, `VIOLATION: ${violation.property}: ${violation.details}`]);
  const story = lines.sort(([a], [b]) => a - b).map(([atMs, text]) => `${seconds(atMs)}  ${text}`);
  const narration = [
    ...introduce(definition),
    ...story,
    ...(violation ? ["The last deliveries before it:", ...last] : [`${seconds(result.virtualMs)}  all rules held`]),
  ];
  return { ...result, narration };
}

/** What happened to a pod on its node, as it happened. */
function tellContainers(event: RuntimeEvent): string | undefined {
  if (event.type === "node.lost") return `${event.node} has lost all that ran there`;
  if (event.type === "volume.removed") return `the data of volume ${event.volume} are removed`;
  const { name } = event.pod;
  switch (event.type) {
    case "sandbox.ready":
      return `pod ${name} gets ${event.ips.join(" and ")} on ${event.node}`;
    case "container.started":
      return `pod ${name} runs`;
    case "container.exited":
      return `pod ${name} has exited with ${event.exitCode}`;
    case "container.wrote":
      return `pod ${name} says: ${event.text}`;
    case "sandbox.stopped":
      return undefined;
  }
}

/** A request twice: as it is sent, and as it ends. */
function tellRequest(record: TrafficRecord): [atMs: number, text: string][] {
  const { request, node, sentAtMs, endedAtMs, outcome } = record;
  const { id, bytes, answerBytes, workMs } = request;
  const sent = `request ${id} is sent to ${node.computer}: ${bytes} bytes for ${answerBytes}, ${workMs} ms of work`;
  const ended = `request ${id} has ended: ${describeOutcome(record)}`;
  return outcome
    ? [
        [sentAtMs, sent],
        [endedAtMs, ended],
      ]
    : [[sentAtMs, sent]];
}

/** A run's stage, work and plan: a line each. */
export function introduce(run: AnyRun): readonly string[] {
  if (isSuiteRun(run)) return suiteWithStage(run.suite).introduce(run);
  const { topology, workload, faults, traffic, seed } = run;
  const { stores, apiservers, nodes, managers = 1, schedulers = 1 } = topology;
  return [
    `A cluster of ${stores} store replicas, ${apiservers} API servers, ${managers} controller managers, ${schedulers} schedulers and ${nodes} nodes; seed ${seed}`,
    `${workload.length} commands: ${workload.map(describeCommand).join("; ")}`,
    `${faults.length} faults planned`,
    ...(traffic ? [`${traffic.requests.length} requests to the front, which asks the back`] : []),
  ];
}

function tellEntry({ atMs, from, to, event, phase }: JournalEntry): string {
  return `${seconds(atMs)}  ${from} -> ${to}: ${event.type} (${phase})`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3).padStart(9)} s`;
}
