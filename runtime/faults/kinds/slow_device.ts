import { defineFault } from "../kind.ts";
import { actor, name, whole } from "../parameters.ts";
import { oneOf, upTo } from "../places.ts";

/** A device of an actor takes longer, by up to `delayMsMax` a request. */
export const slowDevice = defineFault({
  kind: "slowDevice",
  parameters: { actor: actor(), device: name(), delayMsMax: whole(0, 3_600_000) },
  describe: ({ actor: who, device, delayMsMax }) => `the ${device} of ${who} takes up to ${delayMsMax} ms longer`,
  draw({ disks }, random) {
    const who = oneOf(disks, random);
    return who === undefined ? undefined : { actor: who, device: "disk", delayMsMax: upTo(500, random) };
  },
  device: (parameters, { address, device }, random) =>
    address === parameters.actor && device === parameters.device
      ? { delayMs: random.int(parameters.delayMsMax + 1) }
      : undefined,
});
