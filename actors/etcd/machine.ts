import { setup } from "xstate";
import { type ChartTypes, handlers, reducers } from "../../runtime/mod.ts";
import { retryParked, storeRetryTimer } from "../client/store_client.ts";
import { createFront, endCall, listen, listenTimer } from "./front.ts";
import type { FrontData } from "./front_data.ts";
import type { EtcdInput, EtcdMessage } from "./messages.ts";
import { onCall, onGone } from "./serve.ts";
import { lookTimer } from "./serve_cluster.ts";
import { refusal } from "./status.ts";
import { look, onCancelled, onEvents, onReplicaDown, reopen } from "./watch_call.ts";

const { act, begin, when } = reducers<FrontData, EtcdMessage>();

const serving = handlers<FrontData, EtcdMessage>({
  "etcd.call": (data, { body }, step) => onCall(data, body, step),
  "etcd.gone": (data, { body }, step) => onGone(data, body, step),
  "store.events": (data, { body }, step) => onEvents(data, body, step),
  "store.watch.cancelled": (data, { body }, step) => onCancelled(data, body, step),
  reply: ({ asks }, event, step) => void asks.replied(event, step),
  failed: ({ asks }, event, step) => void asks.failed(event, step),
  down: (data, { address }, step) => onReplicaDown(data, address, step),
  [`timer.${listenTimer}`]: (data, _event, step) => listen(data, step),
  [`timer.${storeRetryTimer}`]: ({ store }, _event, step) => retryParked(store, step),
  "timer.watch.look": (data, _event, step) => look(data, step),
  "timer.watch.reopen": (data, _event, step) => reopen(data, step),
  [`timer.${lookTimer}`]: ({ looks }, _event, step) => {
    for (const again of looks.splice(0)) again(step);
  },
});

/**
 * The chart of the front that speaks etcd's own protocol: it opens its port (`opening`), is `watched` or not, and from the beginning serves
 * whoever asks. All that it does the store's replicas do; it holds nothing but who waits, and who watches.
 */
export const etcdMachine = setup({
  types: {} as ChartTypes<FrontData, EtcdMessage, EtcdInput>,
  actions: {
    listen: act((data, _event, step) => listen(data, step)),
    endCalls: act((data, _event, step) => {
      const status = refusal("unavailable", "server stopped");
      for (const call of [...data.calls.values()]) endCall(data, call, { step, status });
    }),
  },
  guards: {
    listens: when(({ port, socket }) => port > 0 || socket === undefined),
    isWatched: when(({ watches }) => watches.size > 0),
    isUnwatched: when(({ watches }) => watches.size === 0),
  },
}).createMachine({
  id: "etcd",
  context: begin((input: EtcdInput, step) => createFront(input, step)),
  initial: "serving",
  states: {
    serving: {
      entry: "listen",
      on: { ...serving.on, stop: "stopped" },
      initial: "opening",
      states: {
        opening: { always: { guard: "listens", target: "unwatched" } },
        unwatched: { always: { guard: "isWatched", target: "watched" } },
        watched: {
          description: "replicas are looked after for those who watch",
          always: { guard: "isUnwatched", target: "unwatched" },
        },
      },
    },
    stopped: { type: "final", entry: "endCalls" },
  },
});
