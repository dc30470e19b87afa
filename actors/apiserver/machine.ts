import { setup } from "xstate";
import { type Boxed, type Mail, type NetMessage, reducers, type Step } from "../../runtime/mod.ts";
import type { StreamMessage } from "../network/streams.ts";
import type { StoreEvents, StoreWatchCancelled } from "../store/messages.ts";
import { impersonate } from "./authentication/_impersonate.ts";
import { bootstrap, bootstrapTimer } from "./bootstrap.ts";
import * as feeds from "./cache/feed.ts";
import { tickWatchers } from "./cache/watch_times.ts";
import { closeWatcher, flushTimer, flushWatchers } from "./cache/watchers.ts";
import { takeBody } from "./http/ask_body.ts";
import { listen, takeHttp, takeListening } from "./http/front.ts";
import type { HealthState } from "./http/health.ts";
import { takeDrained, takeFrame, takeGone, takeSent, tickOutflows } from "./http/outflow.ts";
import { takeClosed, takeWatchDrained, takeWritten } from "./http/watch_stream.ts";
import type { ApiRequest, ApiServerInput, ApiServerRequest } from "./messages.ts";
import { statusResponse } from "./requests/call.ts";
import { dropOwner, fromComponent, takeUnwatch } from "./requests/from_component.ts";
import { handleRequest, refuseDraining } from "./requests/handle.ts";
import { createServer, type Server } from "./server.ts";
import { compactWhenDue } from "./storage/compactor.ts";
import { expireObjects } from "./storage/expiry.ts";
import { askStore, retryParked, storeRetryTimer, takeStoreFailure, takeStoreReply } from "./storage/store_client.ts";
import { takeKubeletDown } from "./streams/guests.ts";
import {
  closeAllStreams,
  goOn,
  streamsTimer,
  takeStreamAnswer,
  takeStreamFailure,
  takeStreamMessage,
  tendStreams,
} from "./streams/kubelet_streams.ts";

type ApiServerMail = ApiServerRequest | StoreEvents | StoreWatchCancelled | StreamMessage | NetMessage;

const { on, act, begin, when } = reducers<Server, ApiServerMail>();

const tickMs = 1_000;
/** How long nothing may succeed before the server says that it has no store. */
const degradedAfterMs = 3_000;
const probeEveryMs = 5_000;
const expireEveryMs = 10_000;
const drainMs = 5_000;

function http(phase: HealthState["phase"]) {
  return on("net.request", (server, { body }, step) => takeHttp(server, body, step, { phase }));
}

function takeStream(server: Server, mail: Mail<StreamMessage>, step: Step): void {
  takeStreamMessage(server.kubeletStreams, mail, step);
}

function request(server: Server, mail: Mail<ApiRequest>, step: Step): void {
  const incoming = fromComponent(server, mail);
  const acting = impersonate(incoming.user, mail.body.impersonate);
  if (acting.ok)
    handleRequest(server, acting.value === incoming.user ? incoming : { ...incoming, user: acting.value }, step);
  else incoming.respond(step, statusResponse(acting.failure));
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
  compactWhenDue(server.compactor, server.store, step);
  // A server that nobody asks anything still has to know whether its store is there.
  if (step.uptimeMs - server.store.lastOkMs >= probeEveryMs && server.store.pending.size === 0) {
    askStore(server.store, step, { type: "store.range", key: "/registry/", limit: 1, countOnly: true }, () => {});
  }
}

function hasLostStore({ store: { lastOkMs, lastFailureMs } }: Server): boolean {
  return lastFailureMs - lastOkMs >= degradedAfterMs;
}

/**
 * The chart of an API server: it fills its caches (`starting`), serves, still answers from its caches when the store is
 * gone (`degraded`), and ends in good order (`draining`).
 */
