import { assert, test } from "../../properties/house/test.ts";
import type { Packet } from "../network/packet.ts";
import { createConntrack } from "./conntrack.ts";

const client = { ip: "10.244.0.2", port: 40_000 };
const service = { ip: "10.96.0.7", port: 80 };
const server = { ip: "10.244.1.9", port: 8080 };
const hidden = { ip: "192.168.0.1", port: 50_000 };
const asked = { source: client, target: service };
const answered = { source: server, target: hidden };

function packet(way: Pick<Packet, "source" | "target">, rest: Partial<Packet> = {}): Packet {
  return { type: "packet", kind: "data", seq: 1, ack: 1, window: 1, data: "", fin: false, ...way, ...rest };
}

function tracked() {
  const forgotten: number[] = [];
  const conntrack = createConntrack(({ reply }) => forgotten.push(reply.target.port));
  conntrack.add({ original: asked, reply: answered }, 0);
  return { conntrack, forgotten };
}

test("a flow is translated both ways, and other packets are not known", () => {
  const { conntrack } = tracked();
  assert.deepEqual(conntrack.translate(packet(asked), 1), packet({ source: hidden, target: server }));
  assert.deepEqual(conntrack.translate(packet(answered), 1), packet({ source: service, target: client }));
  assert.equal(conntrack.translate(packet({ source: client, target: server }), 1), undefined);
});

test("a reset ends a flow at once; two ends keep it for late packets, but not for a new beginning", () => {
  const reset = tracked();
  assert.equal(reset.conntrack.translate(packet(answered, { kind: "rst" }), 1)?.target, client);
  assert.deepEqual([reset.conntrack.size, reset.forgotten], [0, [50_000]]);
  const { conntrack, forgotten } = tracked();
  conntrack.translate(packet(asked, { fin: true }), 1);
  conntrack.translate(packet(answered, { fin: true }), 1);
  conntrack.forget(asked);
  assert.equal(conntrack.translate(packet(asked), 100)?.target, server);
  assert.equal(conntrack.translate(packet(asked, { kind: "syn" }), 100), undefined);
  assert.deepEqual([conntrack.size, forgotten], [0, [50_000]]);
});

test("what nobody answers, and what has ended, is forgotten after two minutes; open flows stay", () => {
  const { conntrack } = tracked();
  const other = (port: number) => ({ ...asked, source: { ...client, port } });
  const add = (port: number, nowMs: number) => {
    conntrack.add({ original: other(port), reply: { ...answered, target: { ...hidden, port } } }, nowMs);
  };
  add(1, 0);
  conntrack.translate(packet({ ...answered, target: { ...hidden, port: 1 } }), 10);
  add(2, 120_000);
  assert.deepEqual([conntrack.size, conntrack.has(asked), conntrack.has(other(1))], [2, false, true]);
  add(3, 500_000_000);
  assert.deepEqual([conntrack.has(other(1)), conntrack.has(other(2)), conntrack.has(other(3))], [true, false, true]);
});

test("a full table forgets its oldest flow", () => {
  const { conntrack } = tracked();
  conntrack.translate(packet(answered), 1);
  for (let port = 1; port <= 65_536; port++) {
    const target = { ip: "192.168.9.9", port };
    conntrack.add({ original: { source: target, target: service }, reply: { source: server, target } }, 2);
    conntrack.translate(packet({ source: server, target }), 3);
  }
  assert.deepEqual([conntrack.size, conntrack.has(asked)], [65_536, false]);
});
