import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";

const inDefault = { namespace: "default" };

test("metadata of another type is refused as any field is, for objects and bindings, and stops nobody", () => {
  const lab = createLab();
  const made = lab.call("create", "configmaps", { ...inDefault, body: { metadata: "x" } });
  assert.match(
    made.body.message,
    /json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta/,
  );
  lab.call("create", "pods", { ...inDefault, body: podNamed("p") });
  const binding = { ...inDefault, name: "p", subresource: "binding" };
  for (const body of [{ metadata: "x", target: { name: "n" } }, { target: "n" }, { target: { name: 1 } }]) {
    const refused = lab.call("create", "pods", { ...binding, body });
    assert.equal(refused.code, 400);
    assert.match(refused.body.message, /^Binding in version "v1" cannot be handled as a Binding: json: /);
  }
  assert.equal(lab.phase(), "serving");
});

test("an object whose type is no text is refused, when it is made and when a patch makes it so, and stops nobody", () => {
  const lab = createLab();
  const odd = { toString: 1, valueOf: 1 };
  const unread = (name: string) =>
    `couldn't get version/kind; json parse error: json: cannot unmarshal object into Go struct field .${name} of type string`;
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("c") });
  for (const name of ["apiVersion", "kind"]) {
    const made = lab.call("create", "configmaps", { ...inDefault, body: { ...configMapNamed("a"), [name]: odd } });
    const unrecognized = `the object provided is unrecognized (must be of type ConfigMap): ${unread(name)} (`;
    assert.deepEqual([made.code, made.body.message.startsWith(unrecognized)], [400, true], made.body.message);
    const contentType = "application/merge-patch+json";
    const patched = lab.call("patch", "configmaps", { ...inDefault, name: "c", contentType, body: { [name]: odd } });
    assert.equal(patched.code, 422);
    assert.ok(patched.body.message.endsWith(`: ${unread(name)}`), patched.body.message);
  }
  assert.equal(lab.phase(), "serving");
});

test("the namespaces without which no cluster works may not be deleted", () => {
  const lab = createLab();
  for (const name of ["default", "kube-system", "kube-public"]) {
    const refused = lab.call("delete", "namespaces", { name });
    assert.equal(refused.code, 403);
    assert.equal(refused.body.message, `namespaces "${name}" is forbidden: this namespace may not be deleted`);
  }
});

test("what every cluster has is made again when somebody deleted it", () => {
  const lab = createLab({ servers: 2 });
  assert.equal(lab.call("delete", "services", { ...inDefault, name: "kubernetes" }).code, 200);
  lab.call("delete", "namespaces", { name: "kube-node-lease" });
  lab.call("update", "namespaces", {
    name: "kube-node-lease",
    subresource: "finalize",
    body: { metadata: { name: "kube-node-lease" }, spec: { finalizers: [] } },
  });
  assert.equal(lab.call("get", "namespaces", { name: "kube-node-lease" }).code, 404);
  lab.simulation.advance(11_000);
  assert.equal(lab.call("get", "services", { ...inDefault, name: "kubernetes" }).body.spec.clusterIP, "10.96.0.1");
  const again = lab.call("get", "namespaces", { name: "kube-node-lease" });
  assert.equal(again.body.status.phase, "Active");
  const { resourceVersion } = lab.call("list", "namespaces").body.metadata;
  lab.simulation.advance(60_000);
  assert.equal(lab.call("list", "namespaces").body.metadata.resourceVersion, resourceVersion, "looking writes nothing");
});

test("a patch that takes the last finalizer of a deleted object is answered with the object as patched", () => {
  const lab = createLab();
  const body = { metadata: { name: "f", finalizers: ["example.com/hold"] } };
  const at = { ...inDefault, name: "f" };
  lab.call("create", "configmaps", { ...inDefault, body });
  const marked = lab.call("delete", "configmaps", at).body.metadata;
  const patched = lab.call("patch", "configmaps", {
    ...at,
    contentType: "application/json-patch+json",
    body: [{ op: "remove", path: "/metadata/finalizers" }],
  }).body.metadata;
  // Who took it away owns nothing, and nobody else does any more.
  const { finalizers: _gone, managedFields: _owners, ...rest } = marked;
  assert.deepEqual(patched, rest);
});

