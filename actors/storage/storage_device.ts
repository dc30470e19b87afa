import type { DeviceDefinition } from "../../runtime/devices/device.ts";
import type { VolumeShelf } from "../cri/played/volume_shelf.ts";
import type { RuntimeEvent } from "../cri/runtime_event.ts";
import { failed, ok } from "../kit/result.ts";
import { isHandle, type StorageAnswer, type StorageRequest, storageDevice } from "./messages.ts";

/** Makes the `storage` device of a cluster over the data of its volumes; who judges runs may watch it. */
export function storage(shelf: Pick<VolumeShelf, "remove">, observe?: (event: RuntimeEvent) => void): DeviceDefinition {
  return {
    name: storageDevice,
    needs: () => undefined,
    open: ({ address }) => ({
      request(any, done) {
        const request = any as StorageRequest;
        const answer = answerOf(shelf, request);
        if (answer.ok) observe?.({ node: address, type: "volume.removed", volume: request.volume });
        done(answer);
      },
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
