import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, type Lab, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import { encodeBase64Bytes } from "../../api/base64.ts";
import { ok } from "../../kit/result.ts";
import { type Endpoint, representationOf } from "./negotiate.ts";
import { parseUrl, targetOf } from "./target.ts";

const json = (lab: Lab, url: string, accept = "application/json") =>
  JSON.parse(lab.http(url, { headers: { accept } }).body());
const tableType = "application/json;as=Table;v=v1;g=meta.k8s.io";

test("targetOf() finds verb, resource, namespace, name and subresource in a path", () => {
  const target = (method: string, url: string) => {
    const parsed = parseUrl(url);
    assert.ok(parsed);
    return targetOf(method, parsed);
  };
  const pods = { kind: "resource", group: "", version: "v1", resource: "pods" };
  assert.deepEqual(target("GET", "/api/v1/pods"), { ...pods, verb: "list" });
  assert.deepEqual(target("GET", "/api/v1/pods?watch=true"), { ...pods, verb: "watch" });
  assert.deepEqual(target("GET", "/api/v1/watch/pods"), { ...pods, verb: "watch" });
  assert.deepEqual(target("POST", "/api/v1/namespaces/a/pods"), { ...pods, verb: "create", namespace: "a" });
  assert.deepEqual(target("PATCH", "/api/v1/namespaces/a/pods/b/status"), {
    ...pods,
    verb: "patch",
    namespace: "a",
    name: "b",
    subresource: "status",
  });
  const apps = { kind: "resource", group: "apps", version: "v1", resource: "deployments", namespace: "a" };
  assert.deepEqual(target("DELETE", "/apis/apps/v1/namespaces/a/deployments"), { ...apps, verb: "deletecollection" });
  const namespaces = { kind: "resource", group: "", version: "v1", resource: "namespaces", name: "a" };
  assert.deepEqual(target("DELETE", "/api/v1/namespaces/a"), { ...namespaces, verb: "delete" });
  assert.deepEqual(target("PUT", "/api/v1/namespaces/a/finalize"), {
    ...namespaces,
    verb: "update",
    subresource: "finalize",
  });
  const proxied = { kind: "resource", group: "", version: "v1", resource: "nodes", name: "n", subresource: "proxy" };
  assert.deepEqual(target("GET", "/api/v1/nodes/n/proxy/stats%2Fsummary"), { ...proxied, verb: "get" });
  assert.equal(target("GET", "/apis/apps/v1").kind, "path");
  assert.equal(target("PUT", "/api/v1/pods").kind, "badMethod");
  assert.equal(parseUrl("/api/v1/pods/%zz"), undefined);
});

test("representationOf() takes the first accepted form that is offered", () => {
  const partialList = { shape: "partial", isList: true, version: "v1" };
  const table = { shape: "table", includeObject: "Metadata", version: "v1" };
  const protobuf = "application/vnd.kubernetes.protobuf";
  const [one, more] = [
    "as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    "as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
  ];
  const listed = { sendInitialEvents: "true", allowWatchBookmarks: "true" };
  const cases: readonly (readonly [string | undefined, Endpoint, readonly [unknown, string]])[] = [
    [undefined, { query: {} }, ["object", "json"]],
    ["", { query: {} }, ["object", "json"]],
    ["application/*", { query: {} }, ["object", "json"]],
    ["text/html, application/yaml;q=0.9", { query: {} }, ["object", "yaml"]],
    [`${protobuf},application/json`, { query: {} }, ["object", "protobuf"]],
    [`${protobuf};q=0.5,application/json`, { query: {} }, ["object", "json"]],
    [`${protobuf},application/json`, { query: {}, hasProtobuf: false }, ["object", "json"]],
    [`${protobuf};${more},application/json`, { query: {}, hasProtobuf: false }, [partialList, "protobuf"]],
    [`application/json;${one}`, { query: {} }, [{ ...partialList, isList: false }, "json"]],
    [`${tableType},application/json`, { query: {} }, [table, "json"]],
    [`application/json;as=Table;v=v1beta1;g=meta.k8s.io`, { query: {} }, [{ ...table, version: "v1beta1" }, "json"]],
    [tableType, { query: { includeObject: "Object" } }, [{ ...table, includeObject: "Object" }, "json"]],
    [`${protobuf};as=Table;v=v1;g=meta.k8s.io,application/yaml`, { query: {} }, ["object", "yaml"]],
    ["application/json;as=Table;v=v2;g=meta.k8s.io,application/yaml", { query: {} }, ["object", "yaml"]],
    [`${protobuf};stream=watch,application/json`, { query: {}, isWatch: true }, ["object", "protobuf"]],
    ["application/yaml;stream=watch,application/json", { query: {}, isWatch: true }, ["object", "json"]],
    [tableType, { query: {}, isWatch: true }, [table, "json"]],
    [tableType, { query: { sendInitialEvents: "true" }, isWatch: true }, [table, "json"]],
    [`${tableType},application/json`, { query: listed, isWatch: true }, ["object", "json"]],
  ];
  for (const [accept, endpoint, [representation, encoding]] of cases) {
    assert.deepEqual(representationOf(accept, endpoint), ok({ representation, encoding }), accept);
  }
  const refusal = (accept: string, endpoint: Endpoint) => {
    const offer = representationOf(accept, endpoint);
    return offer.ok ? "" : `${offer.failure.code} ${offer.failure.message}`;
  };
  const all = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
  const streams = "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";
  const text = "406 only the following media types are accepted: ";
  assert.equal(refusal("text/html", { query: {} }), text + all);
  assert.equal(refusal(`${protobuf};as=Table;v=v1;g=meta.k8s.io`, { query: {} }), text + all);
  assert.equal(refusal("application/yaml, application/json", { query: {}, isWatch: true }), text + streams);
  assert.equal(refusal(tableType, { query: listed, isWatch: true }), text + streams);
  assert.equal(
    refusal(tableType, { query: { includeObject: "All" } }),
    `400 Unable to convert to Table as requested: includeObject: Invalid value: "All": must be 'Metadata', 'Object', 'None', or empty`,
  );
});