test("a patch that makes a field of the wrong type is refused with what a real server shows of it", () => {
  const lab = createLab();
  const at = { ...inDefault, name: "c" };
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("c") });
  const patch = (kind: "json-patch" | "merge-patch" | "strategic-merge-patch", body: object) =>
    lab.call("patch", "configmaps", { ...at, contentType: `application/${kind}+json`, body });
  const why = "cannot convert int64 to string";
  const strategic = patch("strategic-merge-patch", { data: { a: 1 } });
  assert.equal(strategic.code, 422);
  assert.equal(strategic.body.message, ` "" is invalid: patch: Invalid value: "map[data:map[a:1]]": ${why}`);
  const wrong: readonly [object, string][] = [
    [{ metadata: { labels: "x" } }, "cannot restore map from string"],
    [{ metadata: { finalizers: { a: "b" } } }, "cannot restore slice from map"],
    [{ metadata: 7.5 }, "cannot restore struct from: float64"],
    [{ data: { a: true } }, "unrecognized type: string"],
    [{ immutable: "yes" }, "unrecognized type: bool"],
    [{ metadata: { generation: "1" } }, "unrecognized type: int64"],
    [{ metadata: { deletionTimestamp: 1 } }, "json: cannot unmarshal number into Go value of type string"],
  ];
  for (const [body, words] of wrong) {
    const { message } = patch("strategic-merge-patch", body).body;
    assert.equal(message.slice(message.indexOf('": ') + 3), words);
  }
  const merged = patch("merge-patch", { data: { a: 1 } }).body.details.causes[0];
  assert.equal(merged.field, "patch");
  assert.match(merged.message, /^Invalid value: "\{\\"apiVersion\\":\\"v1\\".*\\"data\\":\{\\"a\\":1\}\}": json: /);
  const missing = patch("json-patch", [{ op: "replace", path: "/data/none", value: "x" }]);
  assert.equal(missing.code, 422);
  assert.equal(missing.body.message, "the server rejected our request due to an error in our request");
});

test("an object is created at its collection, not at its own path", () => {
  const lab = createLab();
  const [collection, body] = ["/api/v1/namespaces/default/configmaps", JSON.stringify(configMapNamed("c"))];
  const refused = lab.http(`${collection}/c`, { method: "POST", body });
  assert.equal(refused.code(), 405);
  const why = "the server does not allow this method on the requested resource";
  assert.equal(JSON.parse(String(refused.body())).message, why);
  const listed = lab.http("/apis/authorization.k8s.io/v1/subjectaccessreviews", { method: "GET" });
  assert.deepEqual([listed.code(), JSON.parse(String(listed.body())).message], [405, why]);
  assert.equal(lab.http(collection, { method: "POST", body }).code(), 201);
});

test("options of a delete are read as their type says, and may not contradict themselves", () => {
  const lab = createLab();
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("c") });
  const remove = (body: object) => lab.call("delete", "configmaps", { ...inDefault, name: "c", body });
  const why = 'DeleteOptions in version "v1" cannot be handled as a DeleteOptions: json: cannot unmarshal';
  for (const body of [{ dryRun: 5 }, { preconditions: "x" }, { gracePeriodSeconds: "1" }, { propagationPolicy: {} }]) {
    const refused = remove(body);
    assert.equal(refused.code, 400);
    assert.ok(refused.body.message.startsWith(why), refused.body.message);
  }
  const both = remove({ propagationPolicy: "Orphan", orphanDependents: true });
  assert.equal(both.code, 422);
  assert.match(both.body.message, /orphanDependents and deletionPropagation cannot be both set$/);
  assert.match(remove({ propagationPolicy: "Foo" }).body.message, /^DeleteOptions.meta.k8s.io "" is invalid: /);
  for (const dryRun of [["all"], ["All", "x"], [""]]) {
    const refused = remove({ dryRun });
    assert.equal(refused.code, 422);
    const why = `dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`;
    assert.equal(refused.body.message, `DeleteOptions.meta.k8s.io "" is invalid: ${why}`);
    assert.equal(lab.call("deletecollection", "configmaps", { ...inDefault, body: { dryRun } }).code, 422);
  }
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "c" }).code, 200);
});

