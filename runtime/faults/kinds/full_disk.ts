import type { DiskAnswer } from "../../devices/messages.ts";
import { defineFault } from "../kind.ts";
import { actor } from "../parameters.ts";
import { oneOf } from "../places.ts";

/** The actor's disk has no room: what is there can be read and removed, nothing can be written. */
export const fullDisk = defineFault({
  kind: "fullDisk",
  parameters: { actor: actor() },
  weight: 0,
  describe: ({ actor: who }) => `the disk of ${who} is full`,
  draw({ disks }, random) {
    const who = oneOf(disks, random);
    return who === undefined ? undefined : { actor: who };
  },
  device: ({ actor: who }, { address, device, request }) =>
    address === who && device === "disk" && isWrite(request) ? { answer: full } : undefined,
});

const full: DiskAnswer = { ok: false, code: "ENOSPC", message: "Cannot write to the disk: no space left on device" };

function isWrite(request: unknown): boolean {
  if (typeof request !== "object" || request === null || !("op" in request)) return false;
  return request.op === "append" || request.op === "replace";
}
