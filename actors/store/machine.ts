import { setup } from "xstate";
import { type ChartTypes, reducers } from "../../runtime/mod.ts";
import { onCompactionDue } from "./auto_compaction.ts";
import { createStoreData, type StoreData } from "./data.ts";
import { onDiskReply } from "./disk_replies.ts";
import { onLeaseClockDue } from "./lease_clock.ts";
import { onMember } from "./members.ts";
import type { StoreInput, StoreRequest } from "./messages.ts";
import { core } from "./raft/core.ts";
import type { RaftMessage } from "./raft/messages.ts";
import type { RaftMail } from "./raft/raft.ts";
import { hasCommittedInTerm, roleOf } from "./raft/view.ts";
import { retryRepair, startRecovery } from "./recovery.ts";
import { onRemoved, type StoreRemoved, tellStranger } from "./removal.ts";
import { expireRequests, onRead, onStatus, onWrite, refuseForNow } from "./requests.ts";
import { onLeaderless, onProgressDue, settle, takePart, timeProgress } from "./settle.ts";
import { mindSending, stopAllSending } from "./snapshot/send.ts";
import { onRoomDue } from "./space.ts";
import { cancelWatches, closeWatch, dropWatcher, openWatch, tellProgress } from "./watch/watches.ts";

type StoreMessage = StoreRequest | StoreRemoved | RaftMessage;

const { on, act, begin, when } = reducers<StoreData, StoreMessage>();

type Role = ReturnType<typeof roleOf>;

const is = (role: Role) => when((data) => roleOf(data.raft) === role);
const isNot = (role: Role) => when((data) => roleOf(data.raft) !== role);

const chart = setup({
  types: {} as ChartTypes<StoreData, StoreMessage, StoreInput>,
  actions: {
    retryRepair: act((data, _event, step) => retryRepair(data, step)),
    startRecovery: act((data, _event, step) => startRecovery(data, step)),
    takePart: act((data, _event, step) => takePart(data, step)),
    refuseRequest: act((data, event, step) => {
      if ("ask" in event && "body" in event) refuseForNow(data, event, { why: "this replica is starting", step });
    }),
    onDiskReply: on("reply", (data, reply, step) => {
      onDiskReply(data, reply, step);
      if (!data.recovery) settle(data, step);
    }),

    onTxn: on("store.txn", (data, mail, step) => {
      onWrite(data, mail, step);
      settle(data, step);
    }),
    onCompact: on("store.compact", (data, mail, step) => {
      onWrite(data, mail, step);
      settle(data, step);
    }),
    onLease: on("store.lease", (data, mail, step) => {
      onWrite(data, mail, step);
      settle(data, step);
    }),
    onRange: on("store.range", (data, mail, step) => {
      onRead(data, mail, step);
      settle(data, step);
    }),
    onLeases: on("store.leases", (data, mail, step) => {
      onRead(data, mail, step);
      settle(data, step);
    }),
    onLeaseClockDue: act((data, _event, step) => {
      onLeaseClockDue(data, step);
      settle(data, step);
    }),
    onCompactionDue: act((data, _event, step) => {
      onCompactionDue(data, step);
      settle(data, step);
    }),
    onMember: on("store.member", (data, mail, step) => {
      onMember(data, mail, step);
      settle(data, step);
    }),
    onRemoved: on("store.removed", (data) => onRemoved(data)),
    onStatus: on("store.status", (data, mail, step) => onStatus(data, mail, step)),
    onWatch: on("store.watch", (data, { from, ask, body }, step) => {
      openWatch(data.watches, data.keyspace, { from, ask, body, step });
      timeProgress(data, step);
    }),
    onUnwatch: on("store.unwatch", (data, { from, body }) => closeWatch(data.watches, from, body.watch)),
    onProgress: on("store.progress", (data, { from }, step) => {
      tellProgress(data.watches, from, { revision: data.keyspace.revision, step });
    }),
    onWatcherDown: on("down", (data, { address }) => dropWatcher(data.watches, address)),
    onOverflow: on("failed", (data, { ask, from, reason }, step) => {
      if (ask !== 0 || reason !== "overflow") return;
      const which = ({ watcher }: { watcher: string }) => watcher === from;
      const compactRevision = data.keyspace.compactedRevision;
      cancelWatches(data.watches, { reason: "slow", compactRevision, step, which });
    }),
    onRequestsDue: act((data, _event, step) => expireRequests(data, step)),
    onProgressDue: act((data, _event, step) => onProgressDue(data, step)),
    onRoomDue: act((data, _event, step) => {
      onRoomDue(data, step);
      settle(data, step);
    }),
    onLeaderless: act((data, _event, step) => onLeaderless(data, step)),

    onRaft: act((data, event, step) => {
      const mail = event as unknown as RaftMail<RaftMessage>;
      tellStranger(data, mail, step);
      core.step(data.raft, mail, step);
      settle(data, step);
    }),
    onTick: act((data, _event, step) => {
      data.tickMs = undefined;
      core.tick(data.raft, step);
      if (data.raft.role === "leader") mindSending(data, step);
      settle(data, step);
    }),
    refuseWhileRebuilt: act((data, event, step) => {
      if ("ask" in event && "body" in event) refuseForNow(data, event, { why: "this replica is being rebuilt", step });
    }),
    stopLeading: act((data) => stopAllSending(data)),
  },
  guards: {
    isRecovered: when((data) => data.recovery === undefined && data.rejoin === undefined),
    hasLostDisk: when((data) => data.rejoin !== undefined),
    hasCleared: when((data) => data.raft.rejoin?.stage === "catchingUp"),
    isMember: when((data) => data.rejoin === undefined),
    isFollower: is("follower"),
    isLearner: is("learner"),
    isPreCandidate: is("preCandidate"),
    isCandidate: is("candidate"),
    isNoFollower: isNot("follower"),
    isNoLearner: isNot("learner"),
    isNoPreCandidate: isNot("preCandidate"),
    isNoCandidate: isNot("candidate"),
    isNoLeader: isNot("leader"),
    committedInTerm: when((data) => hasCommittedInTerm(data.raft)),
    isInstalling: when((data) => data.snapshots.installing !== undefined),
    isInstalled: when((data) => data.snapshots.installing === undefined),
  },
});

