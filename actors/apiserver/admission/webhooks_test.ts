import { assert, test } from "../../../properties/house/test.ts";
import { podNamed } from "../../../properties/stages/apiserver/lab.ts";
import {
  answering,
  createWebhookLab,
  hookNamed,
  type Play,
  patching,
  yes,
} from "../../../properties/stages/apiserver/webhooks.ts";

const label = (key: string, value: string) => patching({ op: "add", path: `/metadata/labels/${key}`, value });

test("webhooks change an object one after the other, by the names of their configurations, before others judge it", () => {
  const lab = createWebhookLab({
    first: () => label("a", "1"),
    second: ({ request }) => label("b", request.object.metadata.labels.a),
    judge: ({ request }) => ({ allowed: request.object.metadata.labels.b === "1", warnings: ["seen"] }),
  });
  lab.configure("Mutating", "b", [hookNamed("second")]);
  lab.configure("Mutating", "a", [hookNamed("first")]);
  lab.configure("Validating", "a", [hookNamed("judge")]);
  const made = lab.make("x", { labels: { own: "1" } });
  assert.deepEqual([made.code, made.metadata.labels, made.warnings], [201, { own: "1", a: "1", b: "1" }, ["seen"]]);
  assert.deepEqual(
    lab.asked.map(({ hook }) => hook),
    ["first", "second", "judge"],
  );
  const { uid, object, ...request } = lab.asked[0]?.request ?? {};
  assert.match(uid, /^[0-9a-f-]{36}$/);
  assert.deepEqual([object.metadata.name, object.apiVersion, object.kind], ["x", "v1", "ConfigMap"]);
  const kind = { group: "", version: "v1", kind: "ConfigMap" };
  const resource = { group: "", version: "v1", resource: "configmaps" };
  assert.deepEqual(request, {
    ...{ kind, resource, requestKind: kind, requestResource: resource },
    ...{ name: "x", namespace: "default", operation: "CREATE", oldObject: null, dryRun: false },
    userInfo: { username: "admin", groups: ["system:masters", "system:authenticated"] },
    options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1" },
  });
});

test("a webhook's refusal is told in its words, and nothing is stored", () => {
  const plays: Record<string, Play> = {
    why: () => ({ allowed: false, status: { code: 403, message: "not today", reason: "Forbidden" } }),
    reason: () => ({ allowed: false, status: { reason: "Gone", code: 200 } }),
    bare: () => ({ allowed: false }),
  };
  const said = Object.keys(plays).map((name) => {
    const lab = createWebhookLab(plays);
    lab.configure("Validating", "c", [hookNamed(name)]);
    const refused = lab.make("x");
    assert.equal(lab.call("get", "configmaps", { namespace: "default", name: "x" }).code, 404);
    return [refused.code, refused.message];
  });
  assert.deepEqual(said, [
    [403, 'admission webhook "why.example.com" denied the request: not today'],
    [400, 'admission webhook "reason.example.com" denied the request: Gone'],
    [400, 'admission webhook "bare.example.com" denied the request without explanation'],
  ]);
});

