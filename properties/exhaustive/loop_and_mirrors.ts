import { createHash } from "node:crypto";
import type { SmallWorld } from "./explore.ts";
import { deploymentPlay } from "./loops/deployment.ts";
import { jobPlay } from "./loops/job.ts";
import type { LoopPlay } from "./loops/play.ts";
import { replicaSetPlay } from "./loops/replica_set.ts";
import { createLoopStage, type LoopChances } from "./loops/stage.ts";
import { statefulSetPlay } from "./loops/stateful_set.ts";

const plays = {
  Deployment: deploymentPlay,
  Job: jobPlay,
  ReplicaSet: replicaSetPlay,
  StatefulSet: statefulSetPlay,
} satisfies Record<string, LoopPlay>;

/** Which loop it is, and how often what nobody has to do may happen. */
export interface LoopBounds extends LoopChances {
  readonly of: keyof typeof plays;
}

/** A loop with its mirrors, all that it has asked, and all that it is yet to be told. */
export interface LoopWorld {
  /** All that happened. */
  readonly path: readonly string[];
  readonly key: string;
  readonly enabled: readonly string[];
  readonly wrong: string | undefined;
}

/**
 * A control loop whose every request is carried out, and answered, at any time, and whose mirrors are told at any time
 * what there is, of each resource in order; meanwhile happens what the bounds allow. Loops are functions over hidden
 * variables, so that a state is told by how it came about, and made anew from that.
 */
export function loopAndMirrors(bounds: LoopBounds): SmallWorld<LoopWorld> {
  const played = (path: readonly string[]): LoopWorld => {
    const stage = createLoopStage(plays[bounds.of], bounds);
    for (const each of path) stage.happen(each);
    const key = createHash("sha1").update(stage.text()).digest("base64");
    return { path, key, enabled: stage.enabled(), wrong: stage.wrong() };
  };
  return {
    initial: () => played([]),
    enabled: ({ enabled }) => enabled,
    after: ({ path }, name) => played([...path, name]),
    keyOf: ({ key }) => key,
    isIndependent,
    judge: ({ wrong }) => wrong,
  };
}

/** What happens to the loop makes no difference to what happens to its server, unless both are of one request. */
function isIndependent(one: string, other: string): boolean {
  const sides = [sideOf(one), sideOf(other)];
  return sides.includes("loop") && sides.includes("server") && requestOf(one) !== requestOf(other);
}

function sideOf(name: string): "loop" | "server" | "both" {
  if (/^(tell|answer|lose) /.test(name)) return "loop";
  return /^(wait|crash)$/.test(name) ? "both" : "server";
}

/** Of what is not of a request, the name, which is like no other. */
function requestOf(name: string): string {
  return /^(?:commit|refuse|answer|lose) (\d+)/.exec(name)?.[1] ?? name;
}
