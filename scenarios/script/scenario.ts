import type { Cluster } from "../cluster/create_cluster.ts";
import type { Topology } from "../cluster/topology.ts";
import type { expect } from "./expect.ts";
import type { Faults } from "./faults.ts";
import type { Objects } from "./objects.ts";
import type { Patience } from "./patience.ts";
import type { Requests } from "./request.ts";

/** What the script of a scenario is given: all that it can do to a cluster, and see of it. */
export interface Script extends Objects, Patience, Faults, Requests {
  /** One step of the story: it is told, and holds when its body does not throw. What the body gives is the result. */
  step<T>(title: string, body: () => T | Promise<T>): Promise<T>;
  /** Says what an expectation is: `expect(pods.length, "pods").toBe(3)`. */
  readonly expect: typeof expect;
  /** Adds a line to what is told. */
  note(text: string): void;
  /** The cluster itself, for what has no word of its own. */
  readonly cluster: Cluster;
}

/** A story that a cluster performs: the same in virtual time and in real threads. */
export interface Scenario {
  /** `self-healing`. */
  readonly name: string;
  /** One line: what it shows. */
  readonly summary: string;
  /** What is not said is as in `topologyDefault`. */
  readonly topology?: Partial<Topology>;
  /**
   * A folder of images of its own, which pods run as real code; see `troupe image list`. They come beside those of
   * kubetroupe, and before one of the same name and tag. A URL finds it beside the scenario's file, a path is one of the
   * working directory. With it, connections are carried (`topology.traffic`) where nothing else is said.
   */
  readonly images?: string | URL;
  readonly script: (script: Script) => Promise<void>;
}

/**
 * Makes a scenario. `troupe run FILE` performs the one that a file exports.
 *
 * @example
 * export default scenario({ name: "hello", summary: "A pod runs" }, async ({ step, apply, get, eventually, expect }) => {
 *   await step("Ask for a pod", () => apply(manifest));
 *   await step("It runs", () =>
 *     eventually("it is Running", async () => expect((await get("pod/hello")).status.phase).toBe("Running")),
 *   );
 * });
 *
 * @example
 * // With ./images/stock.ts, which pods run as the image `stock:1`: export default { fetch: () => new Response("3 left") }
 * const about = { name: "stock", summary: "It answers", images: new URL("./images", import.meta.url) };
 * export default scenario(about, async ({ step, apply, eventually, request, expect }) => {
 *   await step("Bring it up", () => apply(deploymentAndService));
 *   await step("It answers", () =>
 *     eventually("3 are left", async () => expect((await request({ service: "stock" })).text(), "the answer").toBe("3 left")),
 *   );
 * });
 */
export function scenario(about: Omit<Scenario, "script">, script: Scenario["script"]): Scenario {
  return Object.freeze({ ...about, script });
}

/** Whether a value is a scenario. */
export function isScenario(value: unknown): value is Scenario {
  const { name, summary, script } = (value ?? {}) as Partial<Record<keyof Scenario, unknown>>;
  return typeof name === "string" && typeof summary === "string" && typeof script === "function";
}