test("a webhook that cannot be asked refuses, unless it is to be ignored then", () => {
  const review = (response: object) =>
    answering(JSON.stringify({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", response }));
  const cases: Readonly<Record<string, readonly [Play, RegExp]>> = {
    silent: [() => "silence", /Post "https:\/\/hooks.example.com\/silent\?timeout=10s": context deadline exceeded$/],
    long: [() => answering("x".repeat(9_000_000)), /http: response body too large$/],
    api: [() => answering('{"kind":"Status","message":"not you"}', 403), /failed to call webhook: not you$/],
    lost: [() => answering("", 404), /failed to call webhook: the server could not find the requested resource$/],
    broken: [
      () => answering("boom", 500),
      /an error on the server \("boom"\) has prevented the request from succeeding$/,
    ],
    text: [() => answering("hello"), /failed to call webhook: couldn't get version\/kind; json parse error: /],
    deep: [() => answering("[".repeat(100_000)), /nested too deeply$/],
    other: [
      () => review({ uid: "other" }),
      /received invalid webhook response: expected response.uid="[^"]+", got "other"$/,
    ],
    absent: [() => answering("{}"), /received invalid webhook response: webhook response was absent$/],
    typed: [
      () => answering('{"apiVersion":{"toString":1,"valueOf":1},"response":{}}'),
      /json: cannot unmarshal object into Go struct field .apiVersion of type string$/,
    ],
    untyped: [
      ({ request }) => answering(JSON.stringify({ response: { uid: request.uid } })),
      /expected webhook response of/,
    ],
    patch: [() => ({ allowed: true, patch: "W10=" }), /validating webhook may not return response.patch$/],
  };
  for (const [name, [play, expected]] of Object.entries(cases)) {
    const lab = createWebhookLab({ [name]: play });
    lab.configure("Validating", "c", [hookNamed(name)]);
    const { code, message } = lab.make("x");
    assert.equal(code, 500, name);
    assert.match(message, expected);
    assert.match(message, RegExp(`^Internal error occurred: failed calling webhook "${name}.example.com": `));
    lab.configure("Validating", "d", [hookNamed("good")]);
    lab.call("delete", "validatingwebhookconfigurations", { name: "c" });
    lab.configure("Validating", "c", [hookNamed(name, { failurePolicy: "Ignore" })]);
    assert.equal(lab.make("x").code, 201, name);
    assert.equal(lab.asked.at(-1)?.hook, "good");
  }
});

test("a webhook can make of an object no other, nor something that is none", () => {
  const replace = (path: string, value: unknown) => () => patching({ op: "replace", path, value });
  const cases: Readonly<Record<string, readonly [Play, number, RegExp]>> = {
    kind: [replace("/kind", "Secret"), 500, /converting \(v1.Secret\) to \(v1.ConfigMap\): unknown conversion/],
    namespace: [replace("/metadata/namespace", "kube-system"), 500, /does not match the namespace sent on the request/],
    metadata: [replace("/metadata", null), 500, /has no metadata/],
    whole: [replace("", []), 500, /is no object|no metadata/],
    type: [() => patching({ op: "add", path: "/metadata/labels", value: 1 }), 500, /cannot unmarshal/],
    path: [() => patching({ op: "remove", path: "/none" }), 500, /remove operation does not apply/],
    key: [replace("/metadata/name", "../secrets/x"), 422, /metadata.name/],
    nameless: [replace("/metadata/name", ""), 422, /metadata.name/],
    text: [() => ({ allowed: true, patchType: "JSONPatch", patch: "!" }), 500, /received undecodable patch/],
    merge: [() => ({ allowed: true, patchType: "Merge", patch: "W10=" }), 500, /unsupported patch type "Merge"/],
  };
  for (const [name, [play, code, expected]] of Object.entries(cases)) {
    const lab = createWebhookLab({ [name]: play });
    lab.configure("Mutating", "c", [hookNamed(name)]);
    const refused = lab.make("x");
    assert.equal(refused.code, code, `${name}: ${refused.message}`);
    assert.match(refused.message, expected);
  }
  const lab = createWebhookLab({ name: replace("/metadata/name", "y") });
  assert.equal(lab.make("x").code, 201);
  lab.configure("Mutating", "c", [hookNamed("name")]);
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", labels: { a: "b" } } };
  assert.equal(lab.call("update", "configmaps", { namespace: "default", name: "x", body }).code, 422);
});

test("who wants it is asked again when another webhook has changed the object, once, and nobody for the first time", () => {
  const lab = createWebhookLab({
    first: ({ request }) => ({ ...yes, warnings: Object.keys(request.object.metadata.labels ?? {}) }),
    second: ({ request }) =>
      request.object.metadata.labels?.b ? yes : patching({ op: "add", path: "/metadata/labels", value: { b: "1" } }),
    third: () => yes,
  });
  const again = { reinvocationPolicy: "IfNeeded" };
  const labelled = { objectSelector: { matchLabels: { b: "1" } }, ...again };
  lab.configure("Mutating", "c", [
    hookNamed("late", labelled),
    hookNamed("first", again),
    hookNamed("second", again),
    hookNamed("third"),
  ]);
  assert.deepEqual(lab.make("x").warnings, ["b"]);
  assert.deepEqual(
    lab.asked.map(({ hook }) => hook),
    ["first", "second", "third", "first"],
  );
  lab.asked.length = 0;
  lab.make("y", { labels: { b: "1" } });
  assert.deepEqual(
    lab.asked.map(({ hook }) => hook),
    ["late", "first", "second", "third"],
  );
});

test("webhooks are asked about what their rules, selectors and conditions mean", () => {
  const about = (lab: ReturnType<typeof createWebhookLab>) =>
    lab.asked.splice(0).map(({ hook, request }) => `${hook} ${request.operation}`);
  const rule = (more: object) => ({
    rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"], ...more }],
  });
  const lab = createWebhookLab({});
  lab.configure("Validating", "c", [
    hookNamed("updates", rule({ operations: ["UPDATE"] })),
    hookNamed("wide", rule({ scope: "Cluster" })),
    hookNamed("parts", rule({ resources: ["*/status"] })),
    hookNamed("team", { namespaceSelector: { matchLabels: { team: "a" } } }),
    hookNamed("marked", { objectSelector: { matchExpressions: [{ key: "mark", operator: "Exists" }] } }),
    hookNamed("named", {
      matchConditions: [{ name: "n", expression: "object != null && object.metadata.name == 'x'" }],
    }),
  ]);
  lab.make("y");
  assert.deepEqual(about(lab), []);
  lab.make("x", { labels: { mark: "" } });
  assert.deepEqual(about(lab), ["marked CREATE", "named CREATE"]);
  const contentType = "application/merge-patch+json";
  const unmark = { metadata: { labels: { mark: null } } };
  lab.call("patch", "configmaps", { namespace: "default", name: "x", body: unmark, contentType });
  assert.deepEqual(about(lab), ["updates UPDATE", "marked UPDATE", "named UPDATE"]);
  lab.call("delete", "configmaps", { namespace: "default", name: "x" });
  assert.deepEqual(about(lab), []);
  const metadata = { name: "a", labels: { team: "a" } };
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata } });
  assert.deepEqual(about(lab), ["wide CREATE"]);
  lab.make("z", { namespace: "a" });
  assert.deepEqual(about(lab), ["team CREATE"]);
  lab.call("create", "pods", { namespace: "default", body: podNamed("p") });
  const body = { status: { phase: "Running" } };
  lab.call("patch", "pods", { namespace: "default", name: "p", subresource: "status", body, contentType });
  assert.deepEqual(about(lab), ["parts UPDATE"]);
  lab.configure("Validating", "d", [hookNamed("self", rule({}))]);
  assert.deepEqual(about(lab), []);
});

