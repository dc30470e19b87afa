import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { conflictIgnored } from "../../../properties/mutations/conflict_ignored.ts";
import type * as labs from "../../../properties/stages/apiserver/lab.ts";
import { configMapNamed, createLab, deploymentNamed, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import type { KubeList, KubeObject } from "../../api/types.ts";
import { outcomeOf } from "../../client/outcome.ts";
import type { ApiRequest, ApiResponse } from "../messages.ts";

const inDefault = { namespace: "default" };

test("a paged list shows one revision over all its pages, and how many objects remain", () => {
  const lab = createLab();
  for (const name of ["a", "b", "c", "d", "e"])
    lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(name) });
  const first = lab.call("list", "configmaps", { ...inDefault, query: { limit: "2" } }).body;
  assert.equal(first.metadata.remainingItemCount, 3);
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("aa") });
  lab.call("delete", "configmaps", { ...inDefault, name: "d" });
  const names: string[] = first.items.map((each: { metadata: { name: string } }) => each.metadata.name);
  let token = first.metadata.continue;
  while (token) {
    const page = lab.call("list", "configmaps", { ...inDefault, query: { limit: "2", continue: token } }).body;
    assert.equal(page.metadata.resourceVersion, first.metadata.resourceVersion);
    names.push(...page.items.map((each: { metadata: { name: string } }) => each.metadata.name));
    token = page.metadata.continue;
  }
  assert.deepEqual(names, ["a", "b", "c", "d", "e"]);
});

test("a component is sent a long list item by item: no text is longer than an object, and nothing is missing", () => {
  const lab = createLab();
  const names = ["a", "b", "c"];
  for (const name of names) {
    const body = configMapNamed(name, { data: { large: "x".repeat(500_000) } });
    lab.call("create", "configmaps", { ...inDefault, body });
  }
  const request: ApiRequest = {
    ...{ type: "api.request", verb: "list", group: "", version: "v1", resource: "configmaps" },
    namespace: "default",
  };
  const answer = lab.simulation.askNow("apiserver-0", request, 5_000) as ApiResponse;
  const texts = [answer.body, ...(answer.items ?? [])];
  assert.ok(texts.every(({ length }) => length < 600_000));
  const outcome = outcomeOf<KubeList<KubeObject>>(answer);
  assert.ok(outcome.ok);
  assert.deepEqual(
    outcome.value.items.map(({ metadata }) => metadata.name),
    names,
  );
  assert.equal(outcome.value.kind, "ConfigMapList");
});

test("a page of a list whose revision is compacted away is answered with 410 and a token to go on inconsistently", () => {
  const lab = createLab();
  for (const name of ["a", "b", "c"]) lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(name) });
  const { metadata } = lab.call("list", "configmaps", { ...inDefault, query: { limit: "1" } }).body;
  lab.call("delete", "configmaps", { ...inDefault, name: "c" });
  lab.simulation.send("store", { type: "store.compact", revision: Number(metadata.resourceVersion) + 1 } as never);
  lab.simulation.advance(10);
  const expired = lab.call("list", "configmaps", { ...inDefault, query: { limit: "1", continue: metadata.continue } });
  assert.equal(expired.code, 410);
  assert.match(expired.body.message, /^The provided continue parameter is too old/);
  const rest = lab.call("list", "configmaps", { ...inDefault, query: { continue: expired.body.metadata.continue } });
  assert.deepEqual(
    rest.body.items.map((each: { metadata: { name: string } }) => each.metadata.name),
    ["b"],
  );
  assert.equal(lab.call("list", "configmaps", { ...inDefault, query: { continue: "nonsense" } }).code, 400);
});

