import { advanceCommit } from "../../actors/store/raft/lead.ts";
import { releaseGated } from "../../actors/store/raft/raft.ts";
import type * as stable from "../../actors/store/raft/stable.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Entries count as stored before the disk says so. */
export const ackBeforeSync: MutationOf<typeof stable> = {
  name: "ackBeforeSync",
  patch: {
    module: "actors/store/raft/stable.ts",
    name: "takeWrite",
    wrap: (sound) => (raft) => {
      const write = sound(raft);
      if (!write) return undefined;
      raft.stableIndex = write.lastIndex;
      releaseGated(raft, write.change);
      advanceCommit(raft);
      return write;
    },
  },
  bugs: ["etcd 14370"],
  found: {
    properties: ["Raft is safe", "acknowledged writes are kept"],
    campaignSeed: 113,
    runsMax: 150,
    runsMean: 30,
  },
};
