import { randomInt } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Ports that are promised to somebody who will listen there a moment later, and again after each restart. */
export interface HeldPorts extends AsyncDisposable {
  readonly ports: readonly number[];
  release(): Promise<void>;
}

/** Below the node ports of Services and, where nobody changed that, below what the system deals out. */
const [portLeast, portMost] = [10_000, 29_999];
const triesMax = 200;

/**
 * Finds ports that nobody listens on and keeps them free. They are none of those that the system deals out to outgoing
 * connections and to whoever asks for any port: one of those is soon another program's, and whoever was promised it
 * finds it taken at each restart. A UDP socket of the same number, which nobody speaks to, keeps other clusters from
 * choosing it, in this process and in others, until it is released or the process ends.
 *
 * @throws Error when no port is found
 */
export async function holdPorts(host: string, count: number): Promise<HeldPorts> {
  const holds: Socket[] = [];
  const ports: number[] = [];
  const release = async () => {
    await Promise.all(holds.splice(0).map((hold) => new Promise<void>((resolve) => hold.close(() => resolve()))));
  };
  for (let tries = 0; ports.length < count; tries++) {
    if (tries >= triesMax * count) {
      await release();
      throw new Error(
        `Cannot find ${count} free ports of ${host}: ${tries} were tried and none is left, end what listens`,
      );
    }
    const port = steadyPort();
    const hold = await held(host, port);
    if (!hold) continue;
    holds.push(hold);
    if (await isFree(host, port)) ports.push(port);
  }
  return { ports, release, [Symbol.asyncDispose]: release };
}

/** The number of a port, drawn from those that the system does not deal out by itself. */
export function steadyPort(): number {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = randomInt(portLeast, portMost + 1);
    const [least, most] = dealtOut();
    if (port < least || port > most) return port;
  }
  // The system deals out all there are.
  return randomInt(portLeast, portMost + 1);
}

let range: readonly [least: number, most: number] | undefined;

/** The ports that the system deals out. */
function dealtOut(): readonly [least: number, most: number] {
  range ??= readRange();
  return range;
}

function readRange(): readonly [least: number, most: number] {
  try {
    const text = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
    const [least, most] = text.trim().split(/\s+/).map(Number);
    if (least && most) return [least, most];
  } catch {
    // Not Linux: all others begin at 49152 or, long ago, at 32768.
  }
  return [32_768, 65_535];
}

async function held(host: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket("udp4").unref();
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, "listening");
    return socket;
  } catch {
    return undefined;
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
