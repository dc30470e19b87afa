import * as packet from "dns-packet";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { DnsRecord, DnsReply } from "../../dns/messages.ts";
import { decodeReply, encodeQuery, encodeReply, parseQuery, type WireQuery } from "./wire.ts";

const reply: DnsReply = { rcode: "NOERROR", authoritative: true, answers: [], authorities: [], additionals: [] };

function queryBytes(question: { name: string; type?: string; class?: string }, more: packet.Packet = {}): Buffer {
  const questions = [{ type: "A", class: "IN", ...question } as packet.Question];
  return packet.encode({ type: "query", id: 0x1234, flags: packet.RECURSION_DESIRED, questions, ...more });
}

const optionsRecord = (udpPayloadSize: number, more: object = {}) =>
  ({ type: "OPT", name: ".", udpPayloadSize, flags: 0, options: [], ...more }) as unknown as packet.Answer;

function parsed(bytes: Buffer): WireQuery {
  const found = parseQuery(bytes);
  assert.equal(found.kind, "query");
  return (found as { query: WireQuery }).query;
}

/** The code of the refusal; `dropped` or `query` when it is none. */
function verdict(bytes: Buffer): string {
  const found = parseQuery(bytes);
  if (found.kind !== "refused") return found.kind;
  assert.equal(found.bytes.readUInt16BE(0), bytes.readUInt16BE(0));
  assert.equal(found.bytes.readUInt16BE(2) & 0x8000, 0x8000);
  return (packet.decode(found.bytes) as unknown as { rcode: string }).rcode;
}

test("parseQuery() reads a query with and without EDNS", () => {
  const query = parsed(queryBytes({ name: "Web.Default.svc.cluster.local" }));
  assert.deepEqual(query.question, { name: "Web.Default.svc.cluster.local", type: "A", class: "IN" });
  assert.deepEqual([query.id, query.recursionDesired, query.edns], [0x1234, true, undefined]);
  const additionals = [optionsRecord(1_232, { flags: packet.DNSSEC_OK })];
  assert.deepEqual(parsed(queryBytes({ name: "a.b" }, { additionals })).edns, { udpSize: 1_232, dnssecOk: true });
});