test("list options that contradict each other are refused in Kubernetes' words", () => {
  const lab = createLab();
  const refused = (query: Record<string, string>) =>
    lab.call("list", "configmaps", { ...inDefault, query }).body.message;
  assert.match(
    refused({ resourceVersionMatch: "Exact" }),
    /resourceVersionMatch is forbidden unless resourceVersion is provided/,
  );
  assert.match(refused({ resourceVersion: "x" }), /invalid syntax/);
  assert.match(refused({ sendInitialEvents: "True" }), /sendInitialEvents: Forbidden: .* is forbidden for list$/);
  assert.match(
    refused({ resourceVersion: "0", resourceVersionMatch: "Exact" }),
    /is forbidden for resourceVersion "0"/,
  );
});

test("generateName makes a free name; a dry run stores nothing", () => {
  const lab = createLab();
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "cm-" } };
  const made = lab.call("create", "configmaps", { ...inDefault, body });
  assert.match(made.body.metadata.name, /^cm-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  const dry = lab.call("create", "configmaps", { ...inDefault, query: { dryRun: "All" }, body: configMapNamed("dry") });
  assert.equal(dry.code, 201);
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "dry" }).code, 404);
});

test("create() that is only tried is refused where its name is taken, and a trial of a change is made of what the store has", () => {
  const lab = createLab();
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("taken", { data: { a: "1" } }) });
  const tried = { ...inDefault, query: { dryRun: "All" } };
  const dry = lab.call("create", "configmaps", { ...tried, body: configMapNamed("taken") });
  assert.deepEqual([dry.code, dry.body.reason], [409, "AlreadyExists"]);
  lab.order({ held: true });
  const target = { ...inDefault, name: "taken", contentType: "application/merge-patch+json" } as const;
  lab.call("patch", "configmaps", { ...target, body: { data: { b: "2" } } });
  const patched = lab.call("patch", "configmaps", { ...target, ...tried, body: { data: { c: "3" } } });
  assert.deepEqual(patched.body.data, { a: "1", b: "2", c: "3" });
});

test("unknown fields are warned of, refused or dropped as fieldValidation says", () => {
  const lab = createLab();
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, dat: {} };
  const create = (fieldValidation: string) =>
    lab.call("create", "configmaps", { ...inDefault, body, query: { fieldValidation, dryRun: "All" } });
  assert.match(create("Strict").body.message, /strict decoding error: unknown field "dat"$/);
  assert.deepEqual(create("Warn").warnings, ['unknown field "dat"']);
  assert.deepEqual([create("Ignore").code, create("Ignore").warnings], [201, []]);
});

test("an object that breaks its kind's rules is refused with 422 and its causes", () => {
  const lab = createLab();
  const refused = lab.call("create", "pods", { ...inDefault, body: podNamed("Bad_Name") });
  assert.equal(refused.code, 422);
  assert.equal(refused.body.reason, "Invalid");
  assert.equal(refused.body.details.causes[0].field, "metadata.name");
});

test("status has a path of its own: other writes leave it alone, and it leaves them alone", () => {
  const lab = createLab();
  const made = lab.call("create", "deployments", { ...inDefault, body: deploymentNamed("d") }).body;
  const status = lab.call("update", "deployments", {
    ...inDefault,
    name: "d",
    subresource: "status",
    body: { ...made, spec: { ...made.spec, replicas: 9 }, status: { replicas: 1 } },
  }).body;
  assert.deepEqual([status.spec.replicas, status.status.replicas, status.metadata.generation], [2, 1, 1]);
  const spec = lab.call("update", "deployments", {
    ...inDefault,
    name: "d",
    body: { ...status, spec: { ...made.spec, replicas: 3 }, status: {} },
  }).body;
  assert.deepEqual([spec.spec.replicas, spec.status.replicas, spec.metadata.generation], [3, 1, 2]);
});

