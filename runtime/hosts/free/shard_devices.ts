import type { Effect } from "../../core/effect.ts";
import { assertAllowed } from "../../core/permissions.ts";
import { hash32, mix32, randomFrom } from "../../core/random.ts";
import type { Device, DeviceContext, DeviceDefinition } from "../../devices/device.ts";
import { exitOf } from "../../supervision/restarts.ts";
import type { FreeDevice, LazyDevice } from "./free_cast.ts";
import { createLateDevice } from "./late_device.ts";
import type { ShardActor, ShardEvent } from "./shard_actor.ts";
import type { ShardGround } from "./shard_ground.ts";

/** Carries out an actor's device requests. */
export interface ShardDevices {
  /** @throws Error when there is no such device, or the actor may not do that with it: its crash */
  request(actor: ShardActor, effect: Effect & { readonly kind: "device" }): void;
}

/** Opens a device for an actor. */
type Opener = (actor: ShardActor, definition: FreeDevice) => Device;

/** Makes the device side of a shard: devices are opened for each life on first use. */
export function createShardDevices(ground: ShardGround): ShardDevices {
  const definitions = new Map(ground.options.devices.map((definition) => [definition.name, definition]));
  const openNew = createOpener(ground);

  function open(actor: ShardActor, definition: FreeDevice): Device {
    const found = actor.devices.get(definition.name);
    if (found) return found;
    const device = openNew(actor, definition);
    actor.devices.set(definition.name, device);
    return device;
  }

  return {
    request(actor, { device: name, id, request }) {
      const { address } = actor;
      const { faults, deliver, lives } = ground;
      const { clock } = ground.options;
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
        if (actor.cell && actor.pending.delete(id))
          deliver(actor, { type: "reply", ask: id, from, body } as ShardEvent);
      };
      if (!verdict) return open(actor, definition).request(request, answer, undefined);
      const act = () => {
        if (!actor.cell) return;
        if (verdict.answer !== undefined) answer(verdict.answer);
        else open(actor, definition).request(request, answer, verdict.mishap);
        const reason = `Crash injected while device "${name}" was at work`;
        if (verdict.crash) lives.exit(actor, { crashed: true, reason });
      };
      if (verdict.delayMs) clock.at(clock.uptimeMs() + verdict.delayMs, act);
      else act();
    },
  };
}

type Loaded = Pick<DeviceDefinition, "open">;

/** Makes what opens devices: the code of lazy ones is loaded on their first use, and kept. */
function createOpener(ground: ShardGround): Opener {
  const loaded = new Map<string, Loaded>();
  const loading = new Map<string, Promise<Loaded>>();

  function load({ name, load: loadNow }: LazyDevice): Promise<Loaded> {
    const found = loading.get(name);
    if (found) return found;
    const promise = loadNow();
    loading.set(name, promise);
    promise.then(
      (whole) => loaded.set(name, whole),
      // Whoever uses it next tries again.
      () => loading.delete(name),
    );
    return promise;
  }

  return (actor, definition) => {
    const context = contextOf(ground, actor, definition.name);
    const whole = "open" in definition ? definition : loaded.get(definition.name);
    if (whole) return whole.open(context);
    return createLateDevice({
      loading: load(definition as LazyDevice),
      open: (late) => late.open(context),
      failed: (error) => ground.lives.exit(actor, exitOf(error)),
    });
  };
}

function contextOf({ options, wallMs, deliver }: ShardGround, actor: ShardActor, name: string): DeviceContext {
  const { address, order } = actor;
  const { clock, seed } = options;
  const from = `device:${name}`;
  return {
    address,
    incarnation: order.incarnation,
    permissions: order.permissions,
    random: randomFrom(mix32(mix32(seed, hash32(address)), order.incarnation)),
    uptimeMs: clock.uptimeMs,
    wallMs: () => wallMs(address),
    after: (delayMs, body) => clock.at(clock.uptimeMs() + delayMs, () => actor.cell && body()),
    push: (body) => deliver(actor, { type: body.type, body, from, ask: 0 } as ShardEvent),
  };
}
