import type { DeviceDefinition } from "../../runtime/devices/device.ts";
import type { VolumeShelf } from "../cri/played/volume_shelf.ts";
import { failed, ok } from "../kit/result.ts";
import { isHandle, type StorageAnswer, type StorageRequest, storageDevice } from "./messages.ts";

/** Makes the `storage` device of a cluster over the data of its volumes. */
export function storage(shelf: Pick<VolumeShelf, "remove">): DeviceDefinition {
  return {
    name: storageDevice,
    needs: () => undefined,
    open: () => ({
      request: (any, done) => done(answerOf(shelf, any as StorageRequest)),
      close() {},
    }),
  };
}

function answerOf(shelf: Pick<VolumeShelf, "remove">, { volume }: StorageRequest): StorageAnswer {
  if (!isHandle(volume)) return failed(`${JSON.stringify(volume)} is no handle of a volume`);
  try {
    shelf.remove(volume);
    return ok(undefined);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}
