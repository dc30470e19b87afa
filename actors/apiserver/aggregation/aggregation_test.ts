import { assert, test } from "../../../properties/house/test.ts";
import { auditNotes } from "../../../properties/stages/apiserver/audit_notes.ts";
import { createLab, type Lab } from "../../../properties/stages/apiserver/lab.ts";
import { httpsClientModel, type PlayedAnswer } from "../../../runtime/devices/https_client_model.ts";
import type { HttpsRequest, HttpsStreamRequest } from "../../../runtime/mod.ts";

type Asked = HttpsRequest | Extract<HttpsStreamRequest, { readonly op: "open" }>;

const group = "wardle.example.com";
const name = `v1.${group}`;
const flunders = {
  kind: "APIResourceList",
  groupVersion: `${group}/v1`,
  resources: [
    { name: "flunders", singularName: "flunder", namespaced: true, kind: "Flunder", verbs: ["get", "list"] },
    { name: "flunders/status", singularName: "", namespaced: true, kind: "Flunder", verbs: ["get"] },
  ],
};

const played = (body: unknown, code = 200): PlayedAnswer => ({
  answer: { ok: true, code, body: JSON.stringify(body) },
  headers: [["Content-Type", "application/json"]],
});

function stage(
  play: (asked: Asked) => PlayedAnswer | undefined = () => undefined,
  { devices = [], ...more }: Parameters<typeof createLab>[0] = {},
) {
  const asked: Asked[] = [];
  const https = httpsClientModel((request) => {
    asked.push(request);
    const { pathname } = new URL(request.url);
    const own = play(request);
    if (own) return own;
    if (pathname === `/apis/${group}/v1`) return played(flunders);
    if (pathname === "/openapi/v3")
      return played({ paths: { [`apis/${group}/v1`]: { serverRelativeURL: `/openapi/v3/apis/${group}/v1?hash=A` } } });
    return played({ at: pathname }, pathname.includes("none") ? 404 : 200);
  });
  const lab = createLab({ ...more, devices: [https, ...devices] });
  return { lab, asked };
}

const service = { namespace: "default", name: "wardle" };

function register(lab: Lab, spec: object = {}) {
  const body = {
    ...{ apiVersion: "apiregistration.k8s.io/v1", kind: "APIService", metadata: { name } },
    spec: { group, version: "v1", groupPriorityMinimum: 1000, versionPriority: 15, service, ...spec },
  };
  assert.equal(lab.call("create", "apiservices", { body }).code, 201);
}

function expose(lab: Lab) {
  const body = {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "wardle" } },
    spec: { type: "ExternalName", externalName: "wardle.example.com" },
  };
  assert.equal(lab.call("create", "services", { namespace: "default", body }).code, 201);
}

function availability(lab: Lab, of = name) {
  const { body } = lab.call("get", "apiservices", { name: of });
  const { status, reason, message } = body.status.conditions?.[0] ?? {};
  return [status, reason, message];
}

function bodyOf(lab: Lab, url: string, headers: Record<string, string> = {}) {
  const exchange = lab.http(url, { headers });
  lab.simulation.advance(100);
  return { code: exchange.code(), headers: exchange.headers(), body: exchange.body() };
}