test("scale is read, replaced and patched in its own shape", () => {
  const lab = createLab();
  lab.call("create", "deployments", { ...inDefault, body: deploymentNamed("d") });
  const at = { ...inDefault, name: "d", subresource: "scale" };
  const scale = lab.call("get", "deployments", at).body;
  assert.deepEqual([scale.kind, scale.spec.replicas, scale.status.selector], ["Scale", 2, "app=d"]);
  assert.equal(
    lab.call("update", "deployments", { ...at, body: { ...scale, spec: { replicas: 4 } } }).body.spec.replicas,
    4,
  );
  assert.equal(lab.call("update", "deployments", { ...at, body: { ...scale, spec: { replicas: 5 } } }).code, 409);
  const patch = { contentType: "application/merge-patch+json", body: { spec: { replicas: 0 } } } as const;
  assert.equal(lab.call("patch", "deployments", { ...at, ...patch }).body.spec.replicas, 0);
  assert.equal(lab.call("patch", "deployments", { ...at, ...patch, body: { spec: { replicas: -1 } } }).code, 422);
});

test("an apply creates, then merges; what its manager leaves out goes; it needs a field manager", () => {
  const lab = createLab();
  const at = { ...inDefault, name: "a", contentType: "application/apply-patch+yaml" } as const;
  const body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: '1'\n";
  assert.equal(lab.call("patch", "configmaps", { ...at, body }).code, 422);
  const query = { fieldManager: "test" };
  assert.equal(lab.call("patch", "configmaps", { ...at, query, body }).code, 201);
  const merged = lab.call("patch", "configmaps", { ...at, query, body: body.replace("x: '1'", "w: '2'") });
  assert.deepEqual([merged.code, merged.body.data], [200, { w: "2" }]);
  const more = { ...at, query: { fieldManager: "other" }, body: body.replace("x: '1'", "z: '3'") };
  assert.deepEqual(lab.call("patch", "configmaps", more).body.data, { w: "2", z: "3" });
});

test("two servers never give an address or a node port twice", () => {
  const lab = createLab({
    servers: 2,
    input: { serviceCidr: "10.0.0.0/28", nodePorts: { first: 30_000, last: 30_009 } },
  });
  // The caches stand still: each server believes that what it has not seen is free.
  lab.order({ held: true });
  const service = (name: string) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { type: "NodePort", selector: { a: "b" }, ports: [{ port: 80 }] },
  });
  const made = Array.from({ length: 10 }, (_none, index) =>
    lab.call("create", "services", { ...inDefault, server: index % 2, body: service(`s${index}`) }),
  );
  assert.deepEqual(
    made.map(({ code }) => code),
    Array(10).fill(201),
  );
  assert.equal(new Set(made.map(({ body }) => body.spec.clusterIP)).size, 10);
  assert.equal(new Set(made.map(({ body }) => body.spec.ports[0].nodePort)).size, 10);
  assert.equal(lab.call("create", "services", { ...inDefault, body: service("more") }).code, 500);
  lab.call("delete", "services", { ...inDefault, name: "s3" });
  lab.order({ held: false });
  assert.equal(lab.call("create", "services", { ...inDefault, body: service("more") }).code, 201);
});

test("a new Service has one node port for ports of one number, and a changed one a node port for each", () => {
  const lab = createLab();
  const ports = ["TCP", "UDP"].map((protocol) => ({ port: 53, protocol, name: protocol.toLowerCase() }));
  const body = (name: string, type: string, more: readonly object[] = ports) => ({
    ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
    spec: { type, selector: { a: "b" }, ports: more },
  });
  const portsOf = ({ body: { spec } }: ReturnType<typeof lab.call>) =>
    spec.ports.map(({ nodePort }: { nodePort: number }) => nodePort);
  const [tcp, udp] = portsOf(lab.call("create", "services", { ...inDefault, body: body("dns", "NodePort") }));
  assert.equal(tcp, udp);
  const asked = [ports[0] ?? {}, { ...ports[1], nodePort: 30_053 }];
  const wished = lab.call("create", "services", { ...inDefault, body: body("asked", "NodePort", asked) });
  assert.deepEqual(portsOf(wished), [30_053, 30_053]);
  lab.call("create", "services", { ...inDefault, body: body("later", "ClusterIP") });
  const changed = lab.call("update", "services", { ...inDefault, name: "later", body: body("later", "NodePort") });
  assert.equal(new Set(portsOf(changed)).size, 2);
});

