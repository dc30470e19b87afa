import { type ChildProcess, execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { connect } from "node:net";
import { promisify } from "node:util";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { serviceOf, sliceOf } from "../../properties/stages/dns/objects.ts";
import { allPermissions } from "../../runtime/core/permissions.ts";
import { randomFrom } from "../../runtime/core/random.ts";
import type { Device } from "../../runtime/devices/device.ts";
import { framed, unframe } from "../network/dns/framing.ts";
import { decodeReply, encodeQuery } from "../network/dns/wire.ts";
import type { DnsPacket, DnsSocketAnswer, DnsSocketRequest } from "./messages.ts";
import { type AnswerOptions, answerQuestion } from "./records.ts";
import { dnsSocket } from "./socket_device.ts";
import { createZone } from "./zone.ts";

const host = "127.0.0.1";
const headless = "db.default.svc.cluster.local";
const web = "web.default.svc.cluster.local";
const options: AnswerOptions = {
  clusterDomain: "cluster.local",
  ttlSeconds: 30,
  negativeTtlSeconds: 5,
  pods: "insecure",
  nameServerIps: ["10.96.0.10"],
  serial: 1,
  outside: "REFUSED",
  int: () => 0,
};

const ask = (device: Device, request: DnsSocketRequest): Promise<DnsSocketAnswer> =>
  new Promise((resolve) => device.request(request, (answer) => resolve(answer as DnsSocketAnswer), undefined));

/** The real device with a zone behind it, on a free port. */
async function serving(context: ScenarioContext, answers = true) {
  const zone = createZone();
  zone.putService(serviceOf({ name: "web", clusterIPs: ["10.96.0.7"], ports: [{ name: "http", port: 80 }] }));
  zone.putService(serviceOf({ name: "db", clusterIPs: ["None"] }));
  const endpoints = Array.from({ length: 300 }, (_each, index) => ({ ip: `10.244.${index >> 8}.${index & 255}` }));
  zone.putSlice(sliceOf({ name: "db-1", service: "db", endpoints }));
  zone.putService(serviceOf({ name: "out", externalName: "example.test" }));
  const packets: DnsPacket[] = [];
  const device: Device = dnsSocket.open({
    address: "dns/0",
    incarnation: 0,
    permissions: allPermissions,
    random: randomFrom(1),
    uptimeMs: () => 0,
    after: () => {},
    push(message) {
      const packet = message as DnsPacket;
      packets.push(packet);
      const { reply } = answerQuestion(zone, packet.question, options);
      if (answers) void ask(device, { op: "respond", exchange: packet.exchange, reply });
    },
  });
  context.defer(() => device.close(false));
  const answer = await ask(device, { op: "listen", host, port: 0 });
  assert.ok(answer.ok && answer.port);
  return { device, packets, port: answer.port };
}

/** Sends a datagram; gives the first that comes back. */
async function datagram(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = createSocket("udp4");
  try {
    return await new Promise((resolve, reject) => {
      socket.once("message", resolve);
      socket.once("error", reject);
      socket.send(bytes, port, host);
    });
  } finally {
    socket.close();
  }
}

/** Opens a connection, writes pieces, and waits for so many messages; the connection is then still open. */
async function stream(port: number, pieces: readonly Buffer[], count: number): Promise<readonly Buffer[]> {
  const socket = connect({ port, host, noDelay: true });
  try {
    return await new Promise((resolve, reject) => {
      let received = Buffer.alloc(0) as Buffer;
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("the server closed the connection")));
      socket.on("data", (chunk) => {
        received = Buffer.concat([received, chunk]);
        const { messages } = unframe(received);
        if (messages.length === count) resolve(messages);
      });
      const next = (at: number) => {
        const piece = pieces[at];
        if (piece) socket.write(piece, () => setImmediate(next, at + 1));
      };
      next(0);
    });
  } finally {
    socket.destroy();
  }
}

scenario("a datagram is answered, or cut with TC set; the same question by TCP gets all", {}, async (context) => {
  const { port } = await serving(context);
  const question = { name: headless, type: "A" };
  const cut = decodeReply(await datagram(port, encodeQuery(1, question)), question);
  assert.equal(cut?.isCut, true);
  const bytes = framed(encodeQuery(2, question));
  const pieces = Array.from({ length: bytes.length }, (_each, at) => bytes.subarray(at, at + 1));
  const [message = Buffer.alloc(0)] = await stream(port, pieces, 1);
  const whole = decodeReply(message, question);
  assert.deepEqual([whole?.id, whole?.isCut, whole?.reply.answers.length], [2, false, 300]);
});

scenario("a connection carries many questions one after the other, without waiting", {}, async (context) => {
  const { port } = await serving(context);
  const ids = Array.from({ length: 500 }, (_each, id) => id);
  const all = Buffer.concat(ids.map((id) => framed(encodeQuery(id, { name: web, type: "A" }))));
  const messages = await stream(port, [all], ids.length);
  assert.deepEqual(
    messages.map((each) => each.readUInt16BE(0)),
    ids,
  );
});

