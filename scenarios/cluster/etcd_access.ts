import { createServer } from "node:net";
import { join } from "node:path";
import type { EtcdSocket } from "../../actors/etcd/messages.ts";
import { etcdCredentials } from "./certificates.ts";
import type { EtcdAccess } from "./create_cluster.ts";
import { holdPorts } from "./held_ports.ts";
import { InputError } from "./input_error.ts";
import { loopback } from "./topology.ts";

/** Where the store's front listens, and how its clients get in. */
export interface EtcdDoor {
  readonly socket: EtcdSocket;
  readonly access: EtcdAccess;
}

/**
 * Makes what the store's front and its clients need: a port, that one or any free one for 0, and certificates, whose
 * files are in `etcd` below the folder of certificates. What has to be undone later is added to `cleanUps`.
 *
 * @throws InputError when the port is not free
 */
export async function etcdDoor(port: number, pki: string, cleanUps: (() => Promise<void>)[]): Promise<EtcdDoor> {
  const found = port === 0 ? await heldPort(cleanUps) : await freePort(port);
  const folder = join(pki, "etcd");
  const { caCert, serving } = await etcdCredentials({ folder });
  const paths = { caCert: join(folder, "ca.crt"), cert: join(folder, "client.crt"), key: join(folder, "client.key") };
  return {
    socket: { host: loopback, port: found, ...serving, clientCa: caCert },
    access: { host: loopback, port: found, url: `https://${loopback}:${found}`, ...paths },
  };
}

async function heldPort(cleanUps: (() => Promise<void>)[]): Promise<number> {
  const { ports, release } = await holdPorts(loopback, 1);
  cleanUps.push(release);
  return ports[0] ?? 0;
}

async function freePort(port: number): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: loopback, port }, resolve);
    });
    return port;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? "it is in use" : code === "EACCES" ? "that is not permitted" : String(error);
    const advice = "choose another with --etcd-port, or 0 for any free one";
    throw new InputError(`Cannot serve etcd's protocol on ${loopback}:${port}: ${why}, ${advice}`, { cause: error });
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