test("a balanced Service that keeps traffic on its nodes has a port for their health, as long as it does", () => {
  const lab = createLab();
  const body = (name: string, externalTrafficPolicy: string, more: object = {}) => ({
    ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
    spec: { type: "LoadBalancer", externalTrafficPolicy, selector: { a: "b" }, ports: [{ port: 80 }], ...more },
  });
  const made = lab.call("create", "services", { ...inDefault, body: body("web", "Local") }).body;
  const { healthCheckNodePort: port, ports } = made.spec;
  assert.ok(port >= 30_000 && port <= 32_767 && port !== ports[0].nodePort, String(port));
  const again = body("again", "Local", { healthCheckNodePort: port });
  const refused = lab.call("create", "services", { ...inDefault, body: again });
  const why = `failed to allocate requested HealthCheck NodePort ${port}: provided port is already allocated`;
  assert.deepEqual([refused.code, refused.body.message], [500, `Internal error occurred: ${why}`]);
  const update = (change: object) =>
    lab.call("update", "services", { ...inDefault, name: "web", body: change }).body.spec.healthCheckNodePort;
  assert.equal(update(body("web", "Local")), port);
  assert.equal(
    update({ ...made, metadata: { name: "web" }, spec: { ...made.spec, externalTrafficPolicy: "Cluster" } }),
    undefined,
  );
  assert.equal(lab.call("create", "services", { ...inDefault, body: again }).code, 201);
});

test("conflictIgnored, a defect for tests, lets an update overwrite what it has not seen", async () => {
  const lab = (await loadMutated<typeof labs>(conflictIgnored, "properties/stages/apiserver/lab.ts")).createLab();
  const made = lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") }).body;
  lab.call("update", "configmaps", { ...inDefault, name: "a", body: { ...made, data: { k: "1" } } });
  assert.equal(
    lab.call("update", "configmaps", { ...inDefault, name: "a", body: { ...made, data: { k: "2" } } }).code,
    200,
  );
});

test("who is not allowed is told what he cannot do", () => {
  const lab = createLab();
  const user = { name: "eve", groups: ["system:authenticated"] };
  const refused = lab.call("create", "pods", { ...inDefault, user, body: podNamed("p") });
  assert.equal(refused.code, 403);
  assert.equal(
    refused.body.message,
    'pods is forbidden: User "eve" cannot create resource "pods" in API group "" in the namespace "default"',
  );
});

property(
  "concurrent increments through two servers lose nothing",
  [fc.nat(10_000), fc.array(fc.nat(1), { minLength: 2, maxLength: 8 })],
  (seed, servers) => {
    const lab = createLab({ seed, servers: 2 });
    lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("n", { data: { n: "0" } }) });
    for (const server of servers) {
      for (;;) {
        // A cache may lag: the update says which version it means, and is refused if it was not the last.
        const read = lab.call("get", "configmaps", {
          ...inDefault,
          name: "n",
          server,
          query: { resourceVersion: "0" },
        }).body;
        if (read.code === 404) continue;
        const body = { ...read, data: { n: String(Number(read.data.n) + 1) } };
        if (lab.call("update", "configmaps", { ...inDefault, name: "n", server, body }).code === 200) break;
      }
    }
    assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "n" }).body.data.n, String(servers.length));
  },
  { runs: 15 },
);

test("input that is made to harm is refused, not served", () => {
  const lab = createLab();
  const deep = (open: string, close: string) => `${open.repeat(50_000)}1${close.repeat(50_000)}`;
  const body = `{"metadata":{"name":"a"},"data":${deep('{"a":', "}")}}`;
  assert.equal(lab.call("create", "configmaps", { ...inDefault, body }).code, 400);
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  const patch = { contentType: "application/merge-patch+json", body: deep('{"a":', "}") } as const;
  assert.equal(lab.call("patch", "configmaps", { ...inDefault, name: "a", ...patch }).code, 400);
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "../kube-system/x" }).code, 400);
  assert.equal(lab.call("list", "configmaps", { namespace: "default/a" }).code, 400);
  assert.equal(lab.phase(), "serving");
});
