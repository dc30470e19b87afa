import { load } from "js-yaml";
import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, type Lab, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import { decodeProtobuf } from "../../api/protobuf.ts";
import type { Fields } from "../../api/types.ts";

const protobuf = "application/vnd.kubernetes.protobuf";
const partial = (list: "" | "List", version = "v1") => `as=PartialObjectMetadata${list};g=meta.k8s.io;v=${version}`;
const maps = "/api/v1/namespaces/default/configmaps";

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const ask = (lab: Lab, url: string, accept: string) => lab.http(url, { headers: { accept } });

function decoded(body: string): Fields {
  const object = decodeProtobuf(bytesOf(body), { apiVersion: "", kind: "" });
  return object.ok ? object.value : assert.fail(object.failure);
}

function labWithMaps(names: readonly string[], data: Readonly<Record<string, string>> = { a: "grün" }): Lab {
  const lab = createLab();
  for (const name of names) {
    lab.call("create", "configmaps", { namespace: "default", body: { ...configMapNamed(name), data } });
  }
  return lab;
}

test("an object is answered in YAML and in protocol buffers as it is in JSON", () => {
  const lab = labWithMaps(["m"]);
  const json = JSON.parse(ask(lab, `${maps}/m`, "application/json").body());
  const yaml = ask(lab, `${maps}/m`, "application/yaml");
  assert.deepEqual([yaml.headers()["Content-Type"], load(yaml.body())], ["application/yaml", json]);
  assert.match(yaml.body(), /^apiVersion: v1\ndata:\n {2}a: grün\nkind: ConfigMap\n/);
  const bytes = ask(lab, `${maps}/m`, `${protobuf},application/json`);
  assert.deepEqual([bytes.headers()["Content-Type"], decoded(bytes.body())], [protobuf, json]);
});

test("what a write answers, and what is wrong, comes in the form that was asked for, too", () => {
  const lab = createLab();
  const body = JSON.stringify(configMapNamed("m"));
  const post = (accept: string) =>
    lab.http(maps, { method: "POST", body, headers: { accept, "content-type": "application/json" } });
  const created = post(protobuf);
  assert.deepEqual([created.code(), decoded(created.body()).kind], [201, "ConfigMap"]);
  const again = post(protobuf);
  const status = decoded(again.body());
  assert.deepEqual([again.code(), status.kind, status.reason, status.code], [409, "Status", "AlreadyExists", 409]);
  assert.match(post("application/yaml").body(), /^reason: AlreadyExists$/m);
  // Whoever wants metadata only is told of errors in JSON, which it takes as well.
  const missing = ask(lab, `${maps}/none`, `${protobuf};${partial("")},application/json`);
  assert.deepEqual([missing.code(), JSON.parse(missing.body()).reason], [404, "NotFound"]);
  const unknown = ask(lab, "/apis/apps/nothing", protobuf);
  assert.deepEqual([unknown.code(), decoded(unknown.body()).reason], [404, "NotFound"]);
});

test("metadata alone is answered for one object and for lists, in both versions; for the wrong one of them 406", () => {
  const lab = labWithMaps(["m", "n"]);
  const one = JSON.parse(ask(lab, `${maps}/m`, `application/json;${partial("")}`).body());
  assert.deepEqual(Object.keys(one), ["kind", "apiVersion", "metadata"]);
  assert.deepEqual([one.kind, one.apiVersion, one.metadata.name], ["PartialObjectMetadata", "meta.k8s.io/v1", "m"]);
  const list = JSON.parse(ask(lab, maps, `application/json;${partial("List", "v1beta1")}`).body());
  assert.deepEqual([list.kind, list.apiVersion], ["PartialObjectMetadataList", "meta.k8s.io/v1beta1"]);
  assert.deepEqual(list.items[1], { ...one, apiVersion: "meta.k8s.io/v1beta1", metadata: list.items[1].metadata });
  const bytes = ask(lab, maps, `${protobuf};${partial("List")}`);
  assert.deepEqual(
    [bytes.headers()["Content-Type"], bytes.body().includes("PartialObjectMetadataList")],
    [protobuf, true],
  );
  assert.ok(!bytes.body().includes("grün"));
  for (const [url, accept, text] of [
    [maps, partial(""), "you requested PartialObjectMetadata, but the requested object is a list (*v1.ConfigMapList)"],
    [
      `${maps}/m`,
      partial("List"),
      "you requested PartialObjectMetadataList, but the requested object is not a list (*v1.ConfigMap)",
    ],
  ] as const) {
    const refused = ask(lab, url, `application/json;${accept}`);
    assert.deepEqual([refused.code(), JSON.parse(refused.body()).message], [406, text]);
  }
});