/** A replica that follows, with a vote or without. */
const following = {
  initial: "following",
  states: {
    following: { always: { guard: "isInstalling", target: "installing" } },
    installing: { always: { guard: "isInstalled", target: "following" } },
  },
} as const;

/** The phases of a store replica: Raft's roles, with what comes before them. */
export const machine = chart.createMachine({
  id: "store",
  context: begin(createStoreData),
  initial: "recovering",
  states: {
    recovering: {
      entry: "startRecovery",
      on: {
        reply: { actions: "onDiskReply" },
        "timer.repair": { actions: "retryRepair" },
        "store.*": { actions: "refuseRequest" },
        stop: "stopped",
      },
      always: [
        { guard: "isRecovered", target: "running" },
        { guard: "hasLostDisk", target: "rejoining" },
      ],
    },
    /** It has lost its disk: it has no say, and serves nobody, until it is rebuilt. */
    rejoining: {
      on: {
        reply: { actions: "onDiskReply" },
        "raft.*": { actions: "onRaft" },
        "timer.room": { actions: "onRoomDue" },
        "store.status": { actions: "onStatus" },
        "store.*": { actions: "refuseWhileRebuilt" },
        stop: "stopped",
      },
      initial: "asking",
      states: {
        asking: { always: { guard: "hasCleared", target: "catchingUp" } },
        catchingUp: { always: { guard: "isMember", target: "#store.running" } },
      },
    },
    running: {
      entry: "takePart",
      on: {
        reply: { actions: "onDiskReply" },
        "store.txn": { actions: "onTxn" },
        "store.compact": { actions: "onCompact" },
        "store.lease": { actions: "onLease" },
        "store.range": { actions: "onRange" },
        "store.leases": { actions: "onLeases" },
        "store.member": { actions: "onMember" },
        "store.status": { actions: "onStatus" },
        "store.removed": { actions: "onRemoved" },
        "store.watch": { actions: "onWatch" },
        "store.unwatch": { actions: "onUnwatch" },
        "store.progress": { actions: "onProgress" },
        "raft.*": { actions: "onRaft" },
        "timer.tick": { actions: "onTick" },
        "timer.requests": { actions: "onRequestsDue" },
        "timer.progress": { actions: "onProgressDue" },
        "timer.clock": { actions: "onLeaseClockDue" },
        "timer.compaction": { actions: "onCompactionDue" },
        "timer.leaderless": { actions: "onLeaderless" },
        "timer.room": { actions: "onRoomDue" },
        down: { actions: "onWatcherDown" },
        failed: { actions: "onOverflow" },
        stop: "stopped",
      },
      initial: "role",
      states: {
        /** What its role is Raft decides; the chart shows it. */
        role: {
          always: [
            { guard: "isFollower", target: "follower" },
            { guard: "isLearner", target: "learner" },
            { guard: "isPreCandidate", target: "preCandidate" },
            { guard: "isCandidate", target: "candidate" },
            { target: "leader" },
          ],
        },
        follower: { always: { guard: "isNoFollower", target: "role" }, ...following },
        /** It gets the log and has no vote. */
        learner: { always: { guard: "isNoLearner", target: "role" }, ...following },
        preCandidate: { always: { guard: "isNoPreCandidate", target: "role" } },
        candidate: { always: { guard: "isNoCandidate", target: "role" } },
        leader: {
          exit: "stopLeading",
          always: { guard: "isNoLeader", target: "role" },
          initial: "establishing",
          states: {
            /** What its predecessors committed is not known before an entry of its own term is. */
            establishing: { always: { guard: "committedInTerm", target: "serving" } },
            serving: {},
          },
        },
      },
    },
    stopped: { type: "final" },
  },
});
