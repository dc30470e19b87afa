import type { Step } from "../../runtime/mod.ts";
import { ipsOf } from "../cri/messages.ts";
import { sandboxGone } from "./bridge.ts";
import { carry } from "./carry.ts";
import { type ComputerData, type LearnFrom, trafficOf } from "./data.ts";
import { scopeOf } from "./loopback.ts";
import { release, sever } from "./sockets.ts";

/** How many packets of its own one step may carry: more is a circle. */
const packetsMax = 100_000;

/** What ends every step: packets that were made are carried, what is over is forgotten, the timer is set. */
export function settle(data: ComputerData, step: Step): void {
  if (!data.traffic) return;
  const { outbox, over, conntrack, ports, transport, sockets, alarms, wake } = data.traffic;
  for (let at = 0; at < outbox.length; at++) {
    const packet = outbox[at];
    if (at >= packetsMax) throw new Error(`Carrying packets: more than ${packetsMax} in one step, look for a circle`);
    if (packet) carry(data, packet, step);
  }
  outbox.length = 0;
  for (const end of over) {
    release(sockets, end);
    conntrack.forget({ source: end.local, target: end.remote });
    if (end.isOpener) ports.free(end.local.ip, end.local.port);
  }
  over.length = 0;
  const dueMs = earlier(transport.nextWakeMs(), alarms.nextMs());
  if (dueMs === wake.atMs) return;
  wake.atMs = dueMs;
  if (dueMs === undefined) step.cancel("wake");
  else step.timer("wake", Math.max(0, dueMs - step.uptimeMs));
}

/** The timer has run out. */
export function ring(data: ComputerData, step: Step): void {
  const { wake, transport, alarms } = trafficOf(data);
  wake.atMs = undefined;
  transport.wake(step);
  alarms.ring(step);
}

/** Follows what the container runtime does with sandboxes: who comes has an address, who goes loses all connections. */
export const learn: LearnFrom = (data, { request, answer }, step) => {
  const { come, gone } = data.sandboxes.learn(request, answer);
  const { traffic } = data;
  if (!traffic) return;
  const { transport, ports, outbox, neighbours } = traffic;
  for (const status of gone) {
    const { sandbox } = status;
    const ips = ipsOf(status);
    sandboxGone(traffic, sandbox, step);
    for (const end of [...transport.ends()]) {
      const isOfIt = ips.includes(end.local.ip) || scopeOf(end.local.ip) === sandbox;
      if (isOfIt) sever(data, end, step);
    }
    for (const ip of ips) ports.forget(ip);
  }
  for (const status of come) {
    for (const ip of ipsOf(status)) outbox.push(...neighbours.take(ip));
  }
};

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
