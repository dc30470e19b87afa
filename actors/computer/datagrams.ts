import type { Step } from "../../runtime/mod.ts";
import { ipsOf, type SocketAnswer } from "../cri/messages.ts";
import { mayFlow } from "../kube_proxy/messages.ts";
import { type Datagram, type DatagramPush, refusalOf } from "../network/datagram.ts";
import { computerAfar, seek } from "./afar.ts";
import { leavesCluster } from "./carry.ts";
import { askRuntime, type ComputerData, trafficOf } from "./data.ts";
import { chooseWay } from "./host_ports.ts";
import { isLoopback, loopbackOf, scoped, scopeOf, unscoped } from "./loopback.ts";
import { ipTowards, isNodeIp } from "./own_ips.ts";

/** A process sends a datagram. */
export function sendDatagram(data: ComputerData, { sandbox, port, to, data: bytes }: DatagramPush, step: Step) {
  const status = sandbox === undefined ? undefined : data.sandboxes.find(sandbox);
  if (sandbox !== undefined && !status) return;
  const isOfNode = !status || status.ip === "";
  // A balancer's address may be one, too, and leads to its Service.
  const isBalanced = data.rules.find({ protocol: "udp", ...to })?.portal === "loadBalancerIp";
  const isNear = isLoopback(to.ip) && !isBalanced;
  const ofSandbox = (ip: string) => (status && !isOfNode ? scoped(ip, status.sandbox) : ip);
  const ips = isOfNode ? data.input.nodeIps : ipsOf(status);
  const ip = isNear ? ofSandbox(loopbackOf(to.ip)) : ipTowards(ips, to.ip);
  // No route to a family that it has no address of.
  if (ip === undefined) return;
  const target = { ip: isNear ? ofSandbox(to.ip) : to.ip, port: to.port };
  carryDatagram(data, { type: "datagram", source: { ip, port }, target, data: bytes, isRefusal: false }, step);
}

/** Carries a datagram as the kernel of a node does: as the rules say, and back as it came. */
export function carryDatagram(data: ComputerData, datagram: Datagram, step: Step) {
  const { source, target } = datagram;
  const isInside = scopeOf(target.ip) !== undefined || (source.ip === target.ip && data.sandboxes.withIp(target.ip));
  if (isInside) return deliver(data, datagram, step);
  const known = trafficOf(data).datagrams.translate(datagram, step.uptimeMs);
  if (known) return pass(data, known, step);
  if (datagram.isRefusal) return pass(data, datagram, step);
  lead(data, datagram, step);
}

/**
 * New rules are in force: what was led to an endpoint that serves no more is led anew, as kube-proxy has the kernel forget
 * it. What belongs to no Service goes on.
 */
export function dropStaleDatagrams(data: ComputerData): void {
  const datagrams = data.traffic?.datagrams;
  if (!datagrams || datagrams.size === 0) return;
  datagrams.drop(({ original, reply }) => {
    const found = data.rules.find({ protocol: "udp", ...original.target });
    return found !== undefined && !mayFlow(found.rule, reply.source);
  });
}

function lead(data: ComputerData, datagram: Datagram, step: Step) {
  const { source, target } = datagram;
  const { affinity, datagrams, ports } = trafficOf(data);
  const options = { random: step.float(), nowMs: step.uptimeMs, affinity };
  const choice = chooseWay(data, { protocol: "udp", source: source.ip, ...target }, options);
  if (choice.kind === "drop") return;
  if (choice.kind === "reject") return carryDatagram(data, refusalOf(datagram), step);
  const to = choice.kind === "forward" ? { ip: choice.to.ip, port: choice.to.port } : target;
  if (seek(data, to.ip, { step, goOn: (later) => carryDatagram(data, datagram, later) })) return;
  const attempt = { protocol: "udp", source: source.ip, target: to } as const;
  if (!data.rules.policies.allows(attempt, data.input.nodeIps)) return;
  const isHidden = (choice.kind === "forward" && choice.masquerade) || leavesCluster(data, source.ip, to.ip);
  const own = isHidden ? ipTowards(data.input.nodeIps, to.ip) : undefined;
  const port = own === undefined ? undefined : ports.take(own);
  // All ports are in use.
  if (isHidden && port === undefined) return;
  const from = port === undefined || own === undefined ? source : { ip: own, port };
  if (to === target && from === source) {
    // Known from now on all the same: its answer goes back as it is, and is no beginning that has to be led or hidden.
    datagrams.add({ original: { source, target }, reply: { source: target, target: source } }, step.uptimeMs);
    return pass(data, datagram, step);
  }
  datagrams.add({ original: { source, target }, reply: { source: to, target: from } }, step.uptimeMs);
  pass(data, { ...datagram, source: from, target: to }, step);
}

/** Hands a datagram to whoever has its target's address; if nobody has, it is lost. */
function pass(data: ComputerData, datagram: Datagram, step: Step) {
  const { ip } = datagram.target;
  const { input, sandboxes } = data;
  if (isNodeIp(input, ip) || isLoopback(ip) || sandboxes.withIp(ip)) return deliver(data, datagram, step);
  // An answer to a real pod comes here without anybody having looked for it.
  if (seek(data, ip, { step, goOn: (later) => pass(data, datagram, later) })) return;
  const computer = trafficOf(data).routes.computerOf(ip) ?? computerAfar(data, ip);
  const host = computer === step.self ? undefined : (computer ?? input.hosts[ip]);
  if (host !== undefined) step.send(host, datagram);
}

function deliver(data: ComputerData, datagram: Datagram, step: Step) {
  const { source, target, data: bytes, isRefusal } = datagram;
  const sandbox = scopeOf(target.ip) ?? data.sandboxes.withIp(target.ip)?.sandbox;
  const from = { ip: unscoped(source.ip), port: source.port };
  const where = { port: target.port, from, ...(sandbox === undefined ? {} : { sandbox }) };
  askRuntime(data, step, { op: "DatagramIn", ...where, data: bytes, isRefusal }, (answer, later) => {
    const isTaken = (answer as SocketAnswer | undefined)?.ok ?? true;
    if (!isTaken && !isRefusal) carryDatagram(data, refusalOf(datagram), later);
  });
}
