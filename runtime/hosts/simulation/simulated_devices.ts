import type { Mail, Message } from "../../core/actor.ts";
import type { Effect } from "../../core/effect.ts";
import { assertAllowed } from "../../core/permissions.ts";
import { mix32, randomFrom } from "../../core/random.ts";
import type { Device, DeviceContext, DeviceDefinition } from "../../devices/device.ts";
import type { DeviceVerdict } from "../../faults/kind.ts";
import { type SimulatedActor, whileAlive } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";

type DeviceEffect = Effect & { readonly kind: "device" };

/** Device requests of all actors. */
export interface SimulatedDevices {
  request(actor: SimulatedActor, effect: DeviceEffect): void;
}

/** Where a request goes, and what a fault makes of it. */
interface Judged {
  readonly definition: DeviceDefinition;
  readonly verdict: DeviceVerdict | undefined;
}

/** Makes the devices of one simulation: the cast's models, opened for each life on first use. */
export function createSimulatedDevices(stage: Stage): SimulatedDevices {
  const definitions = new Map(stage.cast.devices.map((device) => [device.name, device]));
  return {
    request(actor, effect) {
      const definition = definitions.get(effect.device);
      const refused = refusalOf(actor, effect, definition);
      if (!definition || refused !== undefined) return crash(stage, actor, refused ?? "");
      const { engine, time } = stage;
      const verdict = engine.active() ? engine.device(actor.address, effect.device, effect.request) : undefined;
      actor.pending.set(effect.id, `device:${effect.device}`);
      const act = () => perform(stage, { actor, effect }, { definition, verdict });
      if (verdict?.delayMs) time.callLater(verdict.delayMs, whileAlive(actor, act));
      else act();
    },
  };
}

/** Why a request is refused: that is a mistake in the program, so the actor crashes. */
function refusalOf(
  { address, member }: SimulatedActor,
  { device, request }: DeviceEffect,
  definition: DeviceDefinition | undefined,
): string | undefined {
  if (!definition) return `Cannot use device "${device}" in actor "${address}": this host has no such device`;
  const need = definition.needs(request, address);
  try {
    if (need) assertAllowed(member.permissions, need, address);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

function crash({ lives }: Stage, { address }: SimulatedActor, reason: string): void {
  lives.take({ kind: "crash", address, reason });
}

function perform(
  stage: Stage,
  { actor, effect }: { readonly actor: SimulatedActor; readonly effect: DeviceEffect },
  { definition, verdict }: Judged,
): void {
  const { device: name, id, request } = effect;
  const from = `device:${name}`;
  let isInRequest = true;
  const answer = (body: unknown) => {
    // A device that answers at once must not step the actor inside the step that asked.
    if (isInRequest) {
      const later = () => answer(body);
      stage.time.callLater(0, whileAlive(actor, later));
    } else if (actor.pending.delete(id)) {
      stage.steps.deliver(actor, { from, event: { type: "reply", ask: id, from, body } as { readonly type: string } });
    }
  };
  if (verdict?.answer !== undefined) answer(verdict.answer);
  else deviceOf(stage, actor, definition).request(request, answer, verdict?.mishap);
  isInRequest = false;
  if (verdict?.crash) crash(stage, actor, `Crash injected while device "${name}" was at work`);
}

function deviceOf(stage: Stage, actor: SimulatedActor, definition: DeviceDefinition): Device {
  const found = actor.devices.get(definition.name);
  if (found) return found;
  const device = definition.open(contextOf(stage, actor, `device:${definition.name}`));
  actor.devices.set(definition.name, device);
  return device;
}

function contextOf({ seed, time, steps, wallMs }: Stage, actor: SimulatedActor, from: string): DeviceContext {
  const { address, addressHash, member } = actor;
  const { incarnation, permissions } = member;
  return {
    address,
    incarnation,
    permissions,
    random: randomFrom(mix32(mix32(seed, addressHash), incarnation)),
    uptimeMs: time.uptimeMs,
    wallMs: () => wallMs(address),
    after: (delayMs, body) => time.callLater(delayMs, whileAlive(actor, body)),
    push: (body) =>
      time.callLater(
        0,
        whileAlive(actor, () => steps.deliver(actor, { from, event: pushed(body, from) })),
      ),
  };
}

function pushed(body: Message, from: string): Mail {
  return { type: body.type, body, from, ask: 0 };
}
