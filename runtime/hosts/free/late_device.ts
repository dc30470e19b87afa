import type { Device, DeviceDefinition } from "../../devices/device.ts";

/** What a device that is not there yet becomes, and whom to tell when nothing comes of it. */
export interface LateDeviceOptions {
  readonly loading: Promise<Pick<DeviceDefinition, "open">>;
  open(definition: Pick<DeviceDefinition, "open">): Device;
  /** Its code cannot be loaded, or it cannot take what it was asked meanwhile. */
  failed(error: unknown): void;
}

/** Stands for a device until its code is loaded: what is asked of it meanwhile waits, in order. */
export function createLateDevice({ loading, open, failed }: LateDeviceOptions): Device {
  const waiting: Parameters<Device["request"]>[] = [];
  let device: Device | undefined;
  let isOver = false;

  function arrive(definition: Pick<DeviceDefinition, "open">) {
    if (isOver) return;
    device = open(definition);
    for (let asked = waiting.shift(); asked && !isOver; asked = waiting.shift()) device.request(...asked);
  }

  loading.then(arrive).catch((error: unknown) => {
    if (!isOver) failed(error);
  });
  return {
    request(...asked) {
      if (device) device.request(...asked);
      else waiting.push(asked);
    },
    close(crashed) {
      isOver = true;
      waiting.length = 0;
      device?.close(crashed);
    },
  };
}
