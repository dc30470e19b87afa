import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket as TcpSocket } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { failed, type Result } from "../../kit/result.ts";
import type { DatagramRequest } from "../../network/datagram.ts";
import type { Endpoint } from "../../network/endpoint.ts";
import { isInCidr } from "../../network/ip.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { Sockets } from "../sockets/sockets.ts";
import { originalTarget } from "./conntrack_lines.ts";
import { flowsOf, leadOut } from "./pod_namespace.ts";
import { portLink } from "./port_link.ts";

/** What real pods are to reach of the cluster's network. */
export interface GateSettings {
  /** The range of its Services. */
  readonly services: string;
  /** Those of its pods and nodes; of them none is led away that the machine has a network of its own in. */
  readonly ranges: readonly string[];
  /** Where pods ask the API server, and where the machine has it: what they say there is real TLS. */
  readonly api?: { readonly at: Endpoint; readonly door: Endpoint };
}

/** A sandbox that is to have a way into the cluster's network. */
export interface GatePod {
  readonly sandbox: string;
  readonly ip: string;
  /** A process in its network namespace. */
  readonly pid: number;
}

/** What leads from the networks of real pods into the cluster's. */
export interface PodGate {
  /** Leads a sandbox's way to the cluster through here; why that cannot be. */
  admit(pod: GatePod): Promise<Result<void, string>>;
  /** Hands on a datagram that answers one which went out here; false when it answers none. */
  answer(sandbox: string, request: DatagramRequest): boolean;
  forget(sandbox: string): void;
  close(): void;
}

interface Doors {
  readonly tcp: Server;
  readonly udp: UdpSocket;
}

interface DatagramWay {
  readonly sandbox: string;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly door: UdpSocket;
  /** Until then it is not looked up again: a kernel keeps what it translates for thirty seconds at least. */
  readonly untilMs: number;
}

const wayMs = 10_000;
const waysMax = 4_096;
const backlog = 512;

/**
 * Opens the gate of a computer. In each pod's own network namespace the kernel translates what goes to the cluster to a
 * port of this process, which looks up where it was sent, and sends it on in the cluster's network as that pod: through
 * the rules of kube-proxy, NetworkPolicies and all, to pods that are real or played, and to the cluster's DNS.
 */
