import { createSocket } from "node:dgram";
import { type AddressInfo, createServer } from "node:net";
import type { Host } from "../../runtime/hosts/host.ts";
import type { Endpoint } from "./front_door.ts";
import { steadyPort } from "./held_ports.ts";
import { InputError } from "./input_error.ts";
import { dnsAddress, etcdAddress } from "./topology.ts";

const triesMax = 20;
const pauseMs = 20;

/**
 * A port that is free for UDP and TCP: the one asked for, or any for 0. The DNS server itself takes it later: it is
 * started again on the same one when it crashes.
 *
 * @throws InputError when it is not free
 */
export async function freeDnsPort({ host, port }: Endpoint): Promise<number> {
  for (let tries = 1; ; tries++) {
    const tcp = createServer();
    const udp = createSocket("udp4");
    try {
      await new Promise<void>((resolve, reject) => {
        tcp.once("error", reject);
        // Not one that the system deals out: that may be another program's before the server takes it.
        tcp.listen({ host, port: port === 0 ? steadyPort() : port }, resolve);
      });
      const found = (tcp.address() as AddressInfo).port;
      await new Promise<void>((resolve, reject) => {
        udp.once("error", reject);
        udp.bind({ address: host, port: found, exclusive: true }, resolve);
      });
      return found;
    } catch (error) {
      if (port === 0 && tries < triesMax) continue;
      const { code } = error as NodeJS.ErrnoException;
      const why = code === "EADDRINUSE" ? "it is in use" : code === "EACCES" ? "that is not permitted" : String(error);
      const advice = "choose another with --dns-port, or 0 for any free one";
      throw new InputError(`Cannot serve DNS on ${host}:${port}: ${why}, ${advice}`, { cause: error });
    } finally {
      await Promise.all([
        new Promise<void>((resolve) => tcp.close(() => resolve())),
        new Promise<void>((resolve) => udp.close(() => resolve())),
      ]);
    }
  }
}

/** Who has a port of its own: as its user calls it, and the phases of its chart in which the port is open. */
const doors = {
  [dnsAddress]: { name: "the DNS server", open: ["serving.open"] },
  [etcdAddress]: { name: "the front for etcd's protocol", open: ["serving.unwatched", "serving.watched"] },
} as const satisfies Record<string, { readonly name: string; readonly open: readonly string[] }>;

/**
 * Waits until the port of the cluster's DNS server, or of the front for etcd's protocol, is open.
 *
 * @throws Error when it is not in time
 */
export async function untilServes(
  host: Pick<Host, "inspect">,
  address: keyof typeof doors,
  { wait, uptimeMs, withinMs }: { wait(ms: number): Promise<void>; uptimeMs(): number; readonly withinMs: number },
): Promise<void> {
  const deadlineMs = uptimeMs() + withinMs;
  const { name, open }: { readonly name: string; readonly open: readonly string[] } = doors[address];
  for (;;) {
    const report = await host.inspect(address);
    if (report && open.includes(report.phase)) return;
    if (uptimeMs() >= deadlineMs) {
      const state = report ? `${report.state}, in phase "${report.phase}"` : "not there";
      throw new Error(`Bringing up the cluster: after ${withinMs} ms ${name} is ${state}`);
    }
    await wait(pauseMs);
  }
}
