import assert from "node:assert/strict";
import type { ConfigurationChange } from "../../../actors/store/raft/configuration_change.ts";
import type { Random } from "../../../runtime/mod.ts";
import { raft as raftInvariants } from "../../checkers/raft.ts";
import { raftStage, type StageReplica } from "./stage.ts";

/** How a network is made. */
export interface NetworkOptions {
  /** Who founds the group. */
  readonly founders: readonly string[];
  readonly voteNotPersisted?: boolean;
  /** Who else is there: changes of the configuration and transfers of leadership may name these. */
  readonly candidates?: readonly string[];
}

/** A group on a network that loses, doubles and reorders, with disks of which a crash takes what was not synced. */
export function raftNetwork(random: Random, { founders, candidates = [], ...disks }: NetworkOptions) {
  let nowMs = 0;
  let ids = 0;
  let committedEver = 0;
  const watch = raftInvariants.watch();
  const moment = {
    get uptimeMs() {
      return nowMs;
    },
    int: random.int,
    nextId: () => ++ids,
  };
  /** The commit index that each read must at least see. */
  const least = new Map<string, number>();
  const stage = raftStage({ founders, moment, ...disks, onReady: judge });

  function judge({ id, raft, life }: StageReplica, { reads }: { readonly reads: readonly number[] }) {
    if (!raft) return;
    committedEver = Math.max(committedEver, raft.commitIndex);
    for (const context of reads) {
      const before = least.get(`${id} ${life} ${context}`) ?? 0;
      assert.ok(raft.appliedIndex >= before, `a read sees ${raft.appliedIndex}, but ${before} was committed before it`);
    }
    const wrong = watch.check([...(stage?.replicas.values() ?? [])].flatMap((each) => each.raft ?? []));
    if (wrong) throw new Error(wrong);
  }

  function someChange(): ConfigurationChange {
    const some = () => candidates[random.int(candidates.length)] as string;
    const deeds = ["addVoter", "addLearner", "remove"] as const;
    const changes = Array.from({ length: random.int(4) }, () => ({
      do: deeds[random.int(3)] as (typeof deeds)[number],
      id: some(),
    }));
    const transition = (["auto", "auto", "implicit", "explicit"] as const)[random.int(4)] ?? "auto";
    return { transition, changes, context: "" };
  }

  const actions = {
    tick: stage.tick,
    sync: stage.sync,
    crash: (replica: StageReplica) => stage.crash(replica, random.float() < 0.5),
    propose({ id, raft }: StageReplica) {
      if (raft?.role === "leader") stage.request(id, { type: "propose", commands: [`c${++ids}`] });
    },
    read({ id, raft, life }: StageReplica) {
      if (!raft) return;
      const context = ++ids;
      least.set(`${id} ${life} ${context}`, committedEver);
      stage.request(id, { type: "read", context });
    },
    change: ({ id }: StageReplica) => void stage.request(id, { type: "change", change: someChange() }),
    transfer: ({ id }: StageReplica) =>
      void stage.request(id, { type: "transfer", to: candidates[random.int(candidates.length)] as string }),
    compact: stage.compact,
  };

  function deliver(place: number, loss: number, copies: number) {
    const [letter] = stage.mail.splice(place, 1);
    if (!letter) return;
    if (random.float() < copies) stage.mail.push(letter);
    if (random.float() < loss) return;
    stage.deliver(letter);
  }

  for (const candidate of candidates) if (!founders.includes(candidate)) stage.start(candidate);
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { ...stage, actions, deliver, watch, advance };
}

/** A network, as tests pass it around. */
export type RaftNetwork = ReturnType<typeof raftNetwork>;

/** Time goes by, and what is under way arrives, but for a share that is lost. */
export function round(net: RaftNetwork, loss = 0): void {
  net.advance(100);
  for (const replica of net.replicas.values()) net.actions.tick(replica);
  for (let left = 0; left < 6; left++) {
    for (let count = net.mail.length; count > 0; count--) net.deliver(0, loss, loss);
    for (const replica of net.replicas.values()) net.actions.sync(replica);
  }
}

/**
 * Lets a group be until something holds, while one message of ten is lost and one comes twice.
 *
 * @throws Error when it does not come about
 */
export function until(net: RaftNetwork, what: string, holds: () => boolean): void {
  for (let rounds = 0; rounds < 300; rounds++) {
    if (holds()) return;
    round(net, 0.1);
  }
  throw new Error(`It does not come about that ${what}`);
}
