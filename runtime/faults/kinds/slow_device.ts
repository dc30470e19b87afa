import type { Address } from "../../actor.ts";
import type { FaultKind } from "../fault.ts";

/** A device of an actor takes longer, by up to `delayMsMax` a request. */
export const slowDevice: FaultKind<{
  readonly actor: Address;
  readonly device: string;
  readonly delayMsMax: number;
}> = {
  kind: "slowDevice",
  describe: ({ actor, device, delayMsMax }) => `the ${device} of ${actor} takes up to ${delayMsMax} ms longer`,
  device: (parameters, { address, device }, random) =>
    address === parameters.actor && device === parameters.device
      ? { delayMs: random.int(parameters.delayMsMax + 1) }
      : undefined,
};
