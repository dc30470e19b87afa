import { defineFault } from "../kind.ts";
import { actor } from "../parameters.ts";
import { oneOf } from "../places.ts";

/**
 * The actor's disk says that it has synced, and has not: a crash then loses what was acknowledged. Raft bears that of
 * one replica while nothing else is wrong with the others, so it is drawn in a scene of its own only.
 */
export const lostFsync = defineFault({
  kind: "lostFsync",
  parameters: { actor: actor() },
  weight: 0,
  describe: ({ actor: who }) => `the disk of ${who} does not sync`,
  draw({ disks }, random) {
    const who = oneOf(disks, random);
    return who === undefined ? undefined : { actor: who };
  },
  device: ({ actor: who }, { address, device }) =>
    address === who && device === "disk" ? { mishap: "lostFsync" } : undefined,
});
