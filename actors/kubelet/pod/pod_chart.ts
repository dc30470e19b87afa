import { setup } from "xstate";
import { type ChartTable, chartTable } from "../chart_table.ts";

/** What can happen to a pod on its node. */
export type PodEvent =
  /** There is room for it, and the node is one it may run on. */
  | "admitted"
  /** There is not: it fails, and its owner looks for another place. */
  | "rejected"
  /** Its sandbox was found when the kubelet started. */
  | "adopted"
  /** It had ended before the kubelet started. */
  | "ended"
  /** Its volumes are there. */
  | "mounted"
  | "sandboxReady"
  | "sandboxFailed"
  | "retry"
  | "initialized"
  /** No container will run again. */
  | "completed"
  /** It is deleted, evicted or out of time. */
  | "stop"
  | "containersGone"
  /** Its sandbox is stopped and the API still has it. */
  | "finish"
  /** It is to be deleted from the API. */
  | "remove"
  /** The API does not have it any more. */
  | "forget";

/** What a pod does on entering a phase. */
export type PodAction =
  | "mountVolumes"
  | "runSandbox"
  | "awaitSandboxRetry"
  | "startInitContainers"
  | "startContainers"
  | "stopContainers"
  | "releaseSandbox"
  | "report"
  | "forgetPod";

const stoppable = { stop: "stopping" } as const;
const noop = () => {};

/**
 * The life of one pod on its node. What data decides (policy, room, uid) is decided before, by the reducer that sends
 * the event: the chart has neither context nor guards, so one table of it serves all pods.
 */
export const podChart = setup({
  types: { events: {} as { type: PodEvent } },
  actions: {
    mountVolumes: noop,
    runSandbox: noop,
    awaitSandboxRetry: noop,
    startInitContainers: noop,
    startContainers: noop,
    stopContainers: noop,
    releaseSandbox: noop,
    report: noop,
    forgetPod: noop,
  } satisfies Record<PodAction, () => void>,
}).createMachine({
  id: "pod",
  initial: "admitting",
  states: {
    admitting: {
      on: {
        admitted: "mounting",
        rejected: "finished",
        adopted: "initializing",
        ended: "releasing",
        stop: "releasing",
      },
    },
    mounting: { entry: "mountVolumes", on: { mounted: "sandboxing", stop: "releasing" } },
    sandboxing: {
      entry: "runSandbox",
      on: { sandboxReady: "initializing", sandboxFailed: "sandboxBackOff", stop: "cancelling" },
    },
    sandboxBackOff: { entry: "awaitSandboxRetry", on: { retry: "sandboxing", stop: "releasing" } },
    cancelling: { on: { sandboxReady: "releasing", sandboxFailed: "releasing" } },
    initializing: { entry: "startInitContainers", on: { ...stoppable, initialized: "running", completed: "stopping" } },
    running: { entry: "startContainers", on: { ...stoppable, completed: "stopping" } },
    stopping: { entry: "stopContainers", on: { containersGone: "releasing" } },
    releasing: {
      entry: "releaseSandbox",
      on: { finish: "finished", remove: "removing", forget: "gone" },
    },
    finished: { entry: "report", on: { remove: "removing", forget: "gone" } },
    removing: { entry: "report", on: { forget: "gone" } },
    gone: { entry: "forgetPod", type: "final" },
  },
});

/** The phases of a pod. */
export type PodPhase = keyof NonNullable<(typeof podChart)["config"]["states"]>;

/** The chart as a table of steps. */
export const podSteps: ChartTable<PodPhase, PodEvent, PodAction> = chartTable(podChart);
