import { assert, fc, property, test } from "../../properties/house/test.ts";
import { bytesOfLatin1, bytesOfText, compareAsBytes, latin1Of, textOfBytes } from "./byte_text.ts";

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
  fc.string({ unit: "binary", maxLength: 8 }).map((text) => new TextEncoder().encode(`\uffff${text}`)),
);

property("bytesOfText() gives back the bytes of which textOfBytes() made a text", [bytes], (given) => {
  assert.deepEqual([...bytesOfText(textOfBytes(given))], [...given]);
  assert.deepEqual([...bytesOfLatin1(latin1Of(given))], [...given]);
});

property("compareAsBytes() and the order of latin1Of() are the order of bytes", [bytes, bytes], (a, b) => {
  const order = Buffer.compare(a, b);
  assert.equal(Math.sign(compareAsBytes(textOfBytes(a), textOfBytes(b))), order);
  assert.equal(latin1Of(a) < latin1Of(b) ? -1 : latin1Of(a) > latin1Of(b) ? 1 : 0, order);
});

test("textOfBytes() leaves UTF-8 as the text that it is", () => {
  for (const text of ["", "plain", "\ufeffmarked", "a\0b", "größer 🎭"]) {
    assert.equal(textOfBytes(new TextEncoder().encode(text)), text);
  }
  assert.equal(textOfBytes(Uint8Array.of(0x6b, 0xff)), "\uffffk\u00ff");
});
