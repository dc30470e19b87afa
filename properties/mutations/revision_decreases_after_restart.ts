import type { Keyspace } from "../../actors/store/keyspace/keyspace.ts";
import type * as settle from "../../actors/store/settle.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A replica that restarts begins at the revision of its newest key, below those of deletes. */
export const revisionDecreasesAfterRestart: MutationOf<typeof settle> = {
  name: "revisionDecreasesAfterRestart",
  patch: {
    module: "actors/store/settle.ts",
    name: "takePart",
    wrap: (sound) => (data, step) => {
      if (step.incarnation > 0) data.keyspace.revision = newestKeyRevision(data.keyspace);
      sound(data, step);
    },
  },
  bugs: ["etcd 17780"],
  found: {
    properties: ["revisions only grow", "Raft is safe"],
    campaignSeed: 205,
    runsMax: 600,
    runsMean: 85,
  },
};

/** Taken from the keys that are left, not from what was deleted. */
function newestKeyRevision({ keys }: Keyspace): number {
  let newest = 1;
  keys.each("", undefined, (versions) => {
    const last = versions.at(-1);
    if (last && last.version !== 0) newest = Math.max(newest, last.modRevision);
    return true;
  });
  return newest;
}
