import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab } from "../../../properties/stages/apiserver/lab.ts";

test("each health check answers by itself, and those that are excluded do not count", () => {
  const lab = createLab();
  const ask = (url: string) => {
    const answer = lab.http(url);
    return [answer.code(), answer.body()] as const;
  };
  assert.deepEqual(ask("/readyz/etcd"), [200, "ok"]);
  assert.deepEqual(ask("/livez/poststarthook/crd-informer-synced"), [200, "ok"]);
  assert.equal(ask("/readyz/nothing")[0], 404);
  assert.match(
    ask("/readyz?verbose&exclude=etcd")[1],
    /^\[\+\]ping ok\n.*\[\+\]etcd excluded: ok\n.*readyz check passed\n$/s,
  );
  const unknown = ask("/livez?verbose=true&exclude=ping&exclude=b&exclude=a")[1];
  assert.match(
    unknown,
    /\nwarn: some health checks cannot be excluded: no matches for "a", "b"\nlivez check passed\n$/,
  );
});

test("the checks are Kubernetes' own, in its order, and `/api` says where the server is", () => {
  const names = (text: string) => [...text.matchAll(/^\[.\](\S+) /gm)].map(([, name = ""]) => name);
  const lab = createLab({ input: { advertise: { ip: "172.18.0.2", port: 6443 } } });
  lab.simulation.advance(2_000);
  const ready = names(lab.http("/readyz?verbose").body());
  assert.equal(ready.length, 35);
  assert.deepEqual(ready.slice(0, 6), [
    ...["ping", "log", "etcd", "etcd-readiness", "informer-sync"],
    "poststarthook/start-apiserver-admission-initializer",
  ]);
  assert.deepEqual(ready.slice(-5), [
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
    "shutdown",
  ]);
  const others = ["etcd-readiness", "informer-sync", "shutdown"];
  for (const path of ["/livez?verbose", "/healthz?verbose"])
    assert.deepEqual(
      names(lab.http(path).body()),
      ready.filter((name) => !others.includes(name)),
    );
  assert.equal(lab.http("/livez/poststarthook/rbac/bootstrap-roles").body(), "ok");
  assert.deepEqual(JSON.parse(lab.http("/api").body()).serverAddressByClientCIDRs, [
    { clientCIDR: "0.0.0.0/0", serverAddress: "172.18.0.2:6443" },
  ]);
});

test("one check is not for strangers, though the whole is", () => {
  const lab = createLab();
  assert.equal(lab.http("/readyz", { peer: "none" }).code(), 200);
  assert.equal(lab.http("/readyz/etcd", { peer: "none" }).code(), 403);
  assert.equal(lab.http("/metrics", { peer: "none" }).code(), 403);
});

test("discovery and OpenAPI have tags: who has them is told that nothing is new, until something is", () => {
  const lab = createLab();
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
  for (const [url, headers] of [
    ["/apis", { accept }],
    ["/openapi/v2", {}],
    ["/openapi/v3", {}],
  ] as const) {
    const first = lab.http(url, { headers });
    const tag = first.headers().ETag ?? "";
    assert.match(tag, /^"[0-9A-F]+"$/, url);
    const again = lab.http(url, { headers: { ...headers, "if-none-match": `"x", ${tag}` } });
    assert.deepEqual([again.code(), again.body(), again.headers().ETag], [304, "", tag], url);
    assert.equal(lab.http(url, { headers: { ...headers, "if-none-match": '"x"' } }).code(), 200, url);
  }
  const aggregated = lab.http("/apis", { headers: { accept } });
  assert.equal(JSON.parse(aggregated.body()).apiVersion, "apidiscovery.k8s.io/v2beta1");
  assert.equal(
    aggregated.headers()["Content-Type"],
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
  );
});

test("a document of OpenAPI v3 is kept for ever under its hash, and found by one that is old", () => {
  const lab = createLab();
  const { serverRelativeURL: url } = JSON.parse(lab.http("/openapi/v3").body()).paths["apis/apps/v1"];
  const document = lab.http(url);
  assert.deepEqual([document.code(), document.headers()["Cache-Control"]], [200, "public, immutable"]);
  const old = lab.http("/openapi/v3/apis/apps/v1?hash=0");
  assert.deepEqual([old.code(), old.headers().Location], [301, url]);
  assert.equal(lab.http("/openapi/v3/apis/apps/v1").headers()["Cache-Control"], "public");
});

