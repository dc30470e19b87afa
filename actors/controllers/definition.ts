import { setup } from "xstate";
import { type ActorEvent, defineActor, reducers, type Step } from "../../runtime/mod.ts";
import { event } from "../api/kinds/event.ts";
import { createApiClient } from "../client/api_client.ts";
import { type ComponentData, componentParts } from "../client/component.ts";
import type { Loop } from "./loop.ts";
import { all } from "./loops/all.ts";
import type { ControllerHello, ControllerInput, ControllerMessage } from "./messages.ts";
import { createReconciler, type Reconciler } from "./reconciler.ts";

/** What a controller keeps. */
export interface ControllerData extends ComponentData {
  readonly loop: Loop;
  readonly reconciler: Reconciler;
  /** Until when, on its own `uptimeMs`, it may act. */
  readonly leadership: { untilMs: number; readonly asksParent: boolean };
}

/** The loop of that name; the reason of being for its actor. */
export function loopNamed(name: string): Loop {
  const loops: readonly Loop[] = all;
  const found = loops.find((loop) => loop.name === name);
  if (found) return found;
  throw new Error(
    `Starting controller "${name}": there is no such loop, name one of: ${loops.map((loop) => loop.name).join(", ")}`,
  );
}

function createData({ loop: name, servers, leads = "none", defects = [] }: ControllerInput): ControllerData {
  const loop = loopNamed(name);
  const user = {
    name: `system:serviceaccount:kube-system:${loop.component}`,
    groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
  };
  const client = createApiClient({ servers, user });
  const asksParent = leads === "parent";
  const leadership = { untilMs: asksParent ? 0 : Number.POSITIVE_INFINITY, asksParent };
  const mayAct = (step: Step) => step.uptimeMs < leadership.untilMs;
  const reconciler = createReconciler({ loop, client, eventKind: event, mayAct, defects });
  return { loop, reconciler, leadership, takers: [reconciler], informers: reconciler.informers };
}

const { on, act, begin } = reducers<ControllerData, ControllerMessage>();
const parts = componentParts<ControllerData>();
const drainMsMax = 3_000;

/** The chart that every controller follows; what it controls is its loop's. */
export const controllerMachine = setup({
  types: {} as { context: ControllerData; events: ActorEvent<ControllerMessage>; input: ControllerInput },
  actions: {
    ...parts.actions,
    askManager: act(({ leadership }, _event, step) => {
      if (leadership.asksParent) step.send(step.parent, { type: "controller.hello" } as ControllerHello);
    }),
    noteLease: on("controller.lease", ({ leadership }, { body }, step) => {
      leadership.untilMs = step.uptimeMs + body.forMs;
    }),
    open: act(({ reconciler }, _event, step) => reconciler.open(step)),
    close: act(({ reconciler }) => reconciler.close()),
  },
  guards: {
    ...parts.guards,
    leads: ({ context }) => context.leadership.untilMs > 0,
    drained: ({ context }) => context.reconciler.drained(),
  },
  delays: { drainMsMax },
}).createMachine({
  id: "controller",
  context: begin(createData),
  on: { ...parts.on, "controller.lease": { actions: "noteLease" } },
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

/** A controller: one control loop as an actor. */
export const controller = defineActor<ControllerInput>({
  kind: "controller",
  module: import.meta.url,
  machine: controllerMachine,
  digest: ({ reconciler }: ControllerData) =>
    `${reconciler.queue.size},${reconciler.queue.processing},${reconciler.informers.map((each) => each.version()).join(",")}`,
});
