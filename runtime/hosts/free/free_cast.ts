import type { ActorCard } from "../../core/actor.ts";
import type { DeviceDefinition } from "../../devices/device.ts";

/**
 * What hosts with real threads put on stage. A worker loads the modules of the actors that it performs and the module
 * of the devices, nothing else of the cast.
 *
 * @example
 * export const cast: FreeCast = { actors: [store, apiserver], devices: new URL("./devices.ts", import.meta.url).href }
 */
export interface FreeCast {
  /** Each one's definition is exported by the module that it names. */
  readonly actors: readonly ActorCard[];
  /** `file:` URL of a module that exports `devices`: a `DevicesSource`. */
  readonly devices: string;
}

/** The devices that actors name, or how each worker makes its own of them from the host's settings. */
export type DevicesSource = readonly FreeDevice[] | ((settings: never) => readonly FreeDevice[]);

/** A device, or how to come by it. */
export type FreeDevice = DeviceDefinition | LazyDevice;

/** A device whose code is loaded when an actor first uses it: most workers do without most devices. */
export interface LazyDevice extends Pick<DeviceDefinition, "name" | "needs"> {
  load(): Promise<Pick<DeviceDefinition, "open">>;
}