test("health and version are open to everybody, all else is forbidden to somebody unknown", () => {
  const lab = createLab();
  const nobody = (url: string) => lab.http(url, { peer: "none" });
  assert.deepEqual([nobody("/readyz").code(), nobody("/livez").body()], [200, "ok"]);
  assert.match(nobody("/readyz?verbose").body(), /\[\+\]etcd ok\n.*readyz check passed\n$/s);
  assert.equal(JSON.parse(nobody("/version").body()).gitVersion, "v1.34.0");
  const path = nobody("/api");
  assert.deepEqual(
    [path.code(), JSON.parse(path.body()).message],
    [403, 'forbidden: User "system:anonymous" cannot get path "/api"'],
  );
  const pods = nobody("/api/v1/namespaces/default/pods");
  assert.equal(pods.code(), 403);
  assert.match(
    JSON.parse(pods.body()).message,
    /^pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group ""/,
  );
});

test("discovery lists every kind, in its old form and aggregated", () => {
  const lab = createLab();
  assert.deepEqual(json(lab, "/api").versions, ["v1"]);
  const groups = json(lab, "/apis").groups.map(({ name }: { name: string }) => name);
  assert.ok(groups.includes("apps"));
  assert.deepEqual(json(lab, "/apis/apps").preferredVersion, { groupVersion: "apps/v1", version: "v1" });
  const resources = json(lab, "/apis/apps/v1").resources;
  const scale = resources.find(({ name }: { name: string }) => name === "deployments/scale");
  assert.deepEqual([scale.kind, scale.group, scale.version], ["Scale", "autoscaling", "v1"]);
  const hashOf = (path: string, plural: string) =>
    json(lab, path).resources.find(({ name }: { name: string }) => name === plural).storageVersionHash;
  assert.deepEqual([hashOf("/api/v1", "pods"), hashOf("/api/v1", "pods/status")], ["xPOwRZ+Yhw8=", undefined]);
  // Nobody stores a review, and both versions of an autoscaler are stored as one.
  assert.equal(hashOf("/apis/authorization.k8s.io/v1", "subjectaccessreviews"), undefined);
  const [older, newer] = ["v1", "v2"].map((each) => hashOf(`/apis/autoscaling/${each}`, "horizontalpodautoscalers"));
  assert.deepEqual([older, typeof older], [newer, "string"]);
  const aggregated = lab.http("/apis", {
    headers: { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json" },
  });
  assert.equal(
    aggregated.headers()["Content-Type"],
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
  );
  const apps = JSON.parse(aggregated.body()).items.find(
    ({ metadata }: { metadata: { name: string } }) => metadata.name === "apps",
  );
  const deployments = apps.versions[0].resources.find(
    ({ resource }: { resource: string }) => resource === "deployments",
  );
  assert.deepEqual(
    deployments.subresources.map(({ subresource }: { subresource: string }) => subresource),
    ["scale", "status"],
  );
  assert.equal(lab.http("/apis/none").code(), 404);
});

test("OpenAPI is served as JSON; a client that wants only protobuf gets 406", () => {
  const lab = createLab();
  const { paths } = json(lab, "/openapi/v3");
  const { serverRelativeURL } = paths["apis/apps/v1"];
  assert.ok(json(lab, serverRelativeURL).components.schemas["io.k8s.api.apps.v1.Deployment"]);
  assert.ok(json(lab, "/openapi/v2").definitions["io.k8s.api.core.v1.Pod"]);
  assert.equal(lab.http("/openapi/v2", { headers: { accept: "text/xml" } }).code(), 406);
});

test("objects are written as JSON or YAML; warnings are headers; other formats are refused", () => {
  const lab = createLab();
  const url = "/api/v1/namespaces/default/configmaps";
  const yaml = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: w}\ndata: {a: b}\nmore: 1\n";
  const made = lab.http(url, { method: "POST", headers: { "content-type": "application/yaml" }, body: yaml });
  assert.equal(made.code(), 201);
  assert.equal(made.headers().Warning, '299 - "unknown field \\"more\\""');
  assert.deepEqual(json(lab, `${url}/w`).data, { a: "b" });
  const other = lab.http(url, { method: "POST", headers: { "content-type": "application/cbor" }, body: "k8s" });
  assert.deepEqual([other.code(), JSON.parse(other.body()).reason], [415, "UnsupportedMediaType"]);
  assert.equal(lab.http(`${url}/w`, { method: "PATCH", body: "{}" }).code(), 415);
  assert.equal(lab.http(url, { method: "PUT", body: "{}" }).code(), 405);
  assert.equal(lab.http(url, { method: "POST", body: "no json" }).code(), 400);
  assert.equal(lab.http("/api/v1/namespaces/default/nothings").code(), 404);
  assert.equal(lab.http(url, { headers: { accept: "text/html" } }).code(), 406);
});

