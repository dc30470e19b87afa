import { type ContainerRuntime, containerRuntime } from "../container_runtime_device.ts";
import type { ImageCatalogue } from "../messages.ts";

/** A container runtime that only plays. */
export type SimulatedRuntime = ContainerRuntime;

/**
 * Makes the `cri` device that plays containers: they behave as the catalogue says of their images. A node's containers
 * live on while its kubelet is down, in this definition, as they do in a real containerd.
 *
 * @example
 * const devices = [simulatedRuntime({ images: { "app:1": { pullMs: 800, readyMs: 2000 } } })]
 */
export function simulatedRuntime(catalogue: ImageCatalogue = { images: {} }): SimulatedRuntime {
  return containerRuntime(catalogue);
}
