import { setup } from "xstate";
import { type ChartTypes, handlers, type Mail, type NetMessage, reducers, type Step } from "../../runtime/mod.ts";
import { askStore, retryParked, storeRetryTimer } from "../client/store_client.ts";
import type { Packet } from "../network/packet.ts";
import type { StreamMessage, StreamOpen } from "../network/streams.ts";
import type { StoreEvents, StoreWatchCancelled } from "../store/messages.ts";
import { checkRemotes } from "./aggregation/availability.ts";
import { registerServices } from "./aggregation/registration.ts";
import { repairPortsWhenDue } from "./allocation/node_port_repair.ts";
import { impersonate } from "./authentication/_impersonate.ts";
import { bootstrap, bootstrapTimer } from "./bootstrap.ts";
import * as feeds from "./cache/feed.ts";
import { tickWatchers } from "./cache/watch_times.ts";
import { closeWatcher, flushTimer, flushWatchers } from "./cache/watchers.ts";
import { expireWaiting, forgetWaiting } from "./fairness/seats.ts";
import { listen, takeHttp } from "./http/front.ts";
import type { HealthState } from "./http/health.ts";
import { takeDrained, takeFrame, takeGone, tickOutflows } from "./http/outflow.ts";
import { takeClosed, takeWatchDrained } from "./http/watch_stream.ts";
import { takeKubeletRequest } from "./kubelet_port/take_kubelet_request.ts";
import type { ApiRequest, ApiServerInput, ApiServerRequest } from "./messages.ts";
import { listenToPods, sendPacket, takePacket } from "./pods_side/in_network.ts";
import type { KubeletRequest, PodsSidePacket } from "./pods_side/pods_side.ts";
import { statusResponse } from "./requests/call.ts";
import { dropOwner, fromComponent, takeUnwatch } from "./requests/from_component.ts";
import { handleRequest, refuseDraining } from "./requests/handle.ts";
import { createServer, type Server } from "./server.ts";
import { compactWhenDue } from "./storage/compactor.ts";
import { expireObjects } from "./storage/expiry.ts";
import { takeKubeletDown } from "./streams/guests.ts";
import {
  closeAllStreams,
  endRests,
  goOn,
  owingTimer,
  restTimer,
  streamsTimer,
  takeStreamMessage,
  tendStreams,
} from "./streams/kubelet_streams.ts";
import { accountsTimer, retryAccounts } from "./tokens/find_account.ts";

type HttpMail = Extract<NetMessage, { readonly type: "net.request" }>;
type KubeletMail = Exclude<StreamMessage, StreamOpen>;
type ApiServerMail =
  | ApiServerRequest
  | Packet
  | PodsSidePacket
  | KubeletRequest
  | StoreEvents
  | StoreWatchCancelled
  | KubeletMail
  | NetMessage;

const { feedTimers } = feeds;
const { act, begin, when } = reducers<Server, ApiServerMail>();

const tickMs = 1_000;
/** How long nothing may succeed before the server says that it has no store. */
const degradedAfterMs = 3_000;
const probeEveryMs = 5_000;
const expireEveryMs = 10_000;
const drainMs = 5_000;

/** HTTP requests are answered in every phase, if only to say which it is. */
function http(phase: HealthState["phase"]) {
  return handlers<Server, HttpMail>({
    "net.request": (server, { body }, step) => takeHttp(server, body, step, { phase }),
  }).on;
}

function takeStream(server: Server, mail: Mail<KubeletMail>, step: Step): void {
  takeStreamMessage(server.kubeletStreams, mail, step);
}

function request(server: Server, mail: Mail<ApiRequest>, step: Step) {
  const incoming = fromComponent(server, mail);
  const acting = impersonate(server.rights, incoming.user, mail.body.impersonate);
  if (!acting.ok) return incoming.respond(step, statusResponse(acting.failure));
  const isItself = acting.value === incoming.user;
  handleRequest(server, isItself ? incoming : { ...incoming, user: acting.value, isComponent: false }, step);
}

function tick(server: Server, step: Step): void {
  step.timer("tick", tickMs);
  tickWatchers(server.watchers, server.feed.revision, step);
  feeds.tickFeed(server.feed, step);
  tickOutflows(server.outflows, step);
  if (server.kubeletStreams.byId.size > 0) tendStreams(server.kubeletStreams, step);
  if (step.uptimeMs >= server.expireAtMs) {
    server.expireAtMs = step.uptimeMs + expireEveryMs;
    const { eventTtlSeconds, eventsBytesMax } = server.input;
    const limits = { ttlSeconds: eventTtlSeconds, bytesMax: eventsBytesMax };
    expireObjects(server.store, step, { caches: server.caches.values(), ages: server.ages, limits });
  }
  expireWaiting(server.fairness, step);
  if (server.remotes.byName.size > 0) checkRemotes(server, step);
  if (server.remotes.isUnsettled) registerServices(server, step);
  compactWhenDue(server.compactor, server.store, step);
  repairPortsWhenDue(server, step);
  // A server that nobody asks anything still has to know whether its store is there.
  if (step.uptimeMs - server.store.lastOkMs >= probeEveryMs && server.store.pending.size === 0) {
    askStore(server.store, step, { type: "store.range", key: "/registry/", limit: 1, countOnly: true }, () => {});
  }
}