test("get and list are shown as tables to who accepts tables", () => {
  const lab = createLab();
  lab.call("create", "pods", { namespace: "default", body: podNamed("p") });
  const response = lab.http("/api/v1/namespaces/default/pods", { headers: { accept: tableType } });
  assert.equal(response.headers()["Content-Type"], "application/json");
  const table = JSON.parse(response.body());
  assert.equal(table.kind, "Table");
  assert.deepEqual(
    table.columnDefinitions.map(({ name }: { name: string }) => name),
    ["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"],
  );
  assert.deepEqual(table.rows[0].cells.slice(0, 4), ["p", "0/1", "Pending", "0"]);
  assert.equal(table.rows[0].object.kind, "PartialObjectMetadata");
});

test("the status and the scale of an object are shown as tables to who accepts tables, a log is not", () => {
  const lab = createLab();
  const labels = { app: "w" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
  const spec = { replicas: 3, selector: { matchLabels: labels }, template };
  lab.call("create", "deployments", { namespace: "default", body: { metadata: { name: "d" }, spec } });
  const url = "/apis/apps/v1/namespaces/default/deployments/d";
  const shown = (part: string) => {
    const answer = lab.http(`${url}${part}`, { headers: { accept: tableType } });
    assert.deepEqual([answer.code(), answer.headers()["Content-Type"]], [200, "application/json"], part);
    const { columnDefinitions, rows } = JSON.parse(answer.body());
    return [columnDefinitions.map(({ name }: { name: string }) => name), rows[0].cells];
  };
  assert.deepEqual(shown("/status"), shown(""));
  const [columns, cells] = shown("/scale");
  assert.deepEqual(columns, ["Name", "Desired", "Available", "Age"]);
  assert.deepEqual(cells.slice(0, 3), ["d", 3, 0]);
  const whole = lab.http(`${url}/scale`, { headers: { accept: `${tableType},application/json` } });
  assert.equal(JSON.parse(whole.body()).rows[0].object.metadata.name, "d");
  assert.equal(json(lab, `${url}/scale`).kind, "Scale");
  lab.call("create", "pods", { namespace: "default", body: podNamed("p") });
  const log = lab.http("/api/v1/namespaces/default/pods/p/log", { headers: { accept: tableType } });
  assert.deepEqual([log.code(), log.headers()["Content-Type"], log.body()], [200, "text/plain", ""]);
});

test("a watch is a line of JSON for each event; a client that goes takes its watch with it", () => {
  const lab = createLab();
  const watch = lab.http("/api/v1/namespaces/default/configmaps?watch=1");
  lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("a") });
  lab.call("delete", "configmaps", { namespace: "default", name: "a" });
  lab.simulation.advance(20);
  const lines = watch
    .body()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ type, object }) => [type, object.metadata.name]),
    [
      ["ADDED", "a"],
      ["DELETED", "a"],
    ],
  );
  const watchers = () =>
    (lab.simulation.dataOf("apiserver-0") as { watchers: { all: Map<number, unknown> } }).watchers.all.size;
  assert.equal(watchers(), 1);
  watch.abort();
  lab.simulation.advance(20);
  assert.equal(watchers(), 0);
});

