import { defineFault } from "../kind.ts";
import { actor } from "../parameters.ts";
import { oneOf } from "../places.ts";
import { isAppend } from "./torn_write.ts";

/**
 * The actor crashes in the middle of an append, and something in the middle of a file has changed. Models only: real disks keep
 * what they have. Raft bears that of a minority, so it is drawn in a scene of its own only.
 */
export const damagedDisk = defineFault({
  kind: "damagedDisk",
  parameters: { actor: actor() },
  weight: 0,
  describe: ({ actor: who }) => `the disk of ${who} is damaged`,
  draw({ disks }, random) {
    const who = oneOf(disks, random);
    return who === undefined ? undefined : { actor: who };
  },
  device: ({ actor: who }, { address, device, request }) =>
    address === who && device === "disk" && isAppend(request) ? { mishap: "damagedDisk", crash: true } : undefined,
});
