import type { ImageCatalogue } from "../../actors/cri/messages.ts";
import type { NodeEvent, RuntimeEvent } from "../../actors/cri/runtime_event.ts";
import type { StoreEvent } from "../../actors/store/messages.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import { createWorld } from "../engine/world.ts";
import type { Command } from "../workload/command.ts";

/** What happens to a key: it is written, or (without object) deleted; or what happens on a node. */
export type Happening =
  | { readonly atMs: number; readonly key: string; readonly object?: object }
  | { readonly atMs: number; readonly event: NodeEvent };

/** The run in which it happens. */
export interface HappeningScene {
  readonly workload?: readonly Command[];
  readonly faults?: readonly Fault[];
  readonly images?: ImageCatalogue;
}

/** Shows an invariant what happened, in order; the answer is what it finds wrong first, at the latest at the end. */
export function judgeHappenings(
  invariant: Invariant,
  happenings: readonly Happening[],
  { workload = [], faults = [], images }: HappeningScene = {},
): string | undefined {
  let nowMs = 0;
  const simulation = { uptimeMs: () => nowMs, dataOf: () => undefined } as unknown as Simulation;
  const topology = { nodes: 2, stores: 1, apiservers: 1, ...(images ? { images } : {}) } as const;
  const definition: RunDefinition = { seed: 1, topology, workload, faults, healAtMs: 0 };
  const world = createWorld(definition, simulation);
  const watch = invariant.watch(world);
  const changes: (readonly StoreEvent[])[] = [];
  let wrong: string | undefined;
  for (const happening of happenings) {
    nowMs = happening.atMs;
    if ("event" in happening) {
      wrong ??= watch.runtime?.({ ...happening.event, node: "computer/node-0" } as RuntimeEvent);
      continue;
    }
    const { key, object } = happening;
    const modRevision = changes.length + 2;
    const kv = { key, createRevision: 2, modRevision, version: 1, value: object ? JSON.stringify(object) : "" };
    changes.push([{ type: object ? "put" : "delete", kv }]);
    world.follow({ revision: modRevision, changes, changesFirst: 2 } as never, (commit) => {
      wrong ??= watch.commit?.(commit);
    });
  }
  return wrong ?? watch.end?.();
}