export function podGate(node: RuntimeNode, sockets: Sockets, { services, ranges, api }: GateSettings): PodGate {
  const doors = new Map<string, Promise<Doors>>();
  const byIp = new Map<string, GatePod>();
  const ways = new Map<string, DatagramWay>();
  const open = new Map<TcpSocket, string>();

  async function openDoors(host: string): Promise<Doors> {
    const tcp = createServer(
      { allowHalfOpen: true, noDelay: true, pauseOnConnect: true },
      (socket) => void take(socket),
    );
    const udp = createSocket("udp4");
    tcp.listen({ host, port: 0, backlog });
    udp.bind({ address: host, port: 0 });
    await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
    tcp.on("error", () => {});
    udp.on("error", () => {});
    udp.on("message", (bytes, { address: ip, port }) => void takeDatagram(udp, bytes, { ip, port }));
    return { tcp, udp };
  }

  async function take(socket: TcpSocket): Promise<void> {
    socket.on("error", () => {});
    const from = { ip: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    const pod = byIp.get(from.ip);
    const to = pod && originalTarget(await flowsOf(pod.pid), { protocol: "tcp", from });
    if (!to || byIp.get(from.ip) !== pod) return void socket.resetAndDestroy();
    open.set(socket, pod.sandbox);
    socket.once("close", () => open.delete(socket));
    if (api && to.ip === api.at.ip && to.port === api.at.port) pipeBoth(socket, api.door);
    else carry(socket, pod.sandbox, to);
  }

  function carry(socket: TcpSocket, sandbox: string, { ip: host, port }: Endpoint): void {
    node.enter(() => {
      const far = sockets.connect(
        { sandbox, host, port },
        {
          connected: () => link.resume(),
          failed: () => void socket.resetAndDestroy(),
          data(bytes, end) {
            if (bytes !== "") link.write(Buffer.from(bytes, "latin1"), () => node.enter(() => far.taken(bytes.length)));
            if (end) link.end();
          },
          drained: () => link.resume(),
          reset: () => void socket.resetAndDestroy(),
        },
      );
      const link = portLink(socket, {
        data(bytes) {
          link.pause();
          node.enter(() => far.write(bytes.toString("latin1"), false));
        },
        end: () => node.enter(() => far.write("", true)),
        broken: () => node.enter(() => far.reset()),
      });
    });
  }

  async function takeDatagram(door: UdpSocket, bytes: Buffer, from: Endpoint): Promise<void> {
    const pod = byIp.get(from.ip);
    if (!pod) return;
    const key = `${pod.sandbox} ${from.port}`;
    let way = ways.get(key);
    if (!way || way.untilMs < node.nowMs()) {
      const to = originalTarget(await flowsOf(pod.pid), { protocol: "udp", from });
      if (!to || byIp.get(from.ip) !== pod) return;
      way = { sandbox: pod.sandbox, from, to, door, untilMs: node.nowMs() + wayMs };
      ways.delete(key);
      const [oldest] = ways.keys();
      if (ways.size >= waysMax && oldest !== undefined) ways.delete(oldest);
      ways.set(key, way);
    }
    const { sandbox, to } = way;
    const sent = { type: "socket.datagram", sandbox, port: from.port, to, data: bytes.toString("latin1") } as const;
    node.enter(() => node.push(sent));
  }

  return {
    async admit(pod) {
      const { host, isNeighbour } = hostFor(pod.ip);
      if (host === undefined) return failed("this machine has no address that pods could reach it by");
      try {
        const opening = doors.get(host) ?? openDoors(host);
        doors.set(host, opening);
        const { tcp, udp } = await opening;
        byIp.set(pod.ip, pod);
        const at = (address: AddressInfo | string | null) => ({ ip: host, port: (address as AddressInfo).port });
        const led = [services, ...ranges.filter(isElsewhere)];
        return await leadOut(pod.pid, { ranges: led, isNeighbour, tcp: at(tcp.address()), udp: at(udp.address()) });
      } catch (error) {
        doors.delete(host);
        return failed((error as Error).message);
      }
    },
    answer(sandbox, { port, from, data, isRefusal }) {
      const way = ways.get(`${sandbox} ${port}`);
      if (!way || way.to.ip !== from.ip || way.to.port !== from.port) return false;
      if (!isRefusal) way.door.send(Buffer.from(data, "latin1"), way.from.port, way.from.ip);
      return true;
    },
    forget(sandbox) {
      for (const [ip, pod] of byIp) if (pod.sandbox === sandbox) byIp.delete(ip);
      for (const [key, way] of ways) if (way.sandbox === sandbox) ways.delete(key);
      for (const [socket, whose] of open) if (whose === sandbox) socket.resetAndDestroy();
    },
    close() {
      byIp.clear();
      ways.clear();
      for (const socket of open.keys()) socket.resetAndDestroy();
      for (const opening of doors.values()) {
        void opening.then(
          ({ tcp, udp }) => {
            tcp.close();
            udp.close();
          },
          () => {},
        );
      }
      doors.clear();
    },
  };
}

/** Leads a connection on to the machine's own door, whatever is said in it. */
function pipeBoth(socket: TcpSocket, { ip: host, port }: Endpoint): void {
  const far = createConnection({ host, port, allowHalfOpen: true, noDelay: true });
  far.on("error", () => void socket.resetAndDestroy());
  socket.once("close", () => far.destroy());
  socket.on("error", () => far.destroy());
  far.once("connect", () => {
    socket.pipe(far);
    far.pipe(socket);
  });
}

function ownAddresses(): readonly NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((each) => each?.filter(({ family }) => family === "IPv4") ?? []);
}

/** By which of its addresses a pod reaches this machine: the one beside its own, if there is one. */
function hostFor(ip: string): { readonly host?: string; readonly isNeighbour: boolean } {
  const own = ownAddresses();
  const beside = own.find(({ cidr }) => cidr !== null && isInCidr(cidr, ip));
  const host = (beside ?? own.find(({ internal }) => !internal))?.address;
  return { isNeighbour: beside !== undefined, ...(host === undefined ? {} : { host }) };
}

/** What the machine is itself in, pods reach by it. */
function isElsewhere(range: string): boolean {
  const [first = ""] = range.split("/");
  return !ownAddresses().some(({ address, cidr }) => isInCidr(range, address) || (cidr && isInCidr(cidr, first)));
}
