import type { Address, Message } from "../core/actor.ts";
import type { PermissionNeed, Permissions } from "../core/permissions.ts";
import type { Random } from "../core/random.ts";

/** What a device knows of the actor that it serves and of the time it lives in; the host's. */
export interface DeviceContext {
  readonly address: Address;
  readonly incarnation: number;
  readonly permissions: Permissions;
  /** Models draw from it; real devices do not. */
  readonly random: Random;
  uptimeMs(): number;
  /** The wall clock that the actor sees; stages of tests may have none. */
  wallMs?(): number;
  /** Calls back after a while, in the host's time; never after the device was closed. */
  after(delayMs: number, body: () => void): void;
  /** Sends the actor a message that it did not ask for (`from` is `device:NAME`). */
  push(body: Message): void;
}

/** A device opened for one life of one actor. */
export interface Device {
  /** Carries out a request and calls `done` once with the answer: operating errors are values in it. */
  request(request: unknown, done: (answer: unknown) => void, mishap: string | undefined): void;
  /** The actor's life is over: `crashed` loses what a process that is killed loses. */
  close(crashed: boolean): void;
}

/** A device as a value, real or a model: one definition a cluster; it is opened for each life of each actor. */
export interface DeviceDefinition {
  /** Actors name it in `step.device(NAME, ...)`. */
  readonly name: string;
  /** What a request needs to be permitted; the host checks before the device sees it. */
  needs(request: unknown, address: Address): PermissionNeed | undefined;
  open(context: DeviceContext): Device;
}