test("a rule means another version of a kind too, which is shown and patched in that version", () => {
  const target = (value: number) => patching({ op: "add", path: "/spec/targetCPUUtilizationPercentage", value });
  const lab = createWebhookLab({ old: () => target(42), exact: () => target(43) });
  const rules = [
    {
      apiGroups: ["autoscaling"],
      apiVersions: ["v1"],
      operations: ["CREATE"],
      resources: ["horizontalpodautoscalers"],
    },
  ];
  lab.configure("Mutating", "c", [hookNamed("old", { rules }), hookNamed("exact", { rules, matchPolicy: "Exact" })]);
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
  const body = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "h" },
    spec: { scaleTargetRef, maxReplicas: 2 },
  };
  const made = lab.http("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", {
    method: "POST",
    body: JSON.stringify(body),
  });
  assert.equal(made.code(), 201);
  assert.equal(JSON.parse(made.body()).spec.metrics[0].resource.target.averageUtilization, 42);
  const [asked] = lab.asked;
  assert.equal(lab.asked.length, 1);
  assert.deepEqual(
    [asked?.request.kind.version, asked?.request.requestKind.version, asked?.request.object.apiVersion],
    ["v1", "v2", "autoscaling/v1"],
  );
});

test("a dry run asks only webhooks without side effects; a delete tells what goes, and of who connects what is wanted", () => {
  const lab = createWebhookLab({ no: () => ({ allowed: false }) });
  const rules = [
    { apiGroups: [""], apiVersions: ["v1"], operations: ["CONNECT", "DELETE"], resources: ["pods/exec", "configmaps"] },
  ];
  lab.configure("Validating", "c", [hookNamed("some", { sideEffects: "NoneOnDryRun" })]);
  assert.equal(lab.make("x", { query: { dryRun: "All" } }).code, 201);
  assert.deepEqual([lab.asked[0]?.request.dryRun, lab.asked[0]?.request.options.dryRun], [true, ["All"]]);
  lab.make("x");
  lab.configure("Validating", "d", [hookNamed("no", { rules })]);
  assert.equal(lab.call("delete", "configmaps", { namespace: "default", name: "x" }).code, 400);
  const { request } = lab.asked.at(-1) ?? {};
  assert.deepEqual(
    [request.operation, request.object, request.oldObject.metadata.name, request.options.kind],
    ["DELETE", null, "x", "DeleteOptions"],
  );
  assert.equal(lab.asked.filter(({ hook }) => hook === "no").length, 1);
  const query = { command: "ls", stdin: "False", stdout: "True", stderr: "t", tty: "0" };
  assert.equal(lab.call("create", "pods", { namespace: "default", name: "p", subresource: "exec", query }).code, 400);
  const options = { apiVersion: "v1", kind: "PodExecOptions", stdout: true, stderr: true, command: ["ls"] };
  assert.deepEqual(lab.asked.at(-1)?.request.object, options);
});

