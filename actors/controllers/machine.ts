import { setup } from "xstate";
import {
  type ActorDefinition,
  type ChartTypes,
  defineActor,
  handlers,
  reducers,
  type Step,
} from "../../runtime/mod.ts";
import { event } from "../api/kinds/event.ts";
import { createApiClient } from "../client/api_client.ts";
import { type ComponentData, componentParts } from "../client/component.ts";
import { present } from "../kit/present.ts";
import type { Loop } from "./loop.ts";
import type {
  AskLoop,
  ControllerHello,
  ControllerInput,
  ControllerLease,
  ControllerMessage,
  LoopReport,
} from "./messages.ts";
import { createReconciler, type Reconciler } from "./reconciler.ts";

/** What a controller keeps. */
export interface ControllerData extends ComponentData {
  readonly loop: Loop;
  readonly reconciler: Reconciler;
  /** Until when, on its own `uptimeMs`, it may act. */
  readonly leadership: { untilMs: number; readonly asksParent: boolean };
}

function createData(loop: Loop, { servers, leads = "none", settings }: ControllerInput): ControllerData {
  const client = createApiClient({ servers });
  const asksParent = leads === "parent";
  const leadership = { untilMs: asksParent ? 0 : Number.POSITIVE_INFINITY, asksParent };
  const mayAct = (step: Step) => step.uptimeMs < leadership.untilMs;
  const reconciler = createReconciler({ loop, client, eventKind: event, mayAct, ...present({ settings }) });
  const informers = [...reconciler.informers, reconciler.derived];
  return { loop, reconciler, leadership, takers: [reconciler], informers };
}

const { act, begin, when } = reducers<ControllerData, ControllerMessage>();
const parts = componentParts<ControllerData>();
const drainMsMax = 3_000;

const always = handlers<ControllerData, ControllerLease | AskLoop>({
  "controller.report": ({ reconciler, leadership }, mail, step) => {
    const state = leadership.untilMs <= 0 ? "standby" : reconciler.isOpen() ? "running" : "syncing";
    step.reply(mail, { state, ...reconciler.report() } satisfies LoopReport);
  },
  "controller.lease": ({ leadership }, { body }, step) => {
    leadership.untilMs = step.uptimeMs + body.forMs;
  },
});

/** The chart that every controller follows; what it controls is its loop's. */
export const controllerMachine = (loopFor: (input: ControllerInput) => Loop) =>
  setup({
    types: {} as ChartTypes<ControllerData, ControllerMessage, ControllerInput>,
    actions: {
      ...parts.actions,
      askManager: act(({ leadership }, _event, step) => {
        if (leadership.asksParent) step.send(step.parent, { type: "controller.hello" } as ControllerHello);
      }),
      open: act(({ reconciler }, _event, step) => reconciler.open(step)),
      close: act(({ reconciler }) => reconciler.close()),
    },
    guards: {
      ...parts.guards,
      leads: when((data) => data.leadership.untilMs > 0),
      drained: when((data) => data.reconciler.drained()),
    },
    delays: { drainMsMax },
  }).createMachine({
    id: "controller",
    context: begin((input: ControllerInput) => createData(loopFor(input), input)),
    on: { ...parts.on, ...always.on },
    initial: "standby",
    states: {
      standby: {
        description: "may not act: its manager has not said that it leads",
        entry: "askManager",
        on: { stop: "stopped" },
        always: { guard: "leads", target: "syncing" },
      },
      syncing: {
        description: "first lists are under way: plans made now would rest on too little",
        entry: "startInformers",
        on: { stop: "stopped" },
        always: { guard: "synced", target: "running" },
      },
      running: {
        entry: "open",
        exit: "close",
        on: { stop: "stopping" },
      },
      stopping: {
        description: "begins nothing more, and hears what came of what it has begun",
        always: { guard: "drained", target: "stopped" },
        after: { drainMsMax: "stopped" },
      },
      stopped: { type: "final", entry: "stopInformers" },
    },
  });

/** What the journal hashes of a controller: how often it has planned, and what waits. */
export const controllerDigest = ({ reconciler: { turns, queue } }: ControllerData): number =>
  turns() * 65_536 + queue.size * 256 + queue.processing;

/**
 * Makes an actor of a loop of one's own, to run beside the cluster's or to be tested with it. Its input is that of any
 * controller; the `loop` in it is not looked at.
 *
 * @example
 * export const backup = defineController({ kind: "backup", module: import.meta.url, loop: backupLoop })
 */
export function defineController(options: {
  kind: string;
  module: string;
  loop: Loop;
}): ActorDefinition<ControllerInput> {
  const { kind, module, loop } = options;
  return defineActor<ControllerInput>({
    kind,
    module,
    machine: controllerMachine(() => loop),
    digest: controllerDigest,
  });
}
