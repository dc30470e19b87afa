import { assert, fc, property } from "../../properties/house/test.ts";
import { createMessageMeter, partBytes } from "./message_meter.ts";

/** A client's frame: masked, with zeros. */
function frame(opcode: number, isFinal: boolean, size: number): Buffer {
  const head = [opcode | (isFinal ? 0x80 : 0)];
  if (size < 126) head.push(0x80 | size);
  else if (size < 0x1_0000) head.push(0x80 | 126, size >> 8, size & 255);
  else head.push(0x80 | 127, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 255, size & 255);
  return Buffer.concat([Buffer.from([...head, 1, 2, 3, 4]), Buffer.alloc(size)]);
}

const size = fc.oneof(fc.nat(200), fc.constantFrom(125, 126, 127, 65_535, 65_536, 100_000));
const frames = fc.array(fc.record({ kind: fc.constantFrom("part", "last", "ping", "pong"), size }), { minLength: 1 });

property(
  "createMessageMeter() tells what has come of a message that is not whole, however it is cut and whatever comes between",
  [frames, fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 }), fc.nat(1_000)],
  (each, cuts, missing) => {
    const bytes = Buffer.concat(
      each.map(({ kind, size }) =>
        kind === "part" || kind === "last"
          ? frame(2, kind === "last", size)
          : frame(kind === "ping" ? 9 : 10, true, Math.min(size, 125)),
      ),
    );
    const open = each
      .slice(each.findLastIndex(({ kind }) => kind === "last") + 1)
      .filter(({ kind }) => kind === "part");
    const whole = open.reduce((sum, { size }) => sum + size, 0);
    const meter = createMessageMeter();
    let pieces = 0;
    for (let at = 0; at < bytes.length; pieces++) {
      const cut = cuts[pieces % cuts.length] ?? 1;
      meter.read(bytes.subarray(at, at + cut));
      at += cut;
    }
    const overhead = meter.heldBytes() - whole;
    const partsCost = open.length * partBytes;
    assert.ok(open.length === 0 ? overhead === 0 : overhead > partsCost, `${overhead}`);
    assert.ok(overhead <= partsCost + pieces * partBytes);
    // A frame that is announced holds what has come of it, not what it says that it will be.
    const late = createMessageMeter();
    late.read(frame(2, true, 100_000).subarray(0, 14 + missing));
    assert.equal(late.heldBytes(), missing + 2 * partBytes);
    late.read(Buffer.alloc(100_000 - missing));
    assert.equal(late.heldBytes(), 0);
  },
  { runs: 100 },
);
