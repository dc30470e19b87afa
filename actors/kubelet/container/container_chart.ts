import { setup } from "xstate";
import { type ChartTable, chartTable } from "../chart_table.ts";

/** What can happen to a container. */
export type ContainerEvent =
  | "begin"
  | "imageMissing"
  | "imagePresent"
  | "pulled"
  | "pullFailed"
  | "created"
  | "createFailed"
  | "started"
  | "startFailed"
  /** Found running, created or exited when the kubelet started. */
  | "foundRunning"
  | "foundCreated"
  | "exitedToRestart"
  | "exitedForGood"
  | "backOffOver"
  /** Its spec has another image now. */
  | "imageChanged"
  /** It is to end: its pod stops, or a probe failed. */
  | "kill";

/** What a container does on entering a phase. */
export type ContainerAction =
  | "checkImage"
  | "pullImage"
  | "awaitPullRetry"
  | "createContainer"
  | "startContainer"
  | "observeRunning"
  | "stopContainer"
  | "awaitRestart"
  | "awaitSync"
  | "reportEnd";

const noop = () => {};
/** Also while a start is awaited: the news of the end may overtake the answer. */
const exits = { exitedToRestart: "backingOff", exitedForGood: "ended" } as const;

/** What waits for an image, or to run again, waits for the one that it is to have. */
const chooses = { imageChanged: { target: "checkingImage", reenter: true } } as const;

/** The life of one container of a pod, over all its restarts; like the pod's chart without context or guards. */
export const containerChart = setup({
  types: { events: {} as { type: ContainerEvent } },
  actions: {
    checkImage: noop,
    pullImage: noop,
    awaitPullRetry: noop,
    createContainer: noop,
    startContainer: noop,
    observeRunning: noop,
    stopContainer: noop,
    awaitRestart: noop,
    awaitSync: noop,
    reportEnd: noop,
  } satisfies Record<ContainerAction, () => void>,
}).createMachine({
  id: "container",
  initial: "waiting",
  states: {
    waiting: {
      on: {
        begin: "checkingImage",
        foundRunning: "running",
        foundCreated: "starting",
        exitedToRestart: "backingOff",
        exitedForGood: "ended",
        kill: "ended",
      },
    },
    checkingImage: {
      entry: "checkImage",
      on: {
        ...chooses,
        imageMissing: "pulling",
        imagePresent: "creating",
        // Of an image that it mounts.
        pullFailed: "imageBackOff",
        kill: "ended",
      },
    },
    pulling: { entry: "pullImage", on: { ...chooses, pulled: "creating", pullFailed: "imageBackOff", kill: "ended" } },
    imageBackOff: { entry: "awaitPullRetry", on: { ...chooses, backOffOver: "checkingImage", kill: "ended" } },
    creating: {
      entry: "createContainer",
      on: { created: "starting", createFailed: "awaitingSync", kill: "cancelling" },
    },
    starting: {
      entry: "startContainer",
      on: { ...exits, started: "running", startFailed: "backingOff", kill: "cancelling" },
    },
    // What was asked of the runtime cannot be taken back: its answer is awaited, then undone.
    cancelling: {
      on: { ...exits, created: "ended", createFailed: "ended", started: "stopping", startFailed: "ended" },
    },
    running: {
      entry: "observeRunning",
      on: { ...exits, kill: "stopping" },
    },
    stopping: { entry: "stopContainer", on: exits },
    backingOff: { entry: "awaitRestart", on: { ...chooses, backOffOver: "checkingImage", kill: "ended" } },
    // It could not even be made, which is no crash: it is tried again whenever the kubelet looks at the pod again.
    awaitingSync: { entry: "awaitSync", on: { ...chooses, backOffOver: "checkingImage", kill: "ended" } },
    ended: { entry: "reportEnd" },
  },
});

/** The phases of a container. */
export type ContainerPhase = keyof NonNullable<(typeof containerChart)["config"]["states"]>;

/** The chart as a table of steps. */
export const containerSteps: ChartTable<ContainerPhase, ContainerEvent, ContainerAction> = chartTable(containerChart);