test("parseQuery() drops what is no query and refuses what is malformed or not for it", () => {
  const good = queryBytes({ name: "a.b" });
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(good);
    bytes.writeUInt16BE(value, at);
    return bytes;
  };
  const table: readonly [string, Buffer, string][] = [
    ["nothing", Buffer.alloc(0), "dropped"],
    ["half a header", good.subarray(0, 11), "dropped"],
    ["a response", changed(2, 0x8180), "dropped"],
    ["an update", changed(2, 0x2800), "NOTIMP"],
    ["no question", changed(4, 0), "FORMERR"],
    ["two questions", changed(4, 2), "FORMERR"],
    ["answers", changed(6, 1), "FORMERR"],
    ["many additional records", changed(10, 3), "FORMERR"],
    ["an additional record that is not there", changed(10, 1), "FORMERR"],
    ["a question cut off", good.subarray(0, good.length - 1), "FORMERR"],
    ["a name cut off", good.subarray(0, 14), "FORMERR"],
    [
      "a name that points at itself",
      Buffer.concat([good.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
      "FORMERR",
    ],
    [
      "a label of a kind that is not used",
      Buffer.concat([good.subarray(0, 12), Buffer.from([0x41, 1, 0, 0, 1, 0, 1])]),
      "FORMERR",
    ],
    [
      "two OPT records",
      queryBytes({ name: "a.b" }, { additionals: [optionsRecord(512), optionsRecord(512)] }),
      "FORMERR",
    ],
    ["a good one", good, "query"],
  ];
  for (const [what, bytes, expected] of table) assert.equal(verdict(bytes), expected, what);
});

test("parseQuery() refuses names of more than 255 bytes", () => {
  const labels = (count: number) => Array.from({ length: count }, () => "a".repeat(49)).join(".");
  assert.equal(verdict(queryBytes({ name: labels(5) })), "query");
  assert.equal(verdict(queryBytes({ name: labels(6) })), "FORMERR");
});

test("parseQuery() answers other versions of EDNS with BADVERS", () => {
  const found = parseQuery(queryBytes({ name: "a.b" }, { additionals: [optionsRecord(512, { ednsVersion: 1 })] }));
  assert.equal(found.kind, "refused");
  const { additionals = [], ...header } = packet.decode((found as { bytes: Buffer }).bytes);
  assert.equal((additionals[0] as packet.OptAnswer).extendedRcode, 1);
  assert.equal((header as unknown as { rcode: string }).rcode, "NOERROR");
});

test("a label with a dot in it is not taken for two labels, and is repeated byte by byte", () => {
  const section = Buffer.from([3, 0x61, 0x2e, 0x62, 1, 0xff, 0, 0, 1, 0, 1]);
  const bytes = Buffer.concat([queryBytes({ name: "x" }).subarray(0, 12), section]);
  const query = parsed(bytes);
  assert.equal(query.question.name, "a\\046b.\\255");
  assert.deepEqual(encodeReply(query, reply, "udp").subarray(12), section);
});

const records: readonly DnsRecord[] = [
  { name: "a.b", type: "A", ttl: 30, data: "10.0.0.1" },
  { name: "A.b", type: "A", ttl: 30, data: "10.0.0.2" },
  { name: "a.b", type: "AAAA", ttl: 0, data: "fd00::1" },
  { name: "c.d", type: "CNAME", ttl: 5, data: "e.f" },
  { name: "c.d", type: "PTR", ttl: 5, data: "e.f" },
  { name: "d", type: "NS", ttl: 5, data: "ns.d" },
  { name: "a.b", type: "TXT", ttl: 28_800, data: ["1.1.0", "more"] },
  { name: "a.b", type: "MX", ttl: 1, data: { preference: 10, exchange: "m.x" } },
  { name: "_a._tcp.b", type: "SRV", ttl: 1, data: { priority: 0, weight: 100, port: 80, target: "a.b" } },
  {
    name: "b",
    type: "SOA",
    ttl: 5,
    data: { mname: "ns.b", rname: "h.b", serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
  },
];

test("encodeReply() and decodeReply() carry every type of record", () => {
  const query = parsed(queryBytes({ name: "a.b" }));
  const bytes = encodeReply(query, { ...reply, rcode: "NXDOMAIN", answers: records, authorities: records }, "tcp");
  const read = decodeReply(bytes, { name: "A.B", type: "A" });
  assert.deepEqual(read?.reply.answers, records);
  assert.deepEqual(read?.reply.authorities, records);
  assert.deepEqual([read?.id, read?.isCut, read?.reply.rcode], [0x1234, false, "NXDOMAIN"]);
  const { flag_aa, flag_ra, flag_rd } = packet.decode(bytes);
  assert.deepEqual([flag_aa, flag_ra, flag_rd], [true, false, true]);
});

test("decodeReply() takes only an answer to what was asked", () => {
  const bytes = encodeReply(parsed(queryBytes({ name: "a.b" })), reply, "udp");
  assert.ok(decodeReply(bytes, { name: "a.b", type: "A" }));
  assert.equal(decodeReply(bytes, { name: "a.b", type: "AAAA" }), undefined);
  assert.equal(decodeReply(bytes, { name: "a.c", type: "A" }), undefined);
  assert.equal(decodeReply(queryBytes({ name: "a.b" }), { name: "a.b", type: "A" }), undefined);
  assert.equal(decodeReply(Buffer.alloc(5), { name: "a.b", type: "A" }), undefined);
});

test("encodeQuery() is a query that parseQuery() takes", () => {
  const { id, question, recursionDesired } = parsed(encodeQuery(7, { name: "x.y", type: "SRV" }));
  assert.deepEqual([id, question, recursionDesired], [7, { name: "x.y", type: "SRV", class: "IN" }, true]);
});

property(
  "a datagram never exceeds what the client takes; it is cut when an answer is missing, a stream never is",
  [fc.nat(300), fc.nat(300), fc.option(fc.nat(9_000), { nil: undefined })],
  (answerCount, additionalCount, size) => {
    const additionals = size === undefined ? [] : [optionsRecord(size)];
    const query = parsed(queryBytes({ name: "web.default.svc.cluster.local" }, { additionals }));
    const address = (index: number): DnsRecord => ({
      name: "web.default.svc.cluster.local",
      type: "A",
      ttl: 30,
      data: `10.1.${index >> 8}.${index & 255}`,
    });
    const full: DnsReply = {
      ...reply,
      answers: Array.from({ length: answerCount }, (_each, index) => address(index)),
      additionals: Array.from({ length: additionalCount }, (_each, index) => ({ ...address(index), name: "x.y" })),
    };
    const bytes = encodeReply(query, full, "udp");
    assert.ok(bytes.length <= Math.min(4_096, Math.max(512, size ?? 0)));
    const read = packet.decode(bytes);
    assert.equal(read.flag_tc, (read.answers?.length ?? 0) < answerCount);
    assert.equal(
      read.additionals?.some(({ type }) => type === "OPT"),
      size !== undefined,
    );
    const stream = packet.decode(encodeReply(query, full, "tcp"));
    assert.deepEqual([stream.answers?.length, stream.flag_tc], [answerCount, false]);
    assert.equal(stream.additionals?.length, additionalCount + additionals.length);
  },
);

/** Whatever it is, reading it ends, with something that can be answered. */
function survives(bytes: Buffer) {
  const found = parseQuery(bytes);
  if (found.kind === "refused") assert.ok(found.bytes.length >= 12 && found.bytes.length <= 512);
  if (found.kind !== "query") return;
  const answer = encodeReply(found.query, { ...reply, rcode: "SERVFAIL" }, "udp");
  assert.equal(answer.readUInt16BE(0), bytes.readUInt16BE(0));
  const { section } = found.query;
  assert.deepEqual(answer.subarray(12, 12 + section.length), bytes.subarray(12, 12 + section.length));
}

property("random bytes harm nothing", [fc.uint8Array({ maxLength: 600 })], (bytes) => survives(Buffer.from(bytes)), {
  runs: 2_500,
});

const mutation = fc.record({ at: fc.nat(80), to: fc.nat(255), how: fc.constantFrom("set", "cut", "insert") });
const templates = [
  queryBytes({ name: "web.default.svc.cluster.local" }),
  queryBytes(
    { name: "_http._tcp.web.default.svc.cluster.local", type: "SRV" },
    { additionals: [optionsRecord(4_096)] },
  ),
  queryBytes(
    { name: "a.b" },
    { additionals: [optionsRecord(512, { options: [{ code: 10, data: Buffer.alloc(8) }] })] },
  ),
  encodeReply(parsed(queryBytes({ name: "a.b" })), { ...reply, answers: records }, "tcp"),
];

property(
  "damaged packets harm nothing, neither queries nor other servers' answers",
  [fc.constantFrom(...templates), fc.array(mutation, { minLength: 1, maxLength: 6 })],
  (template, mutations) => {
    let bytes: Buffer = Buffer.from(template);
    for (const { at, to, how } of mutations) {
      const place = at % Math.max(1, bytes.length);
      if (how === "cut") bytes = bytes.subarray(0, place);
      else if (how === "insert")
        bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from([to]), bytes.subarray(place)]);
      else if (bytes.length > 0) bytes[place] = to;
    }
    survives(bytes);
    decodeReply(bytes, { name: "a.b", type: "A" });
  },
  { runs: 2_500 },
);