test("webhooks that judge are asked at the same time, and the first of them decides", () => {
  const late = (name: string) => (): ReturnType<Play> => ({
    answer: { ok: true, code: 200, body: "{}" },
    afterMs: 1_000 + name.length,
  });
  const lab = createWebhookLab({ one: late("one"), other: () => ({ allowed: false }) });
  lab.configure("Validating", "c", [hookNamed("one"), hookNamed("other")]);
  const before = lab.simulation.uptimeMs();
  assert.match(lab.make("x").message, /failed calling webhook "one.example.com"/);
  assert.ok(lab.simulation.uptimeMs() - before < 1_500);
  assert.deepEqual(
    lab.asked.map(({ hook }) => hook),
    ["one", "other"],
  );
});

test("a webhook behind a Service is asked where that leads: by its other name, or to what somebody has put behind it", () => {
  const lab = createWebhookLab({});
  const make = (plural: string, body: object) => lab.call("create", plural, { namespace: "default", body });
  const service = (name: string, spec: object) =>
    make("services", { apiVersion: "v1", kind: "Service", metadata: { name }, spec });
  const asked = (name: string, port = 443, path = "/judge") => {
    const clientConfig = { service: { name, namespace: "default", ...(path === "" ? {} : { path }), port } };
    lab.configure("Validating", "c", [hookNamed("judge", { clientConfig })]);
    const { message } = lab.make("x", { query: { dryRun: "All" } });
    lab.call("delete", "validatingwebhookconfigurations", { name: "c" });
    return message ?? lab.places.at(-1);
  };
  const failure = (name: string, why: string, port = 443) =>
    `Internal error occurred: failed calling webhook "judge.example.com": failed to call webhook: Post "https://${name}.default.svc:${port}/judge?timeout=10s": ${why}`;
  assert.equal(asked("none"), failure("none", 'service "none" not found'));
  assert.match(asked("none", 443, "") ?? "", /"https:\/\/none\.default\.svc:443\/\?timeout=10s"/);
  assert.match(asked("none", 443, "/judge/") ?? "", /"https:\/\/none\.default\.svc:443\/judge\?timeout=10s"/);
  service("named", { type: "ExternalName", externalName: "hooks.example.com" });
  assert.equal(asked("named", 8_443), "hooks.example.com:8443");
  const ports = [{ name: "https", port: 443, targetPort: 9_443 }];
  service("placed", { clusterIP: "10.96.0.77", ports });
  assert.equal(asked("placed", 444), failure("placed", 'no service port 444 found for service "placed"', 444));
  assert.equal(asked("placed"), failure("placed", "dial tcp 10.96.0.77:443: connect: connection refused"));
  make("endpointslices", {
    ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
    metadata: { name: "placed-1", labels: { "kubernetes.io/service-name": "placed" } },
    endpoints: [{ addresses: ["192.0.2.1"], conditions: { ready: false } }, { addresses: ["192.0.2.2"] }],
    ports: [{ name: "https", port: 9_443 }],
  });
  assert.equal(asked("placed"), "192.0.2.2:9443");
  service("pods", { clusterIP: "10.96.0.78", ports, selector: { app: "hook" } });
  assert.equal(asked("pods"), failure("pods", "dial tcp 10.96.0.78:443: connect: connection refused"));
});
