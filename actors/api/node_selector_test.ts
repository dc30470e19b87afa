import { assert, test } from "../../properties/house/test.ts";
import { fitsNodeAffinity, matchesNodeTerm } from "./node_selector.ts";
import type { Frozen, Pod } from "./types.ts";

const node = { name: "a", labels: { cores: "8", ratio: "5.5", hex: "0x10", big: "9223372036854775808" } };
const matches = (key: string, operator: string, ...values: string[]) =>
  matchesNodeTerm(node, { matchExpressions: [{ key, operator, values }] });

test("matchesNodeTerm() compares whole numbers of 64 bits, and nothing else, when the operator is Gt or Lt", () => {
  assert.deepEqual(
    [matches("cores", "Gt", "7"), matches("cores", "Gt", "8"), matches("cores", "Lt", "9")],
    [true, false, true],
  );
  for (const key of ["ratio", "hex", "big", "absent"]) {
    assert.deepEqual([matches(key, "Gt", "-1"), matches(key, "Lt", "99")], [false, false], key);
  }
  for (const limit of ["5.5", "0x1", "", "-9223372036854775809"])
    assert.equal(matches("cores", "Gt", limit), false, limit);
});

test("matchesNodeTerm() matches no node when the term is empty, and names by metadata.name", () => {
  assert.equal(matchesNodeTerm(node, {}), false);
  const named = (...values: string[]) => ({ matchFields: [{ key: "metadata.name", operator: "In", values }] });
  assert.deepEqual([matchesNodeTerm(node, named("a")), matchesNodeTerm(node, named("b"))], [true, false]);
});

test("matchesNodeTerm() takes what every object inherits for no label", () => {
  for (const key of ["constructor", "toString"]) {
    assert.deepEqual([matches(key, "Exists"), matches(key, "DoesNotExist")], [false, true], key);
  }
});

test("fitsNodeAffinity() wants all labels of the selector and one of the terms", () => {
  const pod = (nodeSelector: Record<string, string>, ...terms: object[]) => {
    const required = { nodeSelectorTerms: terms };
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: required };
    return {
      spec: { nodeSelector, ...(terms.length > 0 && { affinity: { nodeAffinity } }) },
    } as unknown as Frozen<Pod>;
  };
  const exists = (key: string) => ({ matchExpressions: [{ key, operator: "Exists" }] });
  assert.equal(fitsNodeAffinity(pod({ cores: "8" }), node), true);
  assert.equal(fitsNodeAffinity(pod({ cores: "8", disk: "fast" }), node), false);
  assert.equal(fitsNodeAffinity(pod({}, exists("disk"), exists("hex")), node), true);
  assert.equal(fitsNodeAffinity(pod({ cores: "8" }, exists("disk")), node), false);
});
