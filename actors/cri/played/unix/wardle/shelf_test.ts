import { assert, test } from "../../../../../properties/house/test.ts";
import { type Asked, answerShelf, changesSince, createShelf } from "./shelf.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
type Any = any;

const of = { kind: "Flunder", plural: "flunders", namespaced: true };
const making = { uid: "u-1", suffix: "abcde", now: "2026-01-01T00:00:00Z" };

function stage() {
  const shelf = createShelf();
  const ask = (method: string, name?: string, { body = {}, type = "application/json", query = "" } = {}) => {
    const place = { of, namespace: "default", ...(name === undefined ? {} : { name }) };
    const asked: Asked = { ...place, method, query: new URLSearchParams(query), body: JSON.stringify(body), type };
    const done = answerShelf(shelf, asked, making);
    return done.ok
      ? { code: done.value.code, body: done.value.body as Any }
      : { code: done.failure.code, body: done.failure as Any };
  };
  return { shelf, ask };
}

test("answerShelf() makes, finds, changes and takes away objects as an API server would", () => {
  const { ask } = stage();
  const made = ask("POST", undefined, { body: { metadata: { name: "a", labels: { x: "1" } } } });
  assert.deepEqual(made, {
    code: 201,
    body: {
      kind: "Flunder",
      apiVersion: "wardle.example.com/v1alpha1",
      metadata: {
        ...{ labels: { x: "1" }, name: "a", namespace: "default", uid: "u-1" },
        ...{ creationTimestamp: "2026-01-01T00:00:00Z", resourceVersion: "2" },
      },
      spec: {},
      status: {},
    },
  });
  assert.equal(ask("POST", undefined, { body: { metadata: { generateName: "b-" } } }).body.metadata.name, "b-abcde");
  assert.deepEqual([ask("POST", undefined, { body: { metadata: { name: "a" } } }).body.reason], ["AlreadyExists"]);
  const names = (query: string) =>
    ask("GET", undefined, { query }).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  assert.deepEqual(
    [names(""), names("labelSelector=x%3D1"), names("fieldSelector=metadata.name%21%3Da")],
    [["a", "b-abcde"], ["a"], ["b-abcde"]],
  );
  const merge = "application/merge-patch+json";
  assert.deepEqual(ask("PATCH", "a", { type: merge, body: { spec: { reference: "r" } } }).body.spec, {
    reference: "r",
  });
  const changes = [{ op: "add", path: "/spec/x", value: 1 }];
  assert.equal(ask("PATCH", "a", { type: "application/json-patch+json", body: changes }).body.spec.x, 1);
  assert.equal(ask("PATCH", "a", { type: "application/strategic-merge-patch+json" }).code, 415);
  assert.equal(ask("PUT", "a", { body: made.body }).body.reason, "Conflict");
  assert.deepEqual([ask("DELETE", "a").body.status, ask("GET", "a").code], ["Success", 404]);
  assert.equal(ask("DELETE", undefined, { query: "dryRun=All" }).body.items.length, 1);
  assert.deepEqual([ask("DELETE").body.items.length, names("")], [1, []]);
});

test("changesSince() tells of what is there or has happened since, as far as it is asked for and was not too long ago", () => {
  const { shelf, ask } = stage();
  const told = (revision?: number, query = "") => {
    const asked: Asked = {
      of,
      namespace: "default",
      method: "GET",
      query: new URLSearchParams(query),
      body: "",
      type: "",
    };
    const found = changesSince(shelf, asked, revision);
    return found.ok ? found.value.map(({ type, object }) => `${type} ${object.metadata.name}`) : found.failure.reason;
  };
  ask("POST", undefined, { body: { metadata: { name: "a", labels: { x: "1" } } } });
  const { revision } = shelf;
  ask("POST", undefined, { body: { metadata: { name: "b" } } });
  ask("PATCH", "a", { type: "application/merge-patch+json", body: { spec: { reference: "r" } } });
  ask("DELETE", "b");
  assert.deepEqual(told(), ["ADDED a"]);
  assert.deepEqual(told(revision), ["ADDED b", "MODIFIED a", "DELETED b"]);
  assert.deepEqual([told(revision, "labelSelector=x"), told(shelf.revision)], [["MODIFIED a"], []]);
  for (let count = 0; count < 1_000; count++) ask("PATCH", "a", { type: "application/merge-patch+json", body: {} });
  assert.equal(told(revision), "Expired");
});