test("lists come in YAML and in protocol buffers, whole and in pieces, with the length that they say", () => {
  for (const size of [10, 500_000]) {
    const lab = labWithMaps(["m", "n", "o"], { a: "x".repeat(size), b: " two\n\n  lines: #\n" });
    const json = JSON.parse(ask(lab, maps, "application/json").body());
    assert.deepEqual(load(ask(lab, maps, "application/yaml").body()), json);
    const body = ask(lab, maps, protobuf).body();
    // The list is one message: the bytes of its items are those of the objects.
    const item = ask(lab, `${maps}/n`, protobuf).body();
    assert.ok(body.includes(item.slice(item.indexOf("\n\x01n"), -4)));
    assert.equal(lengthSaid(body), body.length);
  }
  const none = createLab();
  assert.deepEqual((load(ask(none, maps, "application/yaml").body()) as Fields).items, []);
});

/** How long an envelope says that it is as a whole. */
function lengthSaid(body: string): number {
  const bytes = bytesOf(body);
  let at = 5;
  at += (bytes[at] ?? 0) + 2;
  let [length, scale] = [0, 1];
  for (;;) {
    const byte = bytes[at++] ?? 0;
    length += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) return at + length + 4;
  }
}

/** The events of a stream in protocol buffers: each behind its length. */
function framed(chunks: readonly string[]): { type: string; object: Fields }[] {
  const all = bytesOf(chunks.join(""));
  const events: { type: string; object: Fields }[] = [];
  for (let at = 0; at < all.length; ) {
    const size = new DataView(all.buffer).getUint32(at);
    const frame = all.subarray(at + 4, at + 4 + size);
    const text = String.fromCharCode(...frame);
    events.push({ type: text.slice(2, 2 + (frame[1] ?? 0)), object: decoded(text.slice(text.indexOf("k8s\0"))) });
    at += 4 + size;
  }
  return events;
}

test("a watch in protocol buffers tells each event behind its length, bookmarks and metadata alone as well", () => {
  const lab = labWithMaps(["m"]);
  const query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  const whole = lab.begin(`${maps}?${query}`, { headers: { accept: `${protobuf};stream=watch` } });
  const names = lab.begin(`${maps}?watch=1`, { headers: { accept: `${protobuf};${partial("")}` } });
  lab.simulation.advance(1_000);
  lab.call("delete", "configmaps", { namespace: "default", name: "m" });
  lab.simulation.advance(1_000);
  assert.equal(whole.headers()["Content-Type"], `${protobuf};stream=watch`);
  const events = framed(whole.chunks());
  assert.deepEqual(
    events.map(({ type }) => type),
    ["ADDED", "BOOKMARK", "DELETED"],
  );
  assert.deepEqual(events[0]?.object.data, { a: "grün" });
  assert.match(JSON.stringify(events[1]?.object.metadata), /"annotations":\{"k8s.io\/initial-events-end":"true"\}/);
  const shown = framed(names.chunks());
  assert.deepEqual(
    shown.map(({ type, object }) => [type, object.kind, "data" in object]),
    [
      ["ADDED", "PartialObjectMetadata", false],
      ["DELETED", "PartialObjectMetadata", false],
    ],
  );
});

test("a watch that cannot go on says so in its own form", () => {
  const lab = createLab({ input: { watchEventsMax: 1 } });
  for (const name of ["a", "b", "c", "d"]) lab.call("create", "pods", { namespace: "default", body: podNamed(name) });
  const old = lab.http("/api/v1/pods?watch=1&resourceVersion=1", { headers: { accept: protobuf } });
  const [event] = framed(old.chunks());
  assert.deepEqual([event?.type, event?.object.kind, event?.object.code], ["ERROR", "Status", 410]);
});

test("every answer names its request as the client did, or with a name of its own", () => {
  const lab = createLab();
  const own = lab.http("/version").headers()["Audit-Id"] ?? "";
  assert.match(own, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(lab.http("/version").headers()["Audit-Id"], own);
  const given = lab.http(maps, { headers: { "audit-id": `${"x".repeat(64)}y` } });
  assert.equal(given.headers()["Audit-Id"], "x".repeat(64));
});