test("what a server serves itself has an APIService, and so has what definitions make, as long as they are there", () => {
  const { lab } = stage();
  const labelOf = (of: string) => lab.call("get", "apiservices", { name: of }).body.metadata?.labels;
  const local = ["True", "Local", "Local APIServices are always available"];
  assert.deepEqual(availability(lab, "v1."), local);
  assert.deepEqual(availability(lab, "v1.apps"), local);
  assert.deepEqual(labelOf("v1.apps"), { "kube-aggregator.kubernetes.io/automanaged": "onstart" });
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const body = {
    ...{
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "as.example.com" },
    },
    spec: {
      ...{ group: "example.com", scope: "Namespaced", names: { kind: "A", plural: "as" } },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
  assert.equal(lab.call("create", "customresourcedefinitions", { body }).code, 201);
  lab.simulation.advance(4_000);
  assert.deepEqual(availability(lab, "v1.example.com"), local);
  assert.deepEqual(labelOf("v1.example.com"), { "kube-aggregator.kubernetes.io/automanaged": "true" });
  lab.call("delete", "customresourcedefinitions", { name: "as.example.com" });
  const left = lab.call("get", "customresourcedefinitions", { name: "as.example.com" }).body;
  left.metadata.finalizers = [];
  lab.call("update", "customresourcedefinitions", { name: "as.example.com", body: left });
  lab.simulation.advance(4_000);
  assert.equal(lab.call("get", "apiservices", { name: "v1.example.com" }).code, 404);
});

test("an APIService says why it is not available, and its paths answer 503 until it is", () => {
  let isUp = false;
  const { lab } = stage(() => (isUp ? undefined : played({}, 500)));
  register(lab);
  lab.simulation.advance(2_000);
  assert.deepEqual(availability(lab), ["False", "ServiceNotFound", 'service/wardle in "default" is not present']);
  const { code, headers, body } = bodyOf(lab, `/apis/${group}/v1/flunders`);
  assert.deepEqual(
    [code, body, headers?.["Content-Type"]],
    [503, "service unavailable\n", "text/plain; charset=utf-8"],
  );
  expose(lab);
  lab.simulation.advance(2_000);
  const url = `https://wardle.default.svc:443/apis/${group}/v1`;
  const failing = `failing or missing response from ${url}: bad status from ${url}: 500`;
  assert.deepEqual(availability(lab), ["False", "FailedDiscoveryCheck", failing]);
  isUp = true;
  lab.simulation.advance(40_000);
  assert.deepEqual(availability(lab), ["True", "Passed", "all checks passed"]);
});

test("what a server serves itself stays available while whoever was installed for it does not answer, and goes to who does", () => {
  let isUp = false;
  const { lab } = stage(() => (isUp ? undefined : played({}, 500)));
  expose(lab);
  const metrics = "v1beta1.metrics.k8s.io";
  const object = lab.call("get", "apiservices", { name: metrics }).body;
  object.spec = { ...object.spec, service, insecureSkipTLSVerify: true };
  assert.equal(lab.call("update", "apiservices", { name: metrics, body: object }).code, 200);
  lab.simulation.advance(2_000);
  const [status, reason, message] = availability(lab, metrics);
  assert.deepEqual([status, reason], ["True", "Local"]);
  assert.match(
    String(message),
    /^this API server answers for metrics\.k8s\.io\/v1beta1 itself, as long as nobody else does: failing or missing response from /,
  );
  assert.equal(JSON.parse(bodyOf(lab, "/apis/metrics.k8s.io/v1beta1/nodes").body).kind, "NodeMetricsList");
  isUp = true;
  lab.simulation.advance(40_000);
  assert.equal(availability(lab, metrics)[1], "Passed");
  assert.deepEqual(JSON.parse(bodyOf(lab, "/apis/metrics.k8s.io/v1beta1/nodes").body), {
    at: "/apis/metrics.k8s.io/v1beta1/nodes",
  });
});

test("a service within the cluster has to listen at the port and to have endpoints", () => {
  const { lab } = stage();
  const body = {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "wardle" } },
    spec: { ports: [{ name: "api", port: 8443 }] },
  };
  lab.call("create", "services", { namespace: "default", body });
  register(lab);
  lab.simulation.advance(2_000);
  assert.deepEqual(availability(lab), [
    "False",
    "ServicePortError",
    'service/wardle in "default" is not listening on port 443',
  ]);
  const object = lab.call("get", "apiservices", { name }).body;
  object.spec.service.port = 8443;
  lab.call("update", "apiservices", { name, body: object });
  lab.simulation.advance(2_000);
  assert.equal(availability(lab)[1], "EndpointsNotFound");
  const slice = {
    ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
    metadata: { name: "wardle", labels: { "kubernetes.io/service-name": "wardle" } },
    ...{ endpoints: [{ addresses: ["10.0.0.7"], conditions: { ready: false } }], ports: [{ name: "api", port: 6443 }] },
  };
  lab.call("create", "endpointslices", { namespace: "default", body: slice });
  lab.simulation.advance(2_000);
  const missing = 'endpointslices for service/wardle in "default" have no addresses with port name "api"';
  assert.deepEqual(availability(lab), ["False", "MissingEndpoints", missing]);
  slice.endpoints = [{ addresses: ["10.0.0.7"], conditions: { ready: true } }];
  lab.call("update", "endpointslices", { namespace: "default", name: "wardle", body: slice });
  lab.simulation.advance(2_000);
  assert.equal(availability(lab)[1], "Passed");
});

