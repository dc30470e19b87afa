import { setup } from "xstate";
import {
  type ChartTypes,
  type DownEvent,
  type Handler,
  handlers,
  type Mail,
  reducers,
  type Step,
} from "../../runtime/mod.ts";
import { type ComponentMessage, componentHandlers, componentParts, offer } from "../client/component.ts";
import type { ManifestsPush } from "../computer/messages.ts";
import type { CriPush, LogPush, MemoryPush } from "../cri/messages.ts";
import type { StreamMessage } from "../network/streams.ts";
import { createData } from "./create_data.ts";
import type { KubeletData } from "./data.ts";
import { beginDevices, loseDriver } from "./devices/drivers.ts";
import type { AskPods, AskUsage, KubeletInput } from "./messages.ts";
import { register, renewLease } from "./node/node_agent.ts";
import { nodeChanged } from "./node/node_view.ts";
import { answerPods } from "./own_pods.ts";
import { beginManaging, settle as settlePods } from "./pod/pod_manager.ts";
import { relist } from "./pod/relist.ts";
import { containerPushed, findContainers } from "./runtime_events.ts";
import { podSeen } from "./static_pods/pod_seen.ts";
import { readManifests } from "./static_pods/read_manifests.ts";
import { tendStaticPods } from "./static_pods/tend_static_pods.ts";
import { releaseStreamsOf } from "./streams/end_stream.ts";
import { containerLogged } from "./streams/logs.ts";
import { closeAllStreams, takeStreamMessage } from "./streams/serve_streams.ts";
import { answerUsage } from "./usage.ts";

type Told = CriPush | LogPush | MemoryPush | ManifestsPush | StreamMessage | AskPods | AskUsage;
type KubeletMessage = ComponentMessage | Told;

const { act, begin, when } = reducers<KubeletData, KubeletMessage>();
const parts = componentParts<KubeletData>();
const drainMs = 2_000;

/** Brings all pods to rest: what moves one may move another. */
function settle(data: KubeletData, step: Step): void {
  do {
    tendStaticPods(data, step);
    settlePods(data, step);
  } while (data.staticPods.moved.size > 0);
}

/** A handler after which pods that moved move on, and what changed is written. */
const settled =
  <Event>(handle: Handler<KubeletData, Event>): Handler<KubeletData, Event> =>
  (data, event, step) => {
    handle(data, event, step);
    settle(data, step);
  };

/** Answers, watches and the timers of the parts: a call's answer goes to who made the call. */
const heard = componentHandlers<KubeletData>((data, event, step) => {
  const { ask, body, reason } = event as unknown as { ask: number; body: unknown; reason: string };
  const then = data.calls.get(ask);
  if (then) {
    data.calls.delete(ask);
    then(body, step, event.type === "reply" ? undefined : reason);
  } else offer(data, event, step);
  settle(data, step);
});

/** Somebody whom this kubelet speaks with is gone. */
function loseOther(data: KubeletData, event: DownEvent, step: Step): void {
  releaseStreamsOf(data, event.address, step);
  loseDriver(data, event.address, step);
  offer(data, event, step);
}

const takeStream = settled<Mail<StreamMessage>>(takeStreamMessage);

/** What comes from its computer, and by streams. */
const told = handlers<KubeletData, Told>({
  "kubelet.usage": answerUsage,
  "kubelet.pods": answerPods,
  "cri.exited": settled((data, { body }, step) => containerPushed(data, body, step)),
  "log.written": settled((data, { body }, step) => containerLogged(data, body.container, step)),
  "memory.taken": ({ node }) => {
    node.pressure.memory = "taken";
  },
  "manifests.changed": settled((data, _event, step) => {
    // Before it is known what runs here, the first look is yet to come.
    if (data.found.listed) readManifests(data, step);
  }),
  "stream.open": takeStream,
  "stream.data": takeStream,
  "stream.taken": takeStream,
  "stream.end": takeStream,
  "stream.close": takeStream,
  "stream.alive": takeStream,
  "timer.deadline": settled((data, _event, step) => data.deadlines.ring(step)),
  down: settled((data, event, step) => {
    const { address } = event;
    if (address === data.input.computer) {
      // What runs this kubelet is gone, and all that it knew of its containers is void: it begins anew.
      throw new Error(`Cannot go on without ${address}: it is down, what it runs is listed when it is back`);
    }
    loseOther(data, event, step);
  }),
});

/** What it does for as long as it is registered, or wants to be. */
const beating = handlers<KubeletData, never>({
  "timer.lease": settled((data, _event, step) => {
    renewLease(data, step);
    relist(data, step);
  }),
});

/** The chart of a kubelet; each pod has one of its own (`pod_chart.ts`), and so has each container. */
export const kubeletMachine = setup({
  types: {} as ChartTypes<KubeletData, KubeletMessage, KubeletInput>,
  actions: {
    boot: act((data, _event, step) => {
      // Not while the data is made: XState keeps a copy of it, and that is what the handler must see.
      data.podInformer.onChange((change, later) => podSeen(data, change, later));
      data.nodeInformer.onChange((change) => nodeChanged(data, change));
      findContainers(data, step);
    }),
    register: act((data, _event, step) => register(data, step)),
    startInformers: parts.actions.startInformers,
    manage: act((data, _event, step) => {
      if (!data.managing) {
        beginManaging(data, step);
        beginDevices(data, step);
      }
      settle(data, step);
    }),
    loseWhileStopping: act((data, event, step) => loseOther(data, event as DownEvent, step)),
    stopInformers: act((data, _event, step) => {
      for (const informer of data.informers) informer.stop(step);
      data.objects.stop(step);
      data.services.stop(step);
      step.cancel("lease");
      closeAllStreams(data, step);
    }),
    disconnect: act((data, _event, step) => data.client.reset(step)),
  },
  guards: {
    isListed: when((data) => data.found.listed && data.node.runtime !== undefined),
    isRegistered: when((data) => data.node.registered),
    isRegisteredAgain: when((data) => data.node.registered && data.managing),
    isUnregistered: when((data) => !data.node.registered),
    ...parts.guards,
    isConnected: when((data) => data.connected),
    isDisconnected: when((data) => !data.connected),
    isDrained: when((data) => data.client.load().underWay === 0),
  },
}).createMachine({
  id: "kubelet",
  context: begin((input: KubeletInput) => createData(input)),
  initial: "booting",
  on: {
    ...heard.on,
    ...told.on,
  },
  states: {
    booting: {
      entry: "boot",
      on: { stop: "shuttingDown" },
      always: { guard: "isListed", target: "registering" },
    },
    registering: {
      entry: "register",
      on: { ...beating.on, stop: "shuttingDown" },
      always: [
        { guard: "isRegisteredAgain", target: "running" },
        { guard: "isRegistered", target: "syncing" },
      ],
    },
    syncing: {
      entry: "startInformers",
      on: { ...beating.on, stop: "shuttingDown" },
      always: { guard: "synced", target: "running" },
    },
    running: {
      entry: "manage",
      initial: "connected",
      on: { ...beating.on, stop: "shuttingDown" },
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
      on: { down: { actions: "loseWhileStopping" } },
      always: { guard: "isDrained", target: "stopped" },
      after: { [drainMs]: "stopped" },
    },
    stopped: { type: "final", entry: "disconnect" },
  },
});
