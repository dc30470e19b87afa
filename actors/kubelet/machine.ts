import { setup } from "xstate";
import { type Mail, reducers, type Step } from "../../runtime/mod.ts";
import { type ComponentMessage, componentParts, offer } from "../client/component.ts";
import type { CriAnswer, CriPush } from "../container_runtime/messages.ts";
import { createData } from "./create_data.ts";
import type { KubeletData } from "./data.ts";
import { runDeadlines } from "./deadlines.ts";
import type { KubeletInput } from "./messages.ts";
import { register, renewLease } from "./node_agent.ts";
import { beginManaging, podChanged, settle } from "./pod_manager.ts";
import { containerPushed, findContainers } from "./runtime_events.ts";

type KubeletMessage = ComponentMessage | CriPush;

const { act, begin } = reducers<KubeletData, KubeletMessage>();
const parts = componentParts<KubeletData>();
const drainMs = 2_000;

/** A reducer after which pods that moved move on, and what changed is written. */
function settling(reduce: (data: KubeletData, event: never, step: Step) => void) {
  return act((data, event, step) => {
    reduce(data, event as never, step);
    settle(data, step);
  });
}

/** The chart of a kubelet; each pod has one of its own (`pod_chart.ts`), and so has each container. */
export const kubeletMachine = setup({
  types: { context: {} as KubeletData, input: {} as KubeletInput },
  actions: {
    boot: act((data, _event, step) => {
      // Not while the data is made: XState keeps a copy of it, and that is what the handler must see.
      data.podInformer.onChange((change, later) => podChanged(data, change, later));
      findContainers(data, step);
    }),
    register: act((data, _event, step) => register(data, step)),
    startInformers: parts.actions.startInformers,
    manage: settling((data, _event, step) => {
      if (!data.managing) beginManaging(data, step);
    }),
    take: settling((data, event: { readonly type: string }, step) => {
      const { ask, body, reason } = event as unknown as { ask: number; body: CriAnswer; reason: string };
      const then = data.calls.get(ask);
      if (!then) return offer(data, event, step);
      data.calls.delete(ask);
      const silence = { ok: false, code: "UNAVAILABLE", message: `the container runtime is ${reason}` } as const;
      then(event.type === "reply" ? body : silence, step);
    }),
    push: settling((data, { body }: Mail<CriPush>, step) => containerPushed(data, body, step)),
    deadline: settling((data, _event, step) => runDeadlines(data.deadlines, step)),
    renewLease: settling((data, _event, step) => renewLease(data, step)),
    stopInformers: act((data, _event, step) => {
      for (const informer of data.informers) informer.stop(step);
      step.cancel("lease");
    }),
    disconnect: act((data, _event, step) => data.client.reset(step)),
  },
  guards: {
    isListed: ({ context }) => context.found.listed && context.node.runtime !== undefined,
    isRegistered: ({ context }) => context.node.registered,
    isRegisteredAgain: ({ context }) => context.node.registered && context.managing,
    isUnregistered: ({ context }) => !context.node.registered,
    ...parts.guards,
    isConnected: ({ context }) => context.connected,
    isDisconnected: ({ context }) => !context.connected,
    isDrained: ({ context }) => context.client.load().underWay === 0,
  },
}).createMachine({
  id: "kubelet",
  context: begin((input: KubeletInput) => createData(input)),
  initial: "booting",
  on: {
    ...parts.on,
    "timer.deadline": { actions: "deadline" },
    "cri.exited": { actions: "push" },
    "cri.ready": { actions: "push" },
    "cri.healthy": { actions: "push" },
    "cri.logged": { actions: "push" },
  },
  states: {
    booting: {
      entry: "boot",
      on: { stop: "shuttingDown" },
      always: { guard: "isListed", target: "registering" },
    },
    registering: {
      entry: "register",
      on: { stop: "shuttingDown", "timer.lease": { actions: "renewLease" } },
      always: [
        { guard: "isRegisteredAgain", target: "running" },
        { guard: "isRegistered", target: "syncing" },
      ],
    },
    syncing: {
      entry: "startInformers",
      on: { stop: "shuttingDown", "timer.lease": { actions: "renewLease" } },
      always: { guard: "synced", target: "running" },
    },
    running: {
      entry: "manage",
      initial: "connected",
      on: { stop: "shuttingDown", "timer.lease": { actions: "renewLease" } },
      // Somebody deleted the node's object: it is made again. Pods run on meanwhile.
      always: { guard: "isUnregistered", target: "registering" },
      states: {
        connected: { always: { guard: "isDisconnected", target: "disconnected" } },
        disconnected: { always: { guard: "isConnected", target: "connected" } },
      },
    },
    // Containers outlive their kubelet: only what is being written is waited for.
    shuttingDown: {
      entry: "stopInformers",
      always: { guard: "isDrained", target: "stopped" },
      after: { [drainMs]: "stopped" },
    },
    stopped: { type: "final", entry: "disconnect" },
  },
});