test("requests are passed on as who asks, to those alone who may, and discovery tells of both", () => {
  const { lab, asked } = stage();
  expose(lab);
  register(lab, { insecureSkipTLSVerify: true });
  lab.simulation.advance(2_000);
  const path = `/apis/${group}/v1/namespaces/default/flunders`;
  asked.length = 0;
  const found = bodyOf(lab, `${path}?limit=5`, { "x-remote-user": "somebody", authorization: "Basic x", "x-own": "1" });
  assert.deepEqual([found.code, found.body], [200, JSON.stringify({ at: path })]);
  const [request] = asked;
  assert.equal(request?.url, `https://wardle.default.svc:443${path}?limit=5`);
  assert.deepEqual(request.connectTo, { host: "wardle.example.com", port: 443 });
  assert.equal(request.isUnverified, true);
  assert.ok(!Object.values(request.headers).flat().includes("somebody"), "nobody says by headers who they are");
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key.toLowerCase(), value]));
  assert.deepEqual(
    [headers["x-remote-user"], headers["x-remote-group"], headers["x-own"], headers.authorization],
    ["admin", ["system:masters", "system:authenticated"], "1", undefined],
  );
  assert.equal(bodyOf(lab, `${path}/none`).code, 404);
  const stranger = lab.http(path, { peer: { commonName: "bob", organizations: [] } });
  assert.equal(stranger.code(), 403);
  assert.match(stranger.body(), /flunders.wardle.example.com is forbidden: User ..bob.. cannot list resource/);
  const groups = JSON.parse(bodyOf(lab, "/apis").body).groups;
  assert.ok(groups.some((each: { name: string }) => each.name === group));
  assert.equal(JSON.parse(bodyOf(lab, `/apis/${group}`).body).preferredVersion.version, "v1");
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const { items } = JSON.parse(bodyOf(lab, "/apis", { accept }).body);
  const item = items.find((each: { metadata: { name: string } }) => each.metadata.name === group);
  const kind = { group, version: "v1", kind: "Flunder" };
  assert.deepEqual(item.versions[0], {
    version: "v1",
    resources: [
      {
        ...{ resource: "flunders", responseKind: kind, scope: "Namespaced", singularResource: "flunder" },
        ...{ verbs: ["get", "list"], subresources: [{ subresource: "status", responseKind: kind, verbs: ["get"] }] },
      },
    ],
    freshness: "Current",
  });
  const index = JSON.parse(bodyOf(lab, "/openapi/v3").body).paths[`apis/${group}/v1`];
  assert.deepEqual(index, { serverRelativeURL: `/openapi/v3/apis/${group}/v1?hash=A` });
  assert.equal(bodyOf(lab, index.serverRelativeURL).body, JSON.stringify({ at: `/openapi/v3/apis/${group}/v1` }));
});

test("what an APIService's server says of its resources may have null where others say nothing, or be no resource", () => {
  const [flunder] = flunders.resources;
  const odd = { ...flunder, singularName: null, shortNames: null, categories: { toString: 1 }, verbs: ["get", null] };
  const { lab } = stage(({ url }) =>
    url.endsWith(`/apis/${group}/v1`) ? played({ ...flunders, resources: [null, odd, { name: {} }] }) : undefined,
  );
  expose(lab);
  register(lab);
  lab.simulation.advance(2_000);
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const { items } = JSON.parse(bodyOf(lab, "/apis", { accept }).body);
  const item = items.find((each: { metadata: { name: string } }) => each.metadata.name === group);
  const kind = { group, version: "v1", kind: "Flunder" };
  assert.deepEqual(item.versions[0].resources, [
    { resource: "flunders", responseKind: kind, scope: "Namespaced", singularResource: "", verbs: ["get"] },
  ]);
});

test("whoever does not answer a request that was passed on is told of in a line", () => {
  const { lab } = stage(({ url }) => (url.includes("flunders") ? "silence" : undefined));
  expose(lab);
  register(lab);
  lab.simulation.advance(2_000);
  const exchange = lab.http(`/apis/${group}/v1/flunders`);
  lab.simulation.advance(61_000);
  assert.deepEqual(
    [exchange.code(), exchange.body()],
    [503, "error trying to reach service: context deadline exceeded\n"],
  );
});