test("a Scale is read as its type says: what is none changes nothing", () => {
  const lab = createLab();
  const labels = { app: "d" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "web:1" }] } };
  const body = { metadata: { name: "d" }, spec: { replicas: 2, selector: { matchLabels: labels }, template } };
  lab.call("create", "deployments", { ...inDefault, body });
  const at = { ...inDefault, name: "d", subresource: "scale" };
  for (const wrong of [{ spec: 5 }, { metadata: 5 }, { spec: { replicas: "x" } }, { kind: "Foo" }]) {
    assert.equal(lab.call("update", "deployments", { ...at, body: wrong }).code, 400);
  }
  for (const wrong of [{ spec: 5 }, { metadata: 5 }, { spec: { replicas: 1.5 } }]) {
    const contentType = "application/merge-patch+json" as const;
    const refused = lab.call("patch", "deployments", { ...at, body: wrong, contentType });
    assert.equal(refused.code, 422);
    assert.equal(refused.body.details.causes[0].field, "patch");
  }
  assert.equal(lab.call("get", "deployments", at).body.spec.replicas, 2);
});

test("a dry run in words that nobody knows is refused: it would be a write in earnest", () => {
  const lab = createLab();
  const query = { dryRun: "Some" };
  const refused = lab.call("create", "configmaps", { ...inDefault, query, body: configMapNamed("c") });
  assert.equal(refused.code, 422);
  assert.match(refused.body.message, /^CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: \["Some"\]/);
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "c" }).code, 404);
});

test("options of a write that Kubernetes does not know are refused in its words, each verb under its own name", () => {
  const lab = createLab();
  const at = { ...inDefault, name: "c" };
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("c") });
  const merge = "application/merge-patch+json";
  const said = (verb: "create" | "update" | "patch", query: Record<string, string>, contentType = merge) => {
    const place = verb === "create" ? inDefault : { ...at, ...(verb === "patch" ? { contentType } : {}) };
    const { code, body } = lab.call(verb, "configmaps", { ...place, query, body: configMapNamed("c") });
    assert.equal(code, 422);
    return body.message;
  };
  assert.equal(
    said("patch", { force: "False" }),
    'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
  );
  assert.match(said("patch", {}, "application/apply-patch+yaml"), /^PatchOptions.* fieldManager: Required value: is/);
  assert.match(said("update", { fieldValidation: "x" }), /^UpdateOptions.* fieldValidation: Unsupported value: "x"/);
  assert.match(
    said("create", { fieldManager: "é".repeat(65) }),
    /^CreateOptions.* fieldManager: Too long: may not be more than 128 bytes$/,
  );
  assert.match(
    said("update", { fieldManager: "é\u0001" }),
    /^UpdateOptions.* fieldManager: Invalid value: "é\\u0001": invalid character U\+0001 \(at position 2\)$/,
  );
});

test("force is for an apply alone, which is told by the type of a body that comes after its head", () => {
  const lab = createLab();
  const patched = (type: string, query: string, body: object) => {
    const url = `/api/v1/namespaces/default/configmaps/c?${query}`;
    return lab.http(url, { method: "PATCH", headers: { "content-type": type }, body: JSON.stringify(body) });
  };
  const applied = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } };
  for (const force of ["false", "true"]) {
    const answer = patched("application/apply-patch+yaml", `fieldManager=m&force=${force}`, applied);
    assert.ok([200, 201].includes(answer.code()), answer.body());
  }
  const answer = patched("application/merge-patch+json", "force=false", {});
  assert.equal(answer.code(), 422);
  assert.match(answer.body(), /force: Forbidden: may not be specified for non-apply patch/);
});

test("a body that looks like a server's failure is judged as the body that it is", () => {
  const lab = createLab();
  const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", code: 200, message: "mine" };
  const at = { namespace: "default", name: "a" };
  const wanted = /^Status in version "v1" cannot be handled as a ConfigMap/;
  const made = lab.call("create", "configmaps", { namespace: "default", body });
  assert.equal(made.code, 400);
  assert.match(made.body.message, wanted);
  const updated = lab.call("update", "configmaps", { ...at, body });
  assert.deepEqual([updated.code, wanted.test(updated.body.message)], [400, true]);
  lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("a") });
  const contentType = "application/merge-patch+json";
  const patched = lab.call("patch", "configmaps", { ...at, contentType, body });
  assert.deepEqual([patched.code, wanted.test(patched.body.message)], [400, true]);
});