scenario("malformed datagrams are refused or dropped, and the next good one is answered", {}, async (context) => {
  const { port, packets } = await serving(context);
  const malformed = Buffer.alloc(12);
  malformed.writeUInt16BE(77, 0);
  const refused = await datagram(port, malformed);
  assert.deepEqual([refused.readUInt16BE(0), refused.readUInt16BE(2) & 15], [77, 1]);
  const noise = createSocket("udp4");
  context.defer(() => new Promise((resolve) => noise.close(() => resolve())));
  for (let size = 0; size < 50; size++) noise.send(Buffer.alloc(size, size * 5), port, host);
  const question = { name: web, type: "A" };
  assert.equal(
    decodeReply(await datagram(port, encodeQuery(3, question)), question)?.reply.answers[0]?.data,
    "10.96.0.7",
  );
  assert.deepEqual(packets.at(-1)?.question, { ...question, class: "IN" });
});

scenario("connections beyond the limit are closed, and those that are open are served", {}, async (context) => {
  const { port } = await serving(context);
  const sockets = Array.from({ length: 300 }, () => connect({ port, host }));
  context.defer(() => {
    for (const socket of sockets) socket.destroy();
  });
  const closed = sockets.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
  for (const socket of sockets) socket.on("error", () => {});
  // Forty-four are too many: at least one is closed, without anyone having asked for it.
  await Promise.race(closed);
  const question = { name: web, type: "A" };
  const open = sockets.find((socket) => !socket.destroyed && socket.readyState === "open");
  assert.ok(open);
  open.write(framed(encodeQuery(5, question)));
  const message = await new Promise<Buffer>((resolve) => open.once("data", resolve));
  assert.equal(decodeReply(message.subarray(2), question)?.id, 5);
});

scenario("a port that is taken is an answer, not a crash; a closed device frees its port", {}, async (context) => {
  const { device, port } = await serving(context);
  const other = await serving(context);
  const taken = await ask(other.device, { op: "listen", host, port });
  assert.equal(taken.ok ? "" : taken.code, "EADDRINUSE");
  device.close(true);
  // The system lets go of a port when it comes to it.
  let again = taken;
  while (!again.ok) again = await ask(other.device, { op: "listen", host, port });
});

scenario("another server is asked by UDP, by TCP when its answer was cut, and not for ever", {}, async (context) => {
  const { port } = await serving(context);
  const { device } = await serving(context);
  const upstream = { host, port };
  const forward = (name: string) =>
    ask(device, { op: "forward", upstream, question: { name, type: "A" }, timeoutMs: 20_000 });
  const short = await forward(web);
  assert.equal(short.ok && short.reply?.answers.length, 1);
  const long = await forward(headless);
  assert.equal(long.ok && long.reply?.answers.length, 300);
  const silent = await serving(context, false);
  const question = { name: web, type: "A" };
  const late = await ask(device, { op: "forward", upstream: { host, port: silent.port }, question, timeoutMs: 50 });
  assert.equal(late.ok ? "" : late.code, "ETIMEOUT");
});

const run = promisify(execFile);

/** What a well-known client reads: dig where it is installed, else Node's own resolver. */
async function client(port: number): Promise<(name: string, type: string) => Promise<readonly string[]>> {
  const isThere = await run("dig", ["-v"]).then(
    () => true,
    (error: ChildProcess & { code?: string }) => (error as { code?: unknown }).code !== "ENOENT",
  );
  if (isThere) {
    return async (name, type) => {
      const args = ["+short", "+tries=1", "+time=20", "-p", String(port), `@${host}`, name, type];
      const { stdout } = await run("dig", args);
      return stdout
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith(";"))
        .sort();
    };
  }
  const resolver = new Resolver();
  resolver.setServers([`${host}:${port}`]);
  return async (name, type) => {
    const found = await resolver.resolve(name, type).catch((error: { code: string }) => {
      if (error.code === "ENOTFOUND" || error.code === "ENODATA") return [];
      throw error;
    });
    return (Array.isArray(found) ? found : [found]).map((each: unknown) => textOf(each)).sort();
  };
}

/** A record of Node's resolver as dig shows it. */
function textOf(record: unknown): string {
  if (typeof record === "string") return record.includes(".") && /[a-z]$/.test(record) ? `${record}.` : record;
  if (Array.isArray(record)) return `"${record.join("")}"`;
  const { priority, weight, port, name } = record as Record<string, unknown>;
  return `${priority} ${weight} ${port} ${name}.`;
}

scenario("a well-known client reads the answers, and comes back by TCP for what was cut", {}, async (context) => {
  const { port, packets } = await serving(context);
  const read = await client(port);
  assert.deepEqual(await read(web, "A"), ["10.96.0.7"]);
  assert.deepEqual(await read(web, "AAAA"), []);
  assert.deepEqual(await read("nope.default.svc.cluster.local", "A"), []);
  assert.deepEqual(await read(`_http._tcp.${web}`, "SRV"), [`0 100 80 ${web}.`]);
  assert.deepEqual(await read("7.0.96.10.in-addr.arpa", "PTR"), [`${web}.`]);
  assert.deepEqual(await read("out.default.svc.cluster.local", "CNAME"), ["example.test."]);
  assert.deepEqual(await read("dns-version.cluster.local", "TXT"), ['"1.1.0"']);
  assert.equal((await read(headless, "A")).length, 300);
  assert.ok(packets.some(({ transport }) => transport === "tcp"));
});
