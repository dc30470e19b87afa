import { defineFault } from "../kind.ts";
import { actor, share } from "../parameters.ts";
import { oneOf } from "../places.ts";

/** The actor crashes in the middle of an append to its disk: a part of the data is there afterwards. */
export const tornWrite = defineFault({
  kind: "tornWrite",
  parameters: { actor: actor(), probability: share() },
  weight: 2,
  describe: ({ actor: who, probability }) => `${who} crashes inside a write with probability ${probability}`,
  draw({ disks }, random) {
    const who = oneOf(disks, random);
    return who === undefined ? undefined : { actor: who, probability: oneOf([0.05, 0.2, 0.5], random) ?? 1 };
  },
  device: ({ actor: who, probability }, { address, device, request }, random) =>
    address === who && device === "disk" && isAppend(request) && random.float() < probability
      ? { mishap: "tornWrite", crash: true }
      : undefined,
});

/** Whether it is an append that a disk is asked for. */
export function isAppend(request: unknown): boolean {
  return typeof request === "object" && request !== null && "op" in request && request.op === "append";
}
