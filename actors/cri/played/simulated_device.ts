import { type ContainerRuntime, containerRuntime } from "../container_runtime_device.ts";
import type { ImageCatalogue } from "../messages.ts";

/** A container runtime that only plays. */
export type SimulatedRuntime = ContainerRuntime;

/**
 * Makes the `cri` device that plays containers: they behave as the catalogue says of their images, and live as long as
 * the computer that they are on.
 *
 * @example
 * const devices = [simulatedRuntime({ images: { "app:1": { pullMs: 800, readyMs: 2000 } } })]
 */
export function simulatedRuntime(catalogue: ImageCatalogue = { images: {} }): SimulatedRuntime {
  return containerRuntime(catalogue);
}
