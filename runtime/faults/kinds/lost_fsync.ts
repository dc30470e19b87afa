import type { Address } from "../../actor.ts";
import type { FaultKind } from "../fault.ts";

/** The actor's disk says that it has synced, and has not: a crash then loses what was acknowledged. */
export const lostFsync: FaultKind<{ readonly actor: Address }> = {
  kind: "lostFsync",
  describe: ({ actor }) => `the disk of ${actor} does not sync`,
  device: ({ actor }, { address, device }) =>
    address === actor && device === "disk" ? { mishap: "lostFsync" } : undefined,
};
