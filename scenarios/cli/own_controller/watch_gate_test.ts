import { assert, test } from "../../../properties/house/test.ts";
import { createWatchGate, newestOfEach } from "./watch_gate.ts";

const event = (type: string, name: string, more: object = {}) =>
  JSON.stringify({ type, object: { metadata: { namespace: "a", name }, ...more } });

function opened(resource = "pods") {
  const gate = createWatchGate();
  const told: string[] = [];
  const watch = gate.attach({ resource, write: (line) => void told.push(line), end: () => void told.push("end") });
  return { gate, told, watch };
}

test("a watch gate holds events back and passes them on in their order", () => {
  const { gate, told, watch } = opened();
  watch.push("1");
  const [release, other] = [gate.hold({}), gate.hold({ resource: "services" })];
  watch.push("2");
  watch.push("3");
  assert.deepEqual(told, ["1"]);
  release();
  assert.deepEqual(told, ["1", "2", "3"]);
  other();
  watch.push("4");
  assert.deepEqual(told, ["1", "2", "3", "4"]);
});

test("a watch gate that coalesces tells of each object the newest state alone", () => {
  const lines = [
    event("ADDED", "x", { v: 1 }),
    event("MODIFIED", "x", { v: 2 }),
    event("ADDED", "y"),
    event("DELETED", "y"),
  ];
  assert.deepEqual(newestOfEach(lines), [event("ADDED", "x", { v: 2 })]);
  const replaced = [event("DELETED", "x"), event("ADDED", "x", { v: 9 })];
  assert.deepEqual(newestOfEach(replaced), [event("MODIFIED", "x", { v: 9 })]);
  assert.deepEqual(newestOfEach([event("MODIFIED", "x"), event("DELETED", "x")]), [event("DELETED", "x")]);
});

test("a watch gate that expires ends watches, and the next of each resource is too old once", () => {
  const { gate, told } = opened();
  gate.expire("services");
  assert.deepEqual([told, gate.isExpired("pods"), gate.isExpired("services")], [[], false, true]);
  gate.expire(undefined);
  assert.deepEqual([told, gate.isExpired("pods"), gate.isExpired("pods")], [["end"], true, false]);
});