test("/metrics counts what was asked, how long it took, and what is stored, under Kubernetes' names", () => {
  const lab = createLab();
  lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("a") });
  lab.http("/api/v1/namespaces/default/configmaps/none");
  lab.http("/api/v1/configmaps?watch=1");
  const answer = lab.http("/metrics");
  assert.match(answer.headers()["Content-Type"] ?? "", /^text\/plain; version=0\.0\.4/);
  const text = answer.body();
  // The other ConfigMap is the server's own: since when it is noted who uses the tokens of Secrets.
  for (const line of [
    'apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"} 2',
    'apiserver_request_total{code="404",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"} 1',
    'apiserver_longrunning_requests{component="apiserver",group="",resource="configmaps",scope="",subresource="",verb="WATCH",version="v1"} 1',
    'apiserver_storage_objects{resource="configmaps"} 2',
    'kubernetes_healthcheck{name="etcd",type="readyz"} 1',
    "# TYPE apiserver_request_duration_seconds histogram",
  ]) {
    assert.ok(text.split("\n").includes(line), line);
  }
  assert.match(text, /^etcd_request_duration_seconds_count\{operation="update"\} [1-9]/m);
  // Each line is one that Prometheus reads, and no metric begins twice.
  const sample = /^[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (?:[0-9.e+-]+)$/;
  for (const line of text.trimEnd().split("\n")) assert.ok(line.startsWith("# ") || sample.test(line), line);
  const heads = text.split("\n").filter((line) => line.startsWith("# TYPE "));
  assert.equal(new Set(heads).size, heads.length);
  assert.match(
    lab.http("/metrics/slis").body(),
    /^# HELP kubernetes_healthcheck .*\n# TYPE kubernetes_healthcheck gauge\n/,
  );
});

test("a timeout that is no duration is refused, but by what lasts as long as it is wanted", () => {
  const lab = createLab();
  const problem = (url: string) => {
    const { code, body } = lab.http(url);
    return code() === 400 ? JSON.parse(body()).message : code();
  };
  const refused = "invalid timeout specified in the request URL - time:";
  assert.deepEqual(
    ["invalid", "5", "1s3", "3w", "-", "1h.5m", "3m", "0", "-1s", ""].map((each) =>
      problem(`/api/v1/namespaces?timeout=${each}`),
    ),
    [
      `${refused} invalid duration "invalid"`,
      `${refused} missing unit in duration "5"`,
      `${refused} missing unit in duration "1s3"`,
      `${refused} unknown unit "w" in duration "3w"`,
      `${refused} invalid duration "-"`,
      ...[200, 200, 200, 200, 200],
    ],
  );
  assert.equal(problem("/version?timeout=x"), `${refused} invalid duration "x"`);
  assert.equal(problem("/api/v1/namespaces?watch=1&timeout=x&timeoutSeconds=1"), 200);
});

test("the document of OpenAPI v2 has a path with its names for all that discovery lists, parts of objects too", () => {
  const lab = createLab();
  const get = (url: string) => JSON.parse(lab.http(url).body());
  type Operations = Readonly<Record<string, { readonly "x-kubernetes-action"?: string }>>;
  const paths = get("/openapi/v2").paths as Readonly<Record<string, Operations & { parameters?: { name: string }[] }>>;
  const groups = get("/apis").groups as { readonly versions: readonly { readonly groupVersion: string }[] }[];
  const roots = groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`));
  let parts = 0;
  for (const root of ["/api/v1", ...roots]) {
    for (const { name, namespaced, verbs } of get(root).resources as readonly Listed[]) {
      const [plural, part] = name.split("/");
      const collection = `${root}${namespaced ? "/namespaces/{namespace}" : ""}/${plural}`;
      const path = part ? `${collection}/{name}/${part}` : collection;
      const found = paths[path];
      assert.ok(found, path);
      assert.deepEqual(
        (found.parameters ?? []).map((each) => each.name),
        [...path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each),
      );
      if (verbs.includes("patch") && part) assert.ok(found.patch, path);
      if (verbs.includes("list") && namespaced) assert.ok(paths[`${root}/${plural}`]?.get, plural);
      if (verbs.includes("watch")) assert.ok(paths[path.replace(root, `${root}/watch`)]?.get, plural);
      if (part) parts++;
    }
  }
  assert.ok(parts > 30);
  assert.equal(paths["/api/v1/namespaces/{namespace}/pods/{name}/log"]?.get?.["x-kubernetes-action"], "connect");
});

interface Listed {
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

test("what is nowhere below Kubernetes' own paths is not found in Go's words, and what is below one in a Status", () => {
  const lab = createLab();
  const asked = (path: string, method = "GET") => {
    const answer = lab.http(path, { method });
    const { "Content-Type": type, "X-Content-Type-Options": sniffing } = answer.headers();
    return [
      answer.code(),
      type,
      sniffing,
      type === "application/json" ? JSON.parse(answer.body()).reason : answer.body(),
    ];
  };
  const text = [404, "text/plain; charset=utf-8", "nosniff", "404 page not found\n"];
  const status = [404, "application/json", undefined, "NotFound"];
  const astray = ["/foo", "/openapi/v4", "/healthz/nope", "/apis/x.example.com", "/apis/x.example.com/v1/things/a"];
  for (const path of astray) assert.deepEqual(asked(path), text, path);
  assert.deepEqual(asked("/foo", "POST"), text);
  const below = ["/api/v2", "/api/v1/foos", "/apis/apps/v9", "/apis/apps/v1/namespaces/default/foos/x", "/version/x"];
  for (const path of below) assert.deepEqual(asked(path), status, path);
});
