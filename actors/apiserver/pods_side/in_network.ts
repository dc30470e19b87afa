import type { Step } from "../../../runtime/mod.ts";
import { rehearsedServing } from "../../api/rehearsed_authority.ts";
import type { Packet } from "../../network/packet.ts";
import type { Server } from "../server.ts";
import type { PodsSideRequest } from "./pods_side.ts";

/** Takes who comes from pods to the address that the Service `kubernetes` leads to. */
export function listenToPods({ input, routes }: Server, step: Step): void {
  const { advertise, https } = input;
  if (!advertise || !routes) return;
  ask(step, { op: "pods.listen", at: advertise, cert: https?.cert ?? rehearsedServing });
}

/** A packet has come from a computer. */
export function takePacket(packet: Packet, step: Step): void {
  ask(step, { op: "pods.packet", packet });
}

/** A packet of this server's own goes to the computer that has its target's address. */
export function sendPacket({ routes, input }: Server, packet: Packet, step: Step): void {
  const computer = routes?.computerOf(packet.target.ip) ?? input.wayToRealPods;
  if (computer !== undefined) step.send(computer, packet);
}

function ask(step: Step, request: PodsSideRequest): void {
  step.device("net", request);
}
