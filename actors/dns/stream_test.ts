import { assert, fc, property, test } from "../../properties/house/test.ts";
import { framed, unframe } from "../network/dns/framing.ts";
import { encodeQuery } from "../network/dns/wire.ts";
import { createExchanges } from "./exchanges.ts";
import type { DnsPacket, DnsReply } from "./messages.ts";
import { createStream } from "./stream.ts";

const reply: DnsReply = { rcode: "NXDOMAIN", authoritative: true, answers: [], authorities: [], additionals: [] };

function stage() {
  const packets: DnsPacket[] = [];
  const exchanges = createExchanges((packet) => packets.push(packet));
  const seen = { sent: Buffer.alloc(0) as Buffer, pauses: 0, resumes: 0, closed: 0 };
  const stream = createStream(exchanges, {
    write: (bytes) => {
      seen.sent = Buffer.concat([seen.sent, bytes]);
    },
    pause: () => void seen.pauses++,
    resume: () => void seen.resumes++,
    close: () => void seen.closed++,
  });
  return {
    packets,
    exchanges,
    stream,
    seen,
    ids: () => unframe(seen.sent).messages.map((each) => each.readUInt16BE(0)),
  };
}

const query = (id: number) => framed(encodeQuery(id, { name: `n${id}.svc.cluster.local`, type: "A" }));

property(
  "queries are read however the stream is cut, and answered in the order of their answers",
  [
    fc.array(fc.nat(65_535), { minLength: 1, maxLength: 20 }),
    fc.infiniteStream(fc.integer({ min: 1, max: 70 })),
    fc.boolean(),
  ],
  (ids, sizes, isReversed) => {
    const { packets, exchanges, stream, ids: answered } = stage();
    let rest = Buffer.concat(ids.map(query));
    while (rest.length > 0) {
      const size = sizes.next().value;
      stream.data(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
    assert.deepEqual(
      packets.map(({ question }) => question.name),
      ids.map((id) => `n${id}.svc.cluster.local`),
    );
    const order = isReversed ? [...packets].reverse() : packets;
    for (const { exchange } of order) assert.ok(exchanges.respond(exchange, reply));
    assert.deepEqual(answered(), isReversed ? [...ids].reverse() : ids);
    assert.equal(exchanges.size, 0);
  },
);

test("a client with many open queries is not read further until some are answered", () => {
  const { packets, exchanges, stream, seen, ids } = stage();
  stream.data(Buffer.concat(Array.from({ length: 300 }, (_each, id) => query(id))));
  assert.deepEqual([packets.length, stream.underWay, seen.pauses], [128, 128, 1]);
  // The list grows while it is gone through: what is read next is answered, too.
  for (const { exchange } of packets) exchanges.respond(exchange, reply);
  assert.deepEqual([packets.length, stream.underWay], [300, 0]);
  assert.ok(seen.resumes > 0);
  assert.deepEqual(
    ids(),
    Array.from({ length: 300 }, (_each, id) => id),
  );
});

test("a stream that announces a query of impossible length is closed", () => {
  const { packets, stream, seen } = stage();
  stream.data(Buffer.concat([query(1), Buffer.from([0xff, 0xff]), query(2)]));
  assert.deepEqual([packets.length, seen.closed], [1, 1]);
});

test("malformed messages of a stream are refused, and the rest is read", () => {
  const { packets, stream, ids } = stage();
  const malformed = Buffer.alloc(12);
  malformed.writeUInt16BE(99, 0);
  stream.data(Buffer.concat([framed(malformed), framed(Buffer.alloc(3)), query(2)]));
  assert.deepEqual([packets.length, stream.underWay], [1, 1]);
  assert.deepEqual(ids(), [99]);
});

test("respond() says when there is no such exchange", () => {
  const { exchanges, packets, stream } = stage();
  stream.data(query(1));
  const exchange = packets[0]?.exchange ?? 0;
  assert.ok(exchanges.respond(exchange, reply));
  assert.ok(!exchanges.respond(exchange, reply));
});
