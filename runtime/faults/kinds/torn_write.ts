import type { Address } from "../../actor.ts";
import type { FaultKind } from "../fault.ts";

/** The actor crashes in the middle of an append to its disk: a part of the data is there afterwards. */
export const tornWrite: FaultKind<{ readonly actor: Address; readonly probability: number }> = {
  kind: "tornWrite",
  describe: ({ actor, probability }) => `${actor} crashes inside a write with probability ${probability}`,
  device: ({ actor, probability }, { address, device, request }, random) =>
    address === actor && device === "disk" && isAppend(request) && random.float() < probability
      ? { mishap: "tornWrite", crash: true }
      : undefined,
};

function isAppend(request: unknown): boolean {
  return (request as { readonly op?: string }).op === "append";
}