export const machine = setup({
  types: {
    context: {} as Boxed<Server>,
    input: {} as ApiServerInput,
    events: {} as { type: string },
  },
  actions: {
    load: act((server, _event, step) => {
      listen(server, step);
      step.timer("tick", tickMs);
      feeds.loadFeed(server.feed, step);
    }),
    bootstrap: act((server, _event, step) => bootstrap(server, step)),
    request: on("api.request", request),
    refuse: on("api.request", (server, mail, step) => refuseDraining(fromComponent(server, mail), step)),
    unwatch: on("api.unwatch", takeUnwatch),
    storeEvents: on("store.events", (server, { body }, step) => feeds.takeStoreEvents(server.feed, body, step)),
    storeCancelled: on("store.watch.cancelled", (server, { body }, step) =>
      feeds.takeCancelled(server.feed, body, step),
    ),
    reply: on("reply", (server, event, step) => {
      if (takeBody(server.exchanges, event, step)) return;
      if (takeStoreReply(server.store, event, step) || feeds.takeOpened(server.feed, event, step)) return;
      if (takeWritten(server, event, step) || takeSent(server.outflows, event, step)) return;
      if (!takeStreamAnswer(server.kubeletStreams, event, step)) takeListening(server, event);
    }),
    failed: on("failed", (server, event, step) => {
      if (takeStoreFailure(server.store, event, step) || feeds.takeOpenFailure(server.feed, event, step)) return;
      if (takeStreamFailure(server.kubeletStreams, event, step)) return;
      // A watcher whose mailbox is full has lost events: it must come back and say from where.
      if (event.ask === 0 && event.reason === "overflow") dropOwner(server, event.from);
    }),
    down: on("down", (server, { address }, step) => {
      dropOwner(server, address);
      feeds.takeReplicaDown(server.feed, address, step);
      takeKubeletDown(server.kubeletStreams.guests, address, step);
    }),
    tick: act((server, _event, step) => tick(server, step)),
    retryStore: act((server, _event, step) => retryParked(server.store, step)),
    resumeFeed: act((server, _event, step) => feeds.resumeFeed(server.feed, step)),
    expireWaits: act((server, _event, step) => feeds.expireWaits(server.feed, step)),
    nudgeFeed: act((server, _event, step) => feeds.nudgeFeed(server.feed, step)),
    httpStarting: http("starting"),
    httpServing: http("serving"),
    httpDegraded: http("degraded"),
    httpDraining: http("draining"),
    httpClosed: on("net.closed", (server, { body }, step) => {
      takeClosed(server, body.exchange);
      takeGone(server.outflows, body.exchange, step);
    }),
    httpDrained: on("net.drained", (server, { body }, step) => {
      takeWatchDrained(server, body.exchange, step);
      takeDrained(server.outflows, body.exchange, step);
    }),
    flushWatchers: act((server, _event, step) => flushWatchers(server.watchers, step)),
    httpFrame: on("net.frame", (server, { body }, step) => takeFrame(server.outflows, body, step)),
    streamsGoOn: act((server, _event, step) => goOn(server.kubeletStreams, step)),
    streamData: on("stream.data", takeStream),
    streamTaken: on("stream.taken", takeStream),
    streamEnd: on("stream.end", takeStream),
    streamClose: on("stream.close", takeStream),
    streamAlive: on("stream.alive", takeStream),
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
    reply: { actions: "reply" },
    failed: { actions: "failed" },
    down: { actions: "down" },
    "store.events": { actions: "storeEvents" },
    "store.watch.cancelled": { actions: "storeCancelled" },
    "api.request": { actions: "request" },
    "api.unwatch": { actions: "unwatch" },
    "net.closed": { actions: "httpClosed" },
    "net.drained": { actions: "httpDrained" },
    "net.frame": { actions: "httpFrame" },
    "stream.data": { actions: "streamData" },
    "stream.taken": { actions: "streamTaken" },
    "stream.end": { actions: "streamEnd" },
    "stream.close": { actions: "streamClose" },
    "stream.alive": { actions: "streamAlive" },
    "timer.tick": { actions: "tick" },
    [`timer.${storeRetryTimer}`]: { actions: "retryStore" },
    [`timer.${feeds.feedTimers.reopen}`]: { actions: "resumeFeed" },
    [`timer.${feeds.feedTimers.wait}`]: { actions: "expireWaits" },
    [`timer.${feeds.feedTimers.nudge}`]: { actions: "nudgeFeed" },
    [`timer.${streamsTimer}`]: { actions: "streamsGoOn" },
    [`timer.${flushTimer}`]: { actions: "flushWatchers" },
    [`timer.${bootstrapTimer}`]: { actions: "bootstrap" },
    stop: { target: ".draining" },
  },
  initial: "starting",
  states: {
    starting: {
      entry: "load",
      initial: "filling",
      on: { "net.request": { actions: "httpStarting" } },
      states: {
        filling: { always: { guard: "hasCaches", target: "bootstrapping" } },
        bootstrapping: { entry: "bootstrap", always: { guard: "isReady", target: "#apiserver.serving" } },
      },
    },
    serving: {
      on: { "net.request": { actions: "httpServing" } },
      always: { guard: "hasLostStore", target: "degraded" },
    },
    degraded: {
      on: { "net.request": { actions: "httpDegraded" } },
      always: { guard: "hasStore", target: "serving" },
    },
    draining: {
      entry: "closeWatches",
      on: { "net.request": { actions: "httpDraining" }, "api.request": { actions: "refuse" } },
      always: { guard: "isDrained", target: "stopped" },
      after: { [drainMs]: "stopped" },
    },
    stopped: { type: "final" },
  },
});
