import { setup } from "xstate";
import { type ChartTypes, handlers, reducers, type Step } from "../../../runtime/mod.ts";
import type { StoreRequest } from "../../store/messages.ts";
import { askEtcd, onCompact, onOther, onRange, onStatus, onTxn } from "./ask_etcd.ts";
import type { EtcdUnwatched, EtcdWatched, OutsideInput } from "./messages.ts";
import { createOutside, type OutsideData } from "./outside_data.ts";
import {
  onProgress,
  onQuiet,
  onUnwatch,
  onUnwatched,
  onWatch,
  onWatched,
  onWatcherDown,
  quietTimer,
} from "./watching.ts";

type OutsideMessage = StoreRequest | EtcdWatched | EtcdUnwatched;

const { act, begin, when } = reducers<OutsideData, OutsideMessage>();
const lookTimer = "outside.look";
const lookMs = 1_000;

const serving = handlers<OutsideData, OutsideMessage>({
  "store.range": (data, mail, step) => onRange(data, mail, step),
  "store.txn": (data, mail, step) => onTxn(data, mail, step),
  "store.compact": (data, mail, step) => onCompact(data, mail, step),
  "store.status": (data, mail, step) => onStatus(data, mail, step),
  "store.lease": (data, mail, step) => onOther(data, mail, step),
  "store.leases": (data, mail, step) => onOther(data, mail, step),
  "store.member": (data, mail, step) => onOther(data, mail, step),
  "store.watch": (data, mail, step) => onWatch(data, mail, step),
  "store.unwatch": (data, mail, step) => onUnwatch(data, mail, step),
  "store.progress": (data, _mail, step) => onProgress(data, step),
  "etcd.watched": (data, { body }, step) => onWatched(data, body.message, step),
  "etcd.unwatched": (data, _mail, step) => onUnwatched(data, step),
  reply: ({ asks }, event, step) => void asks.replied(event, step),
  failed: ({ asks }, event, step) => void asks.failed(event, step),
  down: (data, { address }, step) => onWatcherDown(data, address, step),
  [`timer.${quietTimer}`]: (data, _event, step) => onQuiet(data, step),
  [`timer.${lookTimer}`]: (data, _event, step) => look(data, step),
});

/** Asks until etcd answers. */
function look(data: OutsideData, step: Step): void {
  if (data.isReached) return;
  askEtcd({ data, step }, { method: "/etcdserverpb.Maintenance/Status", message: {} }, (answer, later) => {
    if (!("type" in answer)) return;
    later.log(`${answer.message}; trying again`);
    later.timer(lookTimer, lookMs);
  });
}

/**
 * The chart of a store that is an etcd outside of the cluster: it hands on what it is asked, in etcd's words, and looks
 * for an etcd that does not answer until it does (`reaching`). To the rest of the cluster it is a store of one replica.
 */
export const outsideMachine = setup({
  types: {} as ChartTypes<OutsideData, OutsideMessage, OutsideInput>,
  actions: { look: act((data, _event, step) => look(data, step)) },
  guards: {
    isReached: when(({ isReached }) => isReached),
    isLost: when(({ isReached }) => !isReached),
    isWatched: when(({ watches }) => watches.size > 0),
    isUnwatched: when(({ watches }) => watches.size === 0),
  },
}).createMachine({
  id: "outside_store",
  context: begin((input: OutsideInput) => createOutside(input)),
  initial: "serving",
  states: {
    serving: {
      on: { ...serving.on, stop: "stopped" },
      initial: "reaching",
      states: {
        reaching: { entry: "look", always: { guard: "isReached", target: "reached" } },
        reached: {
          description: "etcd answers",
          always: { guard: "isLost", target: "reaching" },
          initial: "unwatched",
          states: {
            unwatched: { always: { guard: "isWatched", target: "watched" } },
            watched: {
              description: "etcd is watched for those who watch here",
              always: { guard: "isUnwatched", target: "unwatched" },
            },
          },
        },
      },
    },
    stopped: { type: "final" },
  },
});
