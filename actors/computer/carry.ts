import type { Step } from "../../runtime/mod.ts";
import { type Packet, resetFor, unreachableFor } from "../network/packet.ts";
import { computerAfar, seek } from "./afar.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { chooseWay } from "./host_ports.ts";
import { passToKubelet } from "./kubelet_port.ts";
import { isLoopback, scopeOf } from "./loopback.ts";
import { neighbourMs } from "./neighbours.ts";
import { ipTowards, isNodeIp } from "./own_ips.ts";

/**
 * Carries a packet as the kernel of a node does: connections that are known are led as before, new ones as the rules
 * say, and all go to whoever has the address then.
 */
export function carry(data: ComputerData, packet: Packet, step: Step) {
  if (isInside(data, packet)) return trafficOf(data).transport.receive(packet, step);
  const known = trafficOf(data).conntrack.translate(packet, step.uptimeMs);
  if (known) return pass(data, known, step);
  if (packet.kind === "syn") return lead(data, packet, step);
  // Of a connection that this node has forgotten: there is no such connection at a Service.
  const isLost = packet.kind === "data" && data.rules.find({ protocol: "tcp", ...packet.target });
  if (isLost) return void trafficOf(data).outbox.push(resetFor(packet));
  pass(data, packet, step);
}

/** Whether a packet never leaves its sandbox: no rule of the node sees it. */
function isInside({ sandboxes }: ComputerData, { source, target }: Packet): boolean {
  return scopeOf(target.ip) !== undefined || (source.ip === target.ip && sandboxes.withIp(target.ip) !== undefined);
}

/** Takes the first packet of a connection to where the rules lead it. */
function lead(data: ComputerData, packet: Packet, step: Step) {
  const { source, target } = packet;
  const options = { random: step.float(), nowMs: step.uptimeMs, affinity: trafficOf(data).affinity };
  const choice = chooseWay(data, { protocol: "tcp", source: source.ip, ...target }, options);
  if (choice.kind === "drop") return;
  if (choice.kind === "reject") return void trafficOf(data).outbox.push(resetFor(packet));
  const to = choice.kind === "forward" ? choice.to : target;
  if (seek(data, to.ip, { step, goOn: (later) => carry(data, packet, later) })) return;
  // As with most networks of clusters nobody is told: whoever tries runs into a timeout.
  const attempt = { protocol: "tcp", source: source.ip, target: to } as const;
  if (!data.rules.policies.allows(attempt, data.input.nodeIps)) return;
  const isHidden = (choice.kind === "forward" && choice.masquerade) || leavesCluster(data, source.ip, to.ip);
  const reply = { source: to, target: source };
  const from = isHidden || trafficOf(data).conntrack.has(reply) ? hide(data, to.ip) : source;
  // All ports are in use.
  if (!from) return;
  if (to === target && from === source) return pass(data, packet, step);
  trafficOf(data).conntrack.add({ original: { source, target }, reply: { source: to, target: from } }, step.uptimeMs);
  // The rules' objects are not the table's to share: an endpoint of its own is.
  pass(data, { ...packet, source: from, target: { ip: to.ip, port: to.port } }, step);
}

/** What pods send to where no pods are goes out under the node's address: nobody else knows theirs. */
export function leavesCluster(data: ComputerData, source: string, target: string): boolean {
  const { sandboxes, input } = data;
  if (isNodeIp(input, target) || isLoopback(target)) return false;
  return (
    sandboxes.withIp(source) !== undefined &&
    sandboxes.withIp(target) === undefined &&
    computerAfar(data, target) === undefined &&
    !trafficOf(data).routes.isPodIp(target)
  );
}

/** An address of the node itself for a connection of somebody else. */
function hide(data: ComputerData, target: string) {
  const ip = ipTowards(data.input.nodeIps, target);
  const port = ip === undefined ? undefined : trafficOf(data).ports.take(ip);
  return ip === undefined || port === undefined ? undefined : { ip, port };
}

/** Hands a packet to whoever has its target's address. */
function pass(data: ComputerData, packet: Packet, step: Step) {
  const { ip } = packet.target;
  const { input } = data;
  if (passToKubelet(data, { packet, known: trafficOf(data).kubeletPort }, step)) return;
  if (isNodeIp(input, ip) || isLoopback(ip) || data.sandboxes.withIp(ip))
    return trafficOf(data).transport.receive(packet, step);
  // An answer to a real pod comes here without anybody having looked for it.
  if (seek(data, ip, { step, goOn: (later) => pass(data, packet, later) })) return;
  const computer = trafficOf(data).routes.computerOf(ip) ?? computerAfar(data, ip);
  if (computer === step.self) return ask(data, packet, step);
  const host = computer ?? input.hosts[ip];
  if (host !== undefined) return step.send(host, packet);
  if (packet.kind === "syn") trafficOf(data).outbox.push(unreachableFor(packet));
}

/** No pod has the address: whoever sent the packet hears of it when nobody has answered to it. */
function ask(data: ComputerData, packet: Packet, step: Step) {
  if (!trafficOf(data).neighbours.wait(packet)) return;
  const { ip } = packet.target;
  const giveUp = () => {
    for (const each of trafficOf(data).neighbours.take(ip))
      if (each.kind === "syn") trafficOf(data).outbox.push(unreachableFor(each));
  };
  trafficOf(data).alarms.set(neighbourMs, giveUp, step);
}
