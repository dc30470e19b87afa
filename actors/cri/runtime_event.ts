import type { Address } from "../../runtime/mod.ts";
import type { PodSandboxConfig } from "./sandbox_config.ts";

/** Which container it is that something happened to. */
interface ContainerOfPod {
  readonly pod: PodSandboxConfig;
  /** Its name in its pod. */
  readonly container: string;
  /** The runtime's: each run has another. */
  readonly id: string;
}

/** What happened in a node's runtime, as it happened: for who judges a run by what was, not by what was told of it. */
export type RuntimeEvent = {
  /** The address of the actor that has the runtime. */
  readonly node: Address;
} & (
  | {
      readonly type: "sandbox.ready" | "sandbox.stopped";
      readonly pod: PodSandboxConfig;
      /** One of each family, the one that leads first; none where it is in the node's network. */
      readonly ips: readonly string[];
    }
  | ({ readonly type: "container.started" } & ContainerOfPod)
  /** Its processes have ended: what never ran does not exit, it only goes. */
  | ({ readonly type: "container.exited"; readonly exitCode: number } & ContainerOfPod)
  | { readonly type: "container.wrote"; readonly pod: PodSandboxConfig; readonly text: string }
  /** The power is off: all that was there is gone. */
  | { readonly type: "node.lost" }
  /** The data of a claim were removed for good; the node is who had it done. */
  | { readonly type: "volume.removed"; readonly volume: string }
);

/** An event of a node that is known already. */
export type NodeEvent = RuntimeEvent extends infer Each
  ? Each extends RuntimeEvent
    ? Omit<Each, "node">
    : never
  : never;