test("only the first table of a watch names its columns", () => {
  const lab = createLab();
  const watch = lab.http("/api/v1/namespaces/default/configmaps?watch=1", { headers: { accept: tableType } });
  for (const name of ["a", "b"]) lab.call("create", "configmaps", { namespace: "default", body: configMapNamed(name) });
  lab.simulation.advance(20);
  const tables = watch
    .body()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).object);
  assert.deepEqual(
    tables.map(({ columnDefinitions, rows }) => [columnDefinitions.length, rows[0].cells[0]]),
    [
      [3, "a"],
      [0, "b"],
    ],
  );
});

/** A body in protocol buffers: an envelope with a type and a message whose only field is `metadata.name`. */
function protobufBody(apiVersion: string, kind: string, name: string) {
  const text = (field: number, value: string | readonly number[]): number[] => {
    const bytes = typeof value === "string" ? [...new TextEncoder().encode(value)] : value;
    return [field * 8 + 2, bytes.length, ...bytes];
  };
  const raw = text(1, text(1, name));
  const bytes = [...text(0, ""), ...text(1, [...text(1, apiVersion), ...text(2, kind)]), ...text(2, raw)].slice(2);
  return {
    method: "POST",
    headers: { "content-type": "application/vnd.kubernetes.protobuf" },
    body: encodeBase64Bytes(Uint8Array.from([0x6b, 0x38, 0x73, 0, ...bytes])),
    bodyEncoding: "base64" as const,
  };
}

test("bodies in protocol buffers are read as JSON is; what cannot be read is a bad request", () => {
  const lab = createLab();
  const url = "/api/v1/namespaces/default/configmaps";
  const made = lab.http(url, protobufBody("v1", "ConfigMap", "p"));
  assert.deepEqual([made.code(), made.headers()["Content-Type"]], [201, "application/json"]);
  assert.equal(json(lab, `${url}/p`).metadata.name, "p");
  const failure = (request: object, at = url) => {
    const { code, reason, message } = JSON.parse(lab.http(at, request).body());
    return [code, reason, message];
  };
  const whole = protobufBody("v1", "ConfigMap", "q");
  const [code, reason, message] = failure({ ...whole, body: whole.body.slice(0, -4) });
  assert.deepEqual([code, reason], [400, "BadRequest"]);
  assert.match(message, /\(must be of type ConfigMap\): unexpected EOF \(6b3873000a0f/);
  assert.equal(
    failure(protobufBody("v1", "Secret", "q"))[2],
    'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (v1.ConfigMap): unknown conversion',
  );
  assert.deepEqual(failure(protobufBody("v1", "ConfigMap", "p")).slice(0, 2), [409, "AlreadyExists"]);
  // What is not served is not found, whatever the body is.
  const gadgets = "/apis/example.com/v1/namespaces/default/gadgets";
  assert.equal(lab.http(gadgets, protobufBody("example.com/v1", "Gadget", "j")).body(), "404 page not found\n");
  const token = "/api/v1/namespaces/default/serviceaccounts/default/token";
  const asked = lab.http(token, protobufBody("authentication.k8s.io/v1", "TokenRequest", ""));
  assert.deepEqual([asked.code(), JSON.parse(asked.body()).kind], [201, "TokenRequest"]);
  const elsewhere = "/api/v1/namespaces/default/configmaps/default/token";
  assert.deepEqual(failure(protobufBody("authentication.k8s.io/v1", "TokenRequest", ""), elsewhere).slice(0, 2), [
    404,
    "NotFound",
  ]);
});

test("OpenAPI v2 is there as protocol buffers too", () => {
  const lab = createLab();
  const accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  const answer = lab.http("/openapi/v2", { headers: { accept } });
  assert.equal(answer.code(), 200);
  assert.equal(answer.headers()["Content-Type"], accept.replace("@", "."));
  assert.ok(answer.body().startsWith("\n\u00032.0\u0012\u0015\n\nKubernetes\u0012\u0007v1.34.0B"));
  assert.ok(answer.body().includes("\n\u0016io.k8s.api.core.v1.Pod\u0012"), "a definition is a name and a schema");
});

test("what every JavaScript object has is no path, no type and no field: a server was ended by GET /constructor", () => {
  const lab = createLab();
  const secrets = "/api/v1/namespaces/default/secrets";
  for (const name of ["constructor", "toString", "__proto__"]) {
    const stranger = { peer: { commonName: "nobody", organizations: [] } };
    assert.equal(lab.http(`/${name}`, stranger).code(), lab.http("/nothing", stranger).code());
    assert.equal(lab.http(`/${name}`).code(), 404);
    const metadata = { name: `s-${name.toLowerCase().replaceAll("_", "")}` };
    const body = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata, type: name });
    assert.equal(lab.http(secrets, { method: "POST", body }).code(), 201);
    assert.equal(lab.http(`${secrets}?fieldSelector=${name}%3Dx`).code(), 400);
    assert.equal(lab.http(`${secrets}/s/${name}`).code(), 404);
  }
});