test("each value of a dry run counts, not only the first", () => {
  const lab = createLab();
  const post = (query: string) =>
    lab.http(`/api/v1/namespaces/default/configmaps?${query}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(configMapNamed("c")),
    });
  const refused = post("dryRun=All&dryRun=X");
  assert.equal(refused.code(), 422);
  assert.match(
    JSON.parse(refused.body()).message,
    /dryRun: Unsupported value: \["All","X"\]: supported values: "All"$/,
  );
  assert.equal(post("dryRun=All&dryRun=All").code(), 201);
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "c" }).code, 404);
});

test("an object may be given longer to end than any time can say, and no number is larger than Go's", () => {
  const lab = createLab();
  const spec = { containers: [{ name: "c", image: "i" }], terminationGracePeriodSeconds: 9e15, nodeName: "n" };
  lab.call("create", "pods", { ...inDefault, body: { ...podNamed("p"), spec } });
  const at = { ...inDefault, name: "p" };
  const refused = lab.call("delete", "pods", { ...at, body: { gracePeriodSeconds: 1e300 } });
  assert.equal(refused.code, 400);
  assert.match(refused.body.message, /cannot unmarshal number 1e\+300 into Go struct field .* of type int64$/);
  const deleted = lab.call("delete", "pods", at);
  assert.equal(deleted.code, 200);
  assert.equal(deleted.body.metadata.deletionTimestamp, "9999-12-31T23:59:59Z");
  assert.equal(lab.phase(), "serving");
});

test("a body that does not say what it is, and a continue that nobody gave out, are told of in the words of Go's readers", () => {
  const lab = createLab();
  const collection = "/api/v1/namespaces/default/configmaps";
  const made = (body: string) => {
    const answer = lab.http(collection, { method: "POST", headers: { "content-type": "application/json" }, body });
    return [answer.code(), JSON.parse(String(answer.body())).message];
  };
  const why =
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error:";
  assert.deepEqual(made("nojson"), [
    400,
    `${why} invalid character 'o' in literal null (expecting 'u') (6e6f6a736f6e)`,
  ]);
  assert.deepEqual(made(""), [400, `${why} unexpected end of JSON input (<empty>)`]);
  assert.deepEqual(made(`{"metadata":{"name":"a"},"data":{"`), [
    400,
    `${why} unexpected end of JSON input ({"metadata":{"name":"a"},"data ...)`,
  ]);
  const struct =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  assert.deepEqual(made("[1]"), [400, `${why} json: cannot unmarshal array into Go value of type ${struct} (5b315d)`]);
  const listed = (token: string) => {
    const answer = lab.http(`${collection}?limit=1&continue=${token}`, { method: "GET" });
    return [answer.code(), JSON.parse(String(answer.body())).message];
  };
  const tokenOf = (token: object) => btoa(JSON.stringify(token)).replace(/=+$/, "");
  const cases: readonly (readonly [string, string])[] = [
    ["a!b", ": illegal base64 data at input byte 1"],
    ["abcde", ": illegal base64 data at input byte 4"],
    [btoa("nop"), ": invalid character 'o' in literal null (expecting 'u')"],
    [tokenOf({ v: "v0" }), ": server does not recognize this encoded version v0"],
    [tokenOf({ v: "meta.k8s.io/v1" }), ": incorrect encoded start resourceVersion (version meta.k8s.io/v1)"],
    [tokenOf({ v: "meta.k8s.io/v1", rv: 1 }), ": encoded start key empty (version meta.k8s.io/v1)"],
    [tokenOf({ v: "meta.k8s.io/v1", rv: 1, start: "../secrets/a" }), ": ../secrets/a"],
  ];
  for (const [token, text] of cases) assert.deepEqual(listed(token), [400, `continue key is not valid${text}`]);
});
