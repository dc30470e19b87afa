import { assert, test } from "../../../properties/house/test.ts";
import type { CustomResourceDefinition } from "../kinds/custom_resource_definition.ts";
import { isEstablished, judgedNames } from "./judged_names.ts";

function defined(plural: string, second: number, names: object = {}): CustomResourceDefinition {
  return {
    ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    metadata: { name: `${plural}.a.b`, creationTimestamp: `2026-01-01T00:00:0${second}Z` },
    spec: { group: "a.b", scope: "Cluster", names: { plural, kind: "Thing", ...names }, versions: [] },
    status: { acceptedNames: { plural: "", kind: "" }, conditions: [], storedVersions: [] },
  };
}

/** A definition with what is said of its names. */
function judged(definition: CustomResourceDefinition, ...others: CustomResourceDefinition[]): CustomResourceDefinition {
  return {
    ...definition,
    status: { ...definition.status, ...judgedNames(definition, others, 0) },
  } as typeof definition;
}

const reasonOf = ({ status }: CustomResourceDefinition) => status.conditions?.[0]?.reason;

test("judgedNames() gives names to who asks first, and to the oldest of those who wait when they are free", () => {
  const first = judged(defined("firsts", 0));
  assert.ok(isEstablished(first));
  const [second, third] = [judged(defined("seconds", 1), first), judged(defined("thirds", 2), first)];
  assert.deepEqual([reasonOf(second), isEstablished(second)], ["KindConflict", false]);
  assert.deepEqual([reasonOf(judged(third, second)), reasonOf(judged(second, third))], ["KindConflict", "NoConflicts"]);
  const elsewhere = defined("firsts", 3);
  assert.equal(reasonOf(judged({ ...elsewhere, spec: { ...elsewhere.spec, group: "c.d" } }, first)), "NoConflicts");
});

test("judgedNames() takes names back from the younger of two that servers gave them to at once, and says so", () => {
  const [older, younger] = [judged(defined("firsts", 0)), judged(defined("seconds", 1))];
  assert.deepEqual([isEstablished(older), isEstablished(younger)], [true, true]);
  assert.ok(isEstablished(judged(older, younger)));
  const left = judged(younger, older);
  assert.deepEqual([reasonOf(left), isEstablished(left)], ["KindConflict", false]);
  assert.equal(left.status.acceptedNames?.kind, "");
});

test("judgedNames() keeps what is established, when it asks for a short name that is another's, and what it had", () => {
  const first = judged(defined("firsts", 0, { shortNames: ["f"] }));
  const second = judged(defined("seconds", 1, { kind: "Second", shortNames: ["s"] }), first);
  const { spec } = second;
  const asking = { ...second, spec: { ...spec, names: { ...spec.names, shortNames: ["s", "f", "firsts"] } } };
  const told = judged(asking, first);
  assert.deepEqual([reasonOf(told), isEstablished(told)], ["ShortNamesConflict", true]);
  assert.deepEqual(told.status.acceptedNames?.shortNames, ["s"]);
  assert.equal(told.status.conditions?.[0]?.message, '["f" is already in use, "firsts" is already in use]');
});