test("servers of further APIs find by what they know who asks", () => {
  const frontProxy = { cert: "its certificate", key: "its key", ca: "who signed it" };
  const https = { host: "lab", port: 6443, key: "", cert: "", clientCa: "who signs clients", frontProxy };
  const lab = createLab({ input: { https } });
  lab.simulation.advance(1_000);
  const name = "extension-apiserver-authentication";
  const { data } = lab.call("get", "configmaps", { namespace: "kube-system", name }).body;
  assert.equal(data["client-ca-file"], "who signs clients");
  assert.equal(data["requestheader-client-ca-file"], "who signed it");
  assert.equal(data["requestheader-allowed-names"], '["front-proxy-client"]');
});

test("what is passed on is asked for by the words by which it was judged, by nobody who acts as another, and is written down", () => {
  type Event = { stage: string; verb: string; objectRef?: object; responseStatus?: { code: number } };
  const { device, events } = auditNotes<Event>();
  const { lab, asked } = stage(undefined, { devices: [device], input: { audit: { rules: [{ level: "Metadata" }] } } });
  expose(lab);
  register(lab);
  lab.simulation.advance(2_000);
  asked.length = 0;
  events.length = 0;
  const within = `/apis/${group}/v1/namespaces/a`;
  assert.equal(bodyOf(lab, `${within}%2F..%2f%2e%2e/b?limit=1`, { "impersonate-user": "bob" }).code, 403);
  assert.equal(asked.length, 0);
  const found = bodyOf(lab, `${within}%2F..%2f%2e%2e/b?limit=1`, {
    "impersonate-user": "admin",
    "impersonate-group": "system:masters",
  });
  assert.equal(found.code, 200);
  assert.equal(asked[0]?.url, `https://wardle.default.svc:443${within}/../../b?limit=1`);
  assert.ok(!Object.keys(asked[0].headers).some((each) => /^impersonate/i.test(each)));
  const named = { resource: "..", namespace: "a", name: "..", subresource: "b", apiGroup: group, apiVersion: "v1" };
  const own = events.filter(({ objectRef }) => objectRef && "namespace" in objectRef && objectRef.namespace === "a");
  assert.deepEqual(
    own.map((each) => [each.stage, each.verb, each.responseStatus?.code]),
    [
      ["RequestReceived", "get", undefined],
      ["ResponseComplete", "get", 403],
      ["RequestReceived", "get", undefined],
      ["ResponseComplete", "get", 200],
    ],
  );
  assert.deepEqual(own[0]?.objectRef, named);
});

test("a Service of two families is asked at the one that leads, as its first address would be", () => {
  const { lab, asked } = stage(undefined, { input: { serviceCidr: "10.96.0.0/16,fd00:10:96::/112" } });
  const spec = { ports: [{ port: 443 }], ipFamilyPolicy: "RequireDualStack" };
  const body = { apiVersion: "v1", kind: "Service", metadata: { name: "wardle" }, spec };
  assert.deepEqual(lab.call("create", "services", { namespace: "default", body }).body.spec.ipFamilies, [
    "IPv4",
    "IPv6",
  ]);
  for (const [addressType, address] of [
    ["IPv6", "fd00::7"],
    ["IPv4", "10.0.0.7"],
  ]) {
    const slice = {
      ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType },
      metadata: { name: `wardle-${addressType}`.toLowerCase(), labels: { "kubernetes.io/service-name": "wardle" } },
      ...{ endpoints: [{ addresses: [address], conditions: { ready: true } }], ports: [{ port: 6443 }] },
    };
    assert.equal(lab.call("create", "endpointslices", { namespace: "default", body: slice }).code, 201);
  }
  register(lab);
  lab.simulation.advance(2_000);
  for (let times = 0; times < 10; times++) bodyOf(lab, `/apis/${group}/v1/flunders`);
  const hosts = new Set(asked.map(({ connectTo }) => connectTo?.host));
  assert.deepEqual([[...hosts], asked.length > 10], [["10.0.0.7"], true]);
});
