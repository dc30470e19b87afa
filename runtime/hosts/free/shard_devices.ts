import type { Address } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import { assertAllowed } from "../../core/permissions.ts";
import { hash32, mix32, randomFrom } from "../../core/random.ts";
import type { Device, DeviceContext, DeviceDefinition } from "../../devices/device.ts";
import type { FaultEngine } from "../../faults/engine.ts";
import type { FreeDevice, LazyDevice } from "./free_cast.ts";
import { createLateDevice } from "./late_device.ts";
import type { ShardActor, ShardEvent } from "./shard_actor.ts";
import type { ShardClock } from "./shard_clock.ts";

/** What device requests need of the shard around them. */
export interface ShardDevicesOptions {
  readonly definitions: readonly FreeDevice[];
  readonly seed: number;
  readonly clock: ShardClock;
  /** The wall clock that an actor sees. */
  readonly wallMs: (address: Address) => number;
  readonly faults: FaultEngine;
  deliver(actor: ShardActor, event: ShardEvent): void;
  /** A fault, or a device that fails, ends this life. */
  crash(actor: ShardActor, reason: string): void;
}

/** Carries out an actor's device requests. */
export interface ShardDevices {
  /** @throws Error when there is no such device, or the actor may not do that with it: its crash */
  request(actor: ShardActor, effect: Effect & { readonly kind: "device" }): void;
}

type Loaded = Pick<DeviceDefinition, "open">;

/** Makes the device side of a shard. */
export function createShardDevices(options: ShardDevicesOptions): ShardDevices {
  const { seed, clock, wallMs, faults, deliver, crash } = options;
  const definitions = new Map(options.definitions.map((definition) => [definition.name, definition]));

  /** The code of lazy devices, from their first use on. */
  const loaded = new Map<string, Loaded>();
  const loading = new Map<string, Promise<Loaded>>();

  function open(actor: ShardActor, definition: FreeDevice): Device {
    const found = actor.devices.get(definition.name);
    if (found) return found;
    const context = contextOf(actor, definition.name);
    const whole = "open" in definition ? definition : loaded.get(definition.name);
    const device = whole ? whole.open(context) : openLate(actor, definition as LazyDevice, context);
    actor.devices.set(definition.name, device);
    return device;
  }

  function openLate(actor: ShardActor, definition: LazyDevice, context: DeviceContext): Device {
    return createLateDevice({
      loading: load(definition),
      open: (whole) => whole.open(context),
      failed: (error) => crash(actor, error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
  }

  function load(definition: LazyDevice): Promise<Loaded> {
    const found = loading.get(definition.name);
    if (found) return found;
    const promise = definition.load();
    loading.set(definition.name, promise);
    const { name } = definition;
    promise.then(
      (whole) => loaded.set(name, whole),
      // Whoever uses it next tries again.
      () => loading.delete(name),
    );
    return promise;
  }

  function contextOf(actor: ShardActor, name: string): DeviceContext {
    const { address, order } = actor;
    const from = `device:${name}`;
    return {
      address,
      incarnation: order.incarnation,
      permissions: order.permissions,
      random: randomFrom(mix32(mix32(seed, hash32(address)), order.incarnation)),
      uptimeMs: clock.uptimeMs,
      wallMs: () => wallMs(address),
      after: (delayMs, body) => clock.at(clock.uptimeMs() + delayMs, () => actor.isAlive && body()),
      push: (body) => deliver(actor, { type: body.type, body, from, ask: 0 } as ShardEvent),
    };
  }

  return {
    request(actor, { device: name, id, request }) {
      const { address } = actor;
      const definition = definitions.get(name);
      if (!definition) {
        throw new Error(`Cannot use device "${name}" in actor "${address}": this host has no such device`);
      }
      const need = definition.needs(request, address);
      if (need) assertAllowed(actor.order.permissions, need, address);
      const verdict = faults.active() ? faults.device(address, name, request) : undefined;
      const from = `device:${name}`;
      actor.pending.set(id, from);
      const answer = (body: unknown) => {
        if (actor.isAlive && actor.pending.delete(id))
          deliver(actor, { type: "reply", ask: id, from, body } as ShardEvent);
      };
      if (!verdict) return open(actor, definition).request(request, answer, undefined);
      const act = () => {
        if (!actor.isAlive) return;
        if (verdict.answer !== undefined) answer(verdict.answer);
        else open(actor, definition).request(request, answer, verdict.mishap);
        if (verdict.crash) crash(actor, `Crash injected while device "${name}" was at work`);
      };
      if (verdict.delayMs) clock.at(clock.uptimeMs() + verdict.delayMs, act);
      else act();
    },
  };
}
