import { assert, fc, property, test } from "../../properties/house/test.ts";
import { familyOf, ipNumber, ipText } from "./ip_number.ts";

property(
  "ipText() writes what ipNumber() reads, in one way only",
  [fc.oneof(fc.ipV6(), fc.ipV4())],
  (text) => {
    const number = ipNumber(text);
    assert.ok(number, text);
    const canonical = ipText(number);
    assert.deepEqual(ipNumber(canonical), number);
    assert.equal(ipText(ipNumber(canonical) ?? number), canonical);
    assert.equal(number.family, familyOf(text));
  },
  { runs: 300 },
);

test("ipNumber() counts addresses through, over the ends of their groups", () => {
  const after = (text: string, step: bigint) => {
    const number = ipNumber(text);
    return number && ipText({ ...number, value: number.value + step });
  };
  assert.equal(after("10.244.0.255", 1n), "10.244.1.0");
  assert.equal(after("fd00:10:96::ffff", 1n), "fd00:10:96::1:0");
  assert.equal(after("fd00:10:244::", 1n << 64n), "fd00:10:244:1::");
  assert.equal(ipText(ipNumber("::ffff:1.2.3.4") ?? { family: "IPv6", value: 0n }), "::ffff:102:304");
  for (const text of ["", "1.2.3", "1.2.3.256", "fd00::1::2", "fd00:1", "::1.2.3", "1.2.3.4:5"])
    assert.equal(ipNumber(text), undefined, text);
});
