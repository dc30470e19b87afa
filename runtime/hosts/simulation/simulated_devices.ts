import type { Address, Mail, Message } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import { assertAllowed } from "../../core/permissions.ts";
import { mix32, randomFrom } from "../../core/random.ts";
import type { Device, DeviceDefinition } from "../../devices/device.ts";
import type { DeviceVerdict } from "../../faults/kind.ts";
import type { SimulatedActor } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";

/** What devices need of the simulation beside its stage. */
export interface DeviceOptions {
  verdict(address: Address, device: string, request: unknown): DeviceVerdict | undefined;
  crash(actor: SimulatedActor, reason: string): void;
}

/** Device requests of all actors. */
export interface SimulatedDevices {
  request(actor: SimulatedActor, effect: Effect & { readonly kind: "device" }): void;
}

/** Makes the devices of one simulation: the cast's models, opened for each life on first use. */
export function createSimulatedDevices(stage: Stage, { verdict, crash }: DeviceOptions): SimulatedDevices {
  const definitions = new Map(stage.cast.devices.map((device) => [device.name, device]));

  function request(actor: SimulatedActor, effect: Effect & { readonly kind: "device" }) {
    const refused = refusalOf(actor, effect);
    if (refused !== undefined) return crash(actor, refused);
    const definition = definitions.get(effect.device) as DeviceDefinition;
    const ruled = verdict(actor.address, effect.device, effect.request);
    actor.pending.set(effect.id, `device:${effect.device}`);
    if (ruled?.delayMs)
      stage.callLater(
        ruled.delayMs,
        whileAlive(actor, () => act(actor, effect, definition, ruled)),
      );
    else act(actor, effect, definition, ruled);
  }

  function act(
    actor: SimulatedActor,
    { device: name, id, request: wanted }: Effect & { readonly kind: "device" },
    definition: DeviceDefinition,
    ruled: DeviceVerdict | undefined,
  ) {
    const from = `device:${name}`;
    let isInRequest = true;
    const answer = (body: unknown) => {
      // A device that answers at once must not step the actor inside the step that asked.
      if (isInRequest) {
        const later = () => answer(body);
        stage.callLater(0, whileAlive(actor, later));
      } else if (actor.pending.delete(id)) {
        stage.deliver(actor, { from, event: { type: "reply", ask: id, from, body } as { readonly type: string } });
      }
    };
    if (ruled?.answer !== undefined) answer(ruled.answer);
    else deviceOf(actor, definition).request(wanted, answer, ruled?.mishap);
    isInRequest = false;
    if (ruled?.crash) crash(actor, `Crash injected while device "${name}" was at work`);
  }

  /** Why a request is refused: that is a mistake in the program, so the actor crashes. */
  function refusalOf(actor: SimulatedActor, { device, request: wanted }: Effect & { readonly kind: "device" }) {
    const definition = definitions.get(device);
    if (!definition) return `Cannot use device "${device}" in actor "${actor.address}": this host has no such device`;
    const need = definition.needs(wanted, actor.address);
    try {
      if (need) assertAllowed(actor.permissions, need, actor.address);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  }

  function whileAlive(actor: SimulatedActor, body: () => void): () => void {
    const { incarnation } = actor;
    return () => {
      if (actor.incarnation === incarnation && actor.cell) body();
    };
  }

  function deviceOf(actor: SimulatedActor, definition: DeviceDefinition): Device {
    const found = actor.devices.get(definition.name);
    if (found) return found;
    const { incarnation, address, permissions } = actor;
    const from = `device:${definition.name}`;
    const device = definition.open({
      address,
      incarnation,
      permissions,
      random: randomFrom(mix32(mix32(stage.seed, actor.addressHash), incarnation)),
      uptimeMs: stage.uptimeMs,
      wallMs: () => stage.wallMs(address),
      after: (delayMs, body) => stage.callLater(delayMs, whileAlive(actor, body)),
      push: (body) =>
        stage.callLater(
          0,
          whileAlive(actor, () => stage.deliver(actor, { from, event: pushed(body, from) })),
        ),
    });
    actor.devices.set(definition.name, device);
    return device;
  }

  return { request };
}

function pushed(body: Message, from: Address): Mail {
  return { type: body.type, body, from, ask: 0 };
}
