import { setup } from "xstate";
import { type ChartTypes, reducers } from "../../runtime/mod.ts";
import { createStoreData, type StoreData } from "./data.ts";
import { onDiskReply } from "./disk_replies.ts";
import { encodeCommand } from "./keyspace/command.ts";
import type { StoreInput, StoreRequest } from "./messages.ts";
import {
  becomeCandidate,
  becomeLeader,
  becomePreCandidate,
  electionResult,
  onPreVote,
  onPreVoteAnswer,
  onVote,
  onVoteAnswer,
} from "./raft/election.ts";
import { onAppend, onCommit, onHeartbeat } from "./raft/follow.ts";
import { checkQuorum, onAppendAnswer, onHeartbeatAnswer, onPropose, onRejoined } from "./raft/lead.ts";
import type { RaftMessage } from "./raft/messages.ts";
import { becomeFollower } from "./raft/raft.ts";
import { hasCommittedInTerm, heartbeat, onReadIndex, onReadIndexAnswer } from "./raft/read_index.ts";
import { onRejoin } from "./raft/rejoin.ts";
import { newestKeyRevision, retryRepair, startRecovery } from "./recovery.ts";
import { askToRejoin, hasCleared, onWelcome, tellRejoined } from "./rejoin.ts";
import { expireRequests, onRange, onStatus, onWrite, refuse } from "./requests.ts";
import { onLeaderless, onProgressDue, settle, timeProgress } from "./settle.ts";
import { onSnapshot } from "./snapshot/install.ts";
import { mindSending, onSnapshotAnswer, stopAllSending } from "./snapshot/send.ts";
import { onRoomDue } from "./space.ts";
import { cancelWatches, closeWatch, dropWatcher, openWatch, tellProgress } from "./watch/watches.ts";

type StoreMessage = StoreRequest | RaftMessage;

const { on, act, begin, when } = reducers<StoreData, StoreMessage>();

/** A reducer for what one replica tells another; what does not come from a member is not heard. */
function raftOn<Type extends RaftMessage["type"]>(
  type: Type,
  receive: (
    data: StoreData,
    from: string,
    body: Extract<RaftMessage, { type: Type }>,
    step: Parameters<Parameters<typeof act>[0]>[2],
  ) => void,
) {
  return act((data, event, step) => {
    const mail = event as unknown as { from: string; body: Extract<RaftMessage, { type: Type }> };
    if (event.type !== type || !data.members.includes(mail.from)) return;
    receive(data, mail.from, mail.body, step);
    settle(data, step);
  });
}

