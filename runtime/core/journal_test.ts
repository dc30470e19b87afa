import fc from "fast-check";
import { assert, test } from "../../properties/house/test.ts";
import { createHash } from "./journal.ts";

function hashOf(...texts: readonly string[]): string {
  const hash = createHash();
  for (const text of texts) hash.text(text);
  return hash.hex();
}

const long = (letters: string) => letters.repeat(40);

test("createHash() gives texts the hashes that journals of other days have", () => {
  const texts = [
    "short",
    long("plain ASCII "),
    long("plain ASCII ").slice(1),
    long("\u00e4 umlaut "),
    long("\u{1f41b}a"),
    "x".repeat(70_001),
  ];
  assert.deepEqual(
    texts.map((text) => hashOf(text)),
    [
      "0dc6f814db52faee",
      "ea2cc64811260a5a",
      "01d6bb4a972fd560",
      "6e3d46997f42e3d8",
      "5876c54e926008e8",
      "00a12a4d9371c10a",
    ],
  );
});

test("createHash() tells texts apart, and hashes a text alike whatever was hashed before", () => {
  const text = fc.oneof(fc.string({ minLength: 60, maxLength: 200 }), fc.string({ unit: "binary", minLength: 60 }));
  fc.assert(
    fc.property(text, text, (one, other) => {
      const first = hashOf(one);
      if (one !== other) assert.notEqual(hashOf(other), first);
      assert.equal(hashOf(one), first);
      assert.equal(hashOf(`${one.slice(0, 30)}${one.slice(30)}`), first);
    }),
  );
});

test("createHash() still knows a text when more has passed than it keeps", () => {
  const first = hashOf(long("the first "));
  const hash = createHash();
  for (let i = 0; i < 20; i++) hash.text(`${i} ${"y".repeat(2 ** 20)}`);
  assert.equal(hashOf(long("the first ")), first);
});