function hasLostStore({ store: { lastOkMs, lastFailureMs } }: Server): boolean {
  return lastFailureMs - lastOkMs >= degradedAfterMs;
}

const always = handlers<Server, Exclude<ApiServerMail, HttpMail>>({
  "api.request": request,
  "api.unwatch": takeUnwatch,
  packet: (_server, { body }, step) => takePacket(body, step),
  "kubelet.request": (server, { body }, step) => takeKubeletRequest(server, body, step),
  "pods.packet": (server, { body }, step) => sendPacket(server, body.packet, step),
  reply: (server, event, step) => void server.asks.replied(event, step),
  failed(server, event, step) {
    if (server.asks.failed(event, step)) return;
    // A watcher whose mailbox is full has lost events: it must come back and say from where.
    if (event.ask === 0 && event.reason === "overflow") dropOwner(server, event.from);
  },
  down(server, { address }, step) {
    dropOwner(server, address);
    feeds.takeReplicaDown(server.feed, address, step);
    takeKubeletDown(server.kubeletStreams.guests, address, step);
  },
  "store.events": (server, { body }, step) => feeds.takeStoreEvents(server.feed, body, step),
  "store.watch.cancelled": (server, { body }, step) => feeds.takeCancelled(server.feed, body, step),
  "net.closed"(server, { body }, step) {
    takeClosed(server, body.exchange);
    forgetWaiting(server.fairness, body.exchange, step);
    takeGone(server.outflows, body.exchange, step);
  },
  "net.drained"(server, { body }, step) {
    takeWatchDrained(server, body.exchange, step);
    takeDrained(server.outflows, body.exchange, step);
  },
  "net.frame": (server, { body }, step) => takeFrame(server.outflows, body, step),
  "stream.data": takeStream,
  "stream.taken": takeStream,
  "stream.end": takeStream,
  "stream.close": takeStream,
  "stream.alive": takeStream,
  "timer.tick": (server, _event, step) => tick(server, step),
  [`timer.${storeRetryTimer}` as const]: (server, _event, step) => retryParked(server.store, step),
  [`timer.${feedTimers.reopen}` as const]: (server, _event, step) => feeds.resumeFeed(server.feed, step),
  [`timer.${feedTimers.wait}` as const]: (server, _event, step) => feeds.expireWaits(server.feed, step),
  [`timer.${feedTimers.nudge}` as const]: (server, _event, step) => feeds.nudgeFeed(server.feed, step),
  [`timer.${streamsTimer}` as const]: (server, _event, step) => goOn(server.kubeletStreams, step),
  [`timer.${restTimer}` as const]: (server, _event, step) => endRests(server.kubeletStreams, step),
  [`timer.${owingTimer}` as const]: (server, _event, step) => server.kubeletStreams.owing.ring(step),
  [`timer.${flushTimer}` as const]: (server, _event, step) => flushWatchers(server.watchers, step),
  [`timer.${accountsTimer}` as const]: (server, _event, step) => retryAccounts(server, step),
  [`timer.${bootstrapTimer}` as const]: (server, _event, step) => bootstrap(server, step),
});

const refusing = handlers<Server, ApiRequest>({
  "api.request": (server, mail, step) => refuseDraining(fromComponent(server, mail), step),
});

/**
 * The chart of an API server: it fills its caches (`starting`), serves, still answers from its caches when the store is
 * gone (`degraded`), and ends in good order (`draining`).
 */
export const machine = setup({
  types: {} as ChartTypes<Server, ApiServerMail, ApiServerInput>,
  actions: {
    load: act((server, _event, step) => {
      listen(server, step);
      listenToPods(server, step);
      step.timer("tick", tickMs);
      feeds.loadFeed(server.feed, step);
    }),
    bootstrap: act((server, _event, step) => bootstrap(server, step)),
    closeWatches: act((server, _event, step) => {
      for (const watcher of [...server.watchers.all.values()]) closeWatcher(server.watchers, watcher, step);
      closeAllStreams(server.kubeletStreams, step);
    }),
  },
  guards: {
    hasCaches: when((data) => feeds.isLoaded(data.feed) && !data.bootstrapping),
    isReady: when((data) => data.bootstrapped),
    hasLostStore: when(hasLostStore),
    hasStore: when((data) => !hasLostStore(data)),
    isDrained: when((data) => data.inFlight === 0),
  },
}).createMachine({
  id: "apiserver",
  context: begin((input: ApiServerInput, step) => createServer(input, step)),
  on: {
    ...always.on,
    stop: { target: ".draining" },
  },
  initial: "starting",
  states: {
    starting: {
      entry: "load",
      initial: "filling",
      on: http("starting"),
      states: {
        filling: { always: { guard: "hasCaches", target: "bootstrapping" } },
        bootstrapping: { entry: "bootstrap", always: { guard: "isReady", target: "#apiserver.serving" } },
      },
    },
    serving: {
      on: http("serving"),
      always: { guard: "hasLostStore", target: "degraded" },
    },
    degraded: {
      on: http("degraded"),
      always: { guard: "hasStore", target: "serving" },
    },
    draining: {
      entry: "closeWatches",
      on: { ...http("draining"), ...refusing.on },
      always: { guard: "isDrained", target: "stopped" },
      after: { [drainMs]: "stopped" },
    },
    stopped: { type: "final" },
  },
});
