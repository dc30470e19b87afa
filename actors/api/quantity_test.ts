import { assert, fc, property, test } from "../../properties/house/test.ts";
import type { Quantity } from "./quantity.ts";
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  hasQuantityShape,
  millisOf,
  parseQuantity,
  subtractQuantities,
  unitsOf,
} from "./quantity.ts";

test("canonicalQuantity() writes what a real server writes", () => {
  const examples: Record<string, string> = {
    "1000m": "1",
    "0.1": "100m",
    "1.5Gi": "1536Mi",
    "1024Mi": "1Gi",
    "1023Ki": "1023Ki",
    "0.5Ki": "512",
    "1500": "1500",
    "1000": "1k",
    "1e3": "1e3",
    "1.5e3": "1500",
    "12E": "9223372036854775807",
    "0Gi": "0",
    "-0.5": "-500m",
    "100000000n": "100m",
    "0.1n": "1n",
    ".5": "500m",
    "5.": "5",
    "+3": "3",
  };
  for (const [text, canonical] of Object.entries(examples)) assert.equal(canonicalQuantity(text), canonical, text);
});

test("parseQuantity() refuses what is no quantity", () => {
  for (const text of ["", ".", "m", "1 Gi", "1ki", "1K", "1mi", "--1", "1.2.3", "1e", "1e+", "abc", "0x10", "1ee3"]) {
    assert.equal(parseQuantity(text), undefined, text);
  }
});

test("millisOf() and unitsOf() round up", () => {
  assert.equal(millisOf("100m"), 100);
  assert.equal(millisOf("2"), 2000);
  assert.equal(millisOf("1n"), 1);
  assert.equal(unitsOf("1.5"), 2);
  assert.equal(unitsOf("1Gi"), 1024 ** 3);
  assert.equal(unitsOf(undefined), 0);
});

const suffixes = ["", "n", "u", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "e2", "E-2"];
const text = fc
  .tuple(fc.constantFrom("", "-", "+"), fc.nat(9999), fc.option(fc.nat(999)), fc.constantFrom(...suffixes))
  .map(([sign, whole, fraction, suffix]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}${suffix}`);

function parsed(written: string): Quantity {
  const quantity = parseQuantity(written);
  assert.ok(quantity, written);
  return quantity;
}

property("a canonical text parses to the same amount and is its own canonical form", [text], (written) => {
  const canonical = canonicalQuantity(written);
  assert.equal(compareQuantities(parsed(written), parsed(canonical)), 0);
  assert.equal(canonicalQuantity(canonical), canonical);
});

property("quantities have one order", [text, text, text], (a, b, c) => {
  const [x, y, z] = [parsed(a), parsed(b), parsed(c)];
  assert.equal(compareQuantities(x, y), -compareQuantities(y, x) || 0);
  if (compareQuantities(x, y) <= 0 && compareQuantities(y, z) <= 0) assert.ok(compareQuantities(x, z) <= 0);
});

property("what is added can be subtracted, in any order", [text, text], (a, b) => {
  const [x, y] = [parsed(a), parsed(b)];
  assert.equal(compareQuantities(subtractQuantities(addQuantities(x, y), y), x), 0);
  assert.equal(compareQuantities(addQuantities(x, y), addQuantities(y, x)), 0);
  assert.equal(parsed(formatQuantity(addQuantities(x, y))).nanos, x.nanos + y.nanos);
});

test("parseQuantity() takes no suffix for one because every object has something of its name", () => {
  for (const suffix of ["constructor", "toString", "__proto__"]) assert.equal(parseQuantity(`1${suffix}`), undefined);
});

test("parseQuantity() reads numbers of any length in time linear in it, as Kubernetes does", () => {
  const million = "1".repeat(1_000_000);
  const most = canonicalQuantity(String(2n ** 63n - 1n));
  assert.equal(canonicalQuantity(million), most);
  assert.equal(canonicalQuantity(`-${million}`), `-${most}`);
  assert.equal(canonicalQuantity(`${million}n`), most);
  assert.equal(canonicalQuantity(`${"0".repeat(1_000_000)}12`), "12");
  assert.equal(canonicalQuantity(`0.${"0".repeat(1_000_000)}1`), "1n");
  assert.equal(canonicalQuantity(`1.${"0".repeat(1_000_000)}`), "1");
  assert.equal(parseQuantity(`${million}!`), undefined);
  assert.equal(parseQuantity(`1e${million}`), undefined);
  assert.equal(hasQuantityShape(`${million}!`), false);
  assert.equal(hasQuantityShape(million + "E".repeat(1_000_000)), true);
});

property(
  "hasQuantityShape() is what the regular expression in a server's words says",
  [fc.array(fc.constantFrom("1", "0", ".", "e", "E", "K", "i", "m", "x", "+", "-", "!"), { maxLength: 8 })],
  (pieces) => {
    const text = pieces.join("");
    assert.equal(hasQuantityShape(text), /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/.test(text));
  },
  { runs: 3_000 },
);