const chart = setup({
  types: {} as ChartTypes<StoreData, StoreMessage, StoreInput>,
  actions: {
    retryRepair: act((data, _event, step) => retryRepair(data, step)),
    startRecovery: act((data, _event, step) => startRecovery(data, step)),
    takePart: act((data, _event, step) => {
      if (data.defects.revisionDecreasesAfterRestart && step.incarnation > 0) {
        data.keyspace.revision = newestKeyRevision(data.keyspace);
      }
      step.timer("leaderless", data.electionMs);
      settle(data, step);
    }),
    refuseRequest: act((_data, event, step) => {
      if ("ask" in event && "body" in event) refuse(event, "this replica is starting", step);
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
    onRange: on("store.range", (data, mail, step) => {
      onRange(data, mail, step);
      settle(data, step);
    }),
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

    onPreVote: raftOn("raft.preVote", ({ raft }, from, body, step) => onPreVote(raft, from, body, step)),
    onVote: raftOn("raft.vote", ({ raft }, from, body, step) => onVote(raft, from, body, step)),
    onAppend: raftOn("raft.append", ({ raft }, from, body, step) => onAppend(raft, from, body, step)),
    onHeartbeat: raftOn("raft.heartbeat", ({ raft }, from, body, step) => onHeartbeat(raft, from, body, step)),
    onCommit: raftOn("raft.commit", ({ raft }, from, body, step) => onCommit(raft, from, body, step)),
    onSnapshot: raftOn("raft.snapshot", (data, from, message, step) => onSnapshot(data, from, { message, step })),
    onReadIndexAnswer: raftOn("raft.readIndex.ok", ({ raft }, from, body) => onReadIndexAnswer(raft, from, body)),
    onPreVoteAnswer: raftOn("raft.preVote.ok", ({ raft }, from, body) => onPreVoteAnswer(raft, from, body)),
    onVoteAnswer: raftOn("raft.vote.ok", ({ raft }, from, body) => onVoteAnswer(raft, from, body)),
    onAppendAnswer: raftOn("raft.append.ok", ({ raft }, from, body, step) => onAppendAnswer(raft, from, body, step)),
    onHeartbeatAnswer: raftOn("raft.heartbeat.ok", ({ raft }, from, body, step) => {
      onHeartbeatAnswer(raft, from, body, step);
    }),
    onPropose: raftOn("raft.propose", ({ raft }, from, body) => onPropose(raft, from, body)),
    onReadIndex: raftOn("raft.readIndex", ({ raft }, from, body) => onReadIndex(raft, from, body)),
    onRejoin: raftOn("raft.rejoin", ({ raft }, from, body) => onRejoin(raft, from, body)),
    onRejoined: raftOn("raft.rejoined", ({ raft }, from, body, step) => onRejoined(raft, from, body, step)),
    tellRejoined: raftOn("raft.rejoin.ok", (data, from, body) => tellRejoined(data, from, body)),
    onWelcome: raftOn("raft.rejoin.ok", (data, _from, body, step) => onWelcome(data, body, step)),
    askToRejoin: raftOn("raft.heartbeat", (data, from, body) => askToRejoin(data, from, body)),
    refuseWhileRebuilt: act((_data, event, step) => {
      if ("ask" in event && "body" in event) refuse(event, "this replica is being rebuilt", step);
    }),
    onSnapshotAnswer: raftOn("raft.snapshot.ok", (data, from, answer, step) => {
      onSnapshotAnswer(data, from, { answer, step });
    }),

    onElectionDue: act((data, _event, step) => {
      const { raft } = data;
      if (step.uptimeMs < raft.electionDeadlineMs) armElection(data, step);
      else if (raft.role !== "leader") raft.electionDue = true;
      else {
        checkQuorum(raft, step);
        armElection(data, step);
      }
    }),
    onHeartbeatDue: act((data, _event, step) => {
      heartbeat(data.raft);
      mindSending(data, step);
      step.timer("heartbeat", data.heartbeatMs);
      settle(data, step);
    }),
    awaitLeader: act((data, _event, step) => {
      armElection(data, step);
      settle(data, step);
    }),
    askForPreVotes: act((data, _event, step) => {
      becomePreCandidate(data.raft, step);
      armElection(data, step);
      settle(data, step);
    }),
    askForVotes: act((data, _event, step) => {
      becomeCandidate(data.raft, step);
      armElection(data, step);
      settle(data, step);
    }),
    lead: act((data, _event, step) => {
      becomeLeader(data.raft, step, encodeCommand({ kind: "begin", quotaBytes: data.quotaBytes }));
      armElection(data, step);
      step.timer("heartbeat", data.heartbeatMs);
      settle(data, step);
    }),
    stopLeading: act((data, _event, step) => {
      step.cancel("heartbeat");
      stopAllSending(data);
    }),
    stepDown: act(({ raft }) => becomeFollower(raft, raft.term, "")),
  },
  guards: {
    isRecovered: when((data) => data.recovery === undefined && data.rejoin === undefined),
    hasLostDisk: when((data) => data.rejoin !== undefined),
    hasCleared: when((data) => hasCleared(data)),
    isMember: when((data) => data.rejoin === undefined),
    heardNoLeader: when((data) => data.raft.electionDue),
    wonElection: when((data) => electionResult(data.raft) === "won"),
    lostElection: when((data) => electionResult(data.raft) === "lost"),
    /** A message from the leader, or of a newer term, has made it a follower. */
    foundLeaderOrHigherTerm: when((data) => data.raft.role === "follower"),
    lostQuorum: when((data) => data.raft.lostQuorum),
    committedInTerm: when((data) => hasCommittedInTerm(data.raft)),
    isInstalling: when((data) => data.snapshots.installing !== undefined),
    isInstalled: when((data) => data.snapshots.installing === undefined),
  },
});

function armElection({ raft }: StoreData, step: Parameters<Parameters<typeof act>[0]>[2]) {
  step.timer("election", Math.max(1, Math.ceil(raft.electionDeadlineMs - step.uptimeMs)));
}

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
        "timer.room": { actions: "onRoomDue" },
        "store.status": { actions: "onStatus" },
        "store.*": { actions: "refuseWhileRebuilt" },
        stop: "stopped",
      },
      initial: "asking",
      states: {
        asking: {
          on: { "raft.heartbeat": { actions: "askToRejoin" }, "raft.rejoin.ok": { actions: "onWelcome" } },
          always: { guard: "hasCleared", target: "catchingUp" },
        },
        catchingUp: {
          on: {
            "raft.append": { actions: "onAppend" },
            "raft.heartbeat": { actions: "onHeartbeat" },
            "raft.commit": { actions: "onCommit" },
            "raft.snapshot": { actions: "onSnapshot" },
          },
          always: { guard: "isMember", target: "#store.running" },
        },
      },
    },
    running: {
      entry: "takePart",
      on: {
        reply: { actions: "onDiskReply" },
        "store.txn": { actions: "onTxn" },
        "store.compact": { actions: "onCompact" },
        "store.range": { actions: "onRange" },
        "store.status": { actions: "onStatus" },
        "store.watch": { actions: "onWatch" },
        "store.unwatch": { actions: "onUnwatch" },
        "store.progress": { actions: "onProgress" },
        "raft.preVote": { actions: "onPreVote" },
        "raft.vote": { actions: "onVote" },
        "raft.append": { actions: "onAppend" },
        "raft.heartbeat": { actions: "onHeartbeat" },
        "raft.commit": { actions: "onCommit" },
        "raft.snapshot": { actions: "onSnapshot" },
        "raft.readIndex.ok": { actions: "onReadIndexAnswer" },
        "raft.rejoin.ok": { actions: "tellRejoined" },
        "timer.election": { actions: "onElectionDue" },
        "timer.requests": { actions: "onRequestsDue" },
        "timer.progress": { actions: "onProgressDue" },
        "timer.leaderless": { actions: "onLeaderless" },
        "timer.room": { actions: "onRoomDue" },
        down: { actions: "onWatcherDown" },
        failed: { actions: "onOverflow" },
        stop: "stopped",
      },
      initial: "follower",
      states: {
        follower: {
          entry: "awaitLeader",
          always: { guard: "heardNoLeader", target: "preCandidate" },
          initial: "following",
          states: {
            following: { always: { guard: "isInstalling", target: "installing" } },
            installing: { always: { guard: "isInstalled", target: "following" } },
          },
        },
        preCandidate: {
          entry: "askForPreVotes",
          on: { "raft.preVote.ok": { actions: "onPreVoteAnswer" } },
          always: [
            { guard: "foundLeaderOrHigherTerm", target: "follower" },
            { guard: "wonElection", target: "candidate" },
            { guard: "lostElection", target: "follower", actions: "stepDown" },
            { guard: "heardNoLeader", target: "preCandidate", reenter: true },
          ],
        },
        candidate: {
          entry: "askForVotes",
          on: { "raft.vote.ok": { actions: "onVoteAnswer" } },
          always: [
            { guard: "foundLeaderOrHigherTerm", target: "follower" },
            { guard: "wonElection", target: "leader" },
            { guard: "lostElection", target: "follower", actions: "stepDown" },
            { guard: "heardNoLeader", target: "preCandidate" },
          ],
        },
        leader: {
          entry: "lead",
          exit: "stopLeading",
          on: {
            "raft.append.ok": { actions: "onAppendAnswer" },
            "raft.heartbeat.ok": { actions: "onHeartbeatAnswer" },
            "raft.propose": { actions: "onPropose" },
            "raft.readIndex": { actions: "onReadIndex" },
            "raft.snapshot.ok": { actions: "onSnapshotAnswer" },
            "raft.rejoin": { actions: "onRejoin" },
            "raft.rejoined": { actions: "onRejoined" },
            "timer.heartbeat": { actions: "onHeartbeatDue" },
          },
          always: [
            { guard: "foundLeaderOrHigherTerm", target: "follower" },
            { guard: "lostQuorum", target: "follower", actions: "stepDown" },
          ],
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
