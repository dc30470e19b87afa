import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { answering } from "../../../properties/stages/apiserver/webhooks.ts";
import { httpsClientModel, type PlayedAnswer } from "../../../runtime/devices/https_client_model.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
type Any = any;

const group = "stable.example.com";
const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const string = { type: "string" };

function version(name: string, storage: boolean, spec: object) {
  const schema = { type: "object", properties: { spec: { type: "object", properties: spec }, status: open } };
  return {
    ...{ name, storage, served: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
    selectableFields: name === "v1" ? [{ jsonPath: ".spec.host" }] : [],
  };
}

const definitionOf = (
  stored: "v1" | "v1beta1",
  clientConfig: object = { url: "https://hooks.example.com/convert" },
) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `places.${group}` },
  spec: {
    ...{ group, scope: "Namespaced", names: { plural: "places", kind: "Place" } },
    versions: [
      version("v1beta1", stored === "v1beta1", { hostPort: string }),
      version("v1", stored === "v1", { host: string, port: string }),
    ],
    conversion: { strategy: "Webhook", webhook: { clientConfig, conversionReviewVersions: ["v2", "v1"] } },
  },
});

/** As the example of Kubernetes' documents converts: one field of the old version is two of the new one. */
function converted(object: Any, desired: string): Any {
  const { hostPort = "", host = "", port = "" } = object.spec ?? {};
  const [first = "", second = ""] = String(hostPort).split(":");
  const spec = desired.endsWith("/v1") ? { host: first, port: second, odd: 1 } : { hostPort: `${host}:${port}` };
  return { ...object, apiVersion: desired, spec };
}

/** What a webhook makes of a question: its response, or another answer altogether. */
type Converter = (request: Any) => object | PlayedAnswer;

const good: Converter = ({ objects, desiredAPIVersion }) => ({
  result: { status: "Success" },
  convertedObjects: objects.map((object: Any) => converted(object, desiredAPIVersion)),
});

function createConversionLab(stored: "v1" | "v1beta1" = "v1beta1") {
  const asked: Any[] = [];
  const play = { converter: good };
  const https = httpsClientModel(({ body = "" }) => {
    const { apiVersion, kind, request } = JSON.parse(body);
    asked.push(request);
    const answer = play.converter(request);
    if (typeof answer === "string" || "answer" in answer) return answer as PlayedAnswer;
    return answering(JSON.stringify({ apiVersion, kind, response: { uid: request.uid, ...answer } }));
  });
  const lab = createLab({ devices: [https] });
  const ask = (url: string, { method = "GET", body, type = "application/json" }: Any = {}) => {
    const request = body ? { headers: { "content-type": type }, body: JSON.stringify(body) } : {};
    const exchange = lab.http(url, { method, ...request });
    // Longer than a webhook may take.
    if (exchange.body() === "") lab.simulation.advance(31_000);
    return { code: exchange.code(), body: JSON.parse(exchange.body()) as Any };
  };
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  assert.equal(ask(definitions, { method: "POST", body: definitionOf(stored) }).code, 201);
  const at = (name: string, object = "") =>
    `/apis/${group}/${name}/namespaces/default/places${object === "" ? "" : `/${object}`}`;
  const place = (name: string, own: string, spec: object) => ({
    ...{ apiVersion: `${group}/${own}`, kind: "Place", metadata: { name, labels: { is: name } }, spec },
  });
  const make = (name: string, own = "v1beta1", spec: object = { hostPort: "a:1" }) =>
    ask(at(own), { method: "POST", body: place(name, own, spec) });
  return { lab, ask, asked, play, at, make, place, definitions };
}

test("objects are stored in one version and shown in each that is served, as a webhook converts them", () => {
  const { ask, asked, at, make } = createConversionLab();
  assert.equal(make("x").code, 201);
  assert.equal(asked.length, 0, "who uses the stored version needs no webhook");
  const shown = ask(at("v1", "x")).body;
  assert.deepEqual([shown.apiVersion, shown.spec], [`${group}/v1`, { host: "a", port: "1" }]);
  assert.deepEqual(shown.metadata, ask(at("v1beta1", "x")).body.metadata);
  const [question] = asked;
  assert.deepEqual([question.desiredAPIVersion, question.objects.length], [`${group}/v1`, 1]);
  const { metadata } = question.objects[0];
  assert.deepEqual([metadata.name, metadata.resourceVersion, metadata.managedFields.length], ["x", undefined, 1]);
  const made = make("y", "v1", { host: "b", port: "2" });
  assert.deepEqual([made.code, made.body.spec], [201, { host: "b", port: "2" }]);
  assert.deepEqual(ask(at("v1beta1", "y")).body.spec, { hostPort: "b:2" });
  const list = ask(at("v1")).body;
  assert.deepEqual(
    list.items.map((item: Any) => [item.apiVersion, item.spec.host]),
    [
      [`${group}/v1`, "a"],
      [`${group}/v1`, "b"],
    ],
  );
  const found = ask(`${at("v1")}?fieldSelector=spec.host%3Db`).body;
  assert.deepEqual(
    found.items.map((item: Any) => item.metadata.name),
    ["y"],
  );
  const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
  assert.equal(ask(at("v1"), { headers: table }).code, 200);
});

test("updates, patches, applies, deletes and parts of an object in another version than the stored one", () => {
  const { ask, at, make, place } = createConversionLab();
  make("x");
  const patch = (url: string, body: object, type = "application/merge-patch+json") =>
    ask(url, { method: "PATCH", body, type });
  assert.deepEqual(patch(at("v1", "x"), { spec: { port: "9" } }).body.spec, { host: "a", port: "9" });
  assert.deepEqual(ask(at("v1beta1", "x")).body.spec, { hostPort: "a:9" });
  const { body } = ask(at("v1", "x"));
  const put = ask(at("v1", "x"), { method: "PUT", body: { ...body, spec: { host: "c", port: "3" } } });
  assert.deepEqual([put.code, put.body.spec], [200, { host: "c", port: "3" }]);
  assert.equal(ask(at("v1", "x"), { method: "PUT", body }).code, 409);
  const status = patch(`${at("v1", "x")}/status`, { status: { seen: true } });
  assert.deepEqual(
    [status.code, status.body.status, status.body.spec],
    [200, { seen: true }, { host: "c", port: "3" }],
  );
  const apply = (name: string) =>
    patch(
      `${at("v1", name)}?fieldManager=me&force=true`,
      place(name, "v1", { host: "d", port: "4" }),
      "application/apply-patch+yaml",
    );
  assert.deepEqual([apply("x").code, apply("z").code], [200, 201]);
  const applied = ask(at("v1beta1", "x")).body;
  assert.deepEqual(applied.spec, { hostPort: "d:4" });
  assert.deepEqual(applied.metadata.managedFields.map(({ manager, apiVersion }: Any) => [manager, apiVersion])[0], [
    "me",
    `${group}/v1`,
  ]);
  assert.equal(ask(at("v1", "x"), { method: "DELETE" }).code, 200);
  assert.equal(ask(at("v1"), { method: "DELETE" }).code, 200);
  assert.deepEqual(ask(at("v1beta1")).body.items, []);
});

test("a watch in another version is told of every change in order, bookmarks included, and ends where a webhook fails", () => {
  const { lab, ask, at, make, play } = createConversionLab();
  make("x");
  const exchange = lab.begin(`${at("v1")}?watch=1&allowWatchBookmarks=true&labelSelector=is`);
  lab.simulation.advance(100);
  make("y", "v1", { host: "b", port: "2" });
  ask(at("v1beta1", "x"), { method: "DELETE" });
  lab.simulation.advance(70_000);
  const events = () =>
    exchange
      .body()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Any);
  assert.deepEqual(
    events().map(({ type, object }) => [type, object.metadata.name, object.apiVersion, object.spec?.host]),
    [
      ["ADDED", "x", `${group}/v1`, "a"],
      ["ADDED", "y", `${group}/v1`, "b"],
      ["DELETED", "x", `${group}/v1`, "a"],
      ["BOOKMARK", undefined, `${group}/v1`, undefined],
    ],
  );
  play.converter = () => ({ result: { status: "Failed", message: "not today" } });
  make("z");
  lab.simulation.advance(1_000);
  const last = events().at(-1);
  assert.deepEqual(
    [last.type, last.object.code, last.object.message],
    ["ERROR", 500, `conversion webhook for ${group}/v1beta1, Kind=Place failed: not today`],
  );
});

test("what a webhook gets wrong is told in Kubernetes' words, and nothing is stored", () => {
  const one =
    (change: (object: Any) => unknown): Converter =>
    (request) => ({
      result: { status: "Success" },
      convertedObjects: [change(converted(request.objects[0], request.desiredAPIVersion))],
    });
  const metadata = (more: object) => one((object) => ({ ...object, metadata: { ...object.metadata, ...more } }));
  const cases: readonly (readonly [Converter, string | RegExp])[] = [
    [() => "silence", ' failed: Post "https://hooks.example.com/convert?timeout=30s": context deadline exceeded'],
    [() => ({ result: { status: "Failure" } }), " failed: response.result.status was 'Failure', not 'Success'"],
    [() => ({ uid: "other", result: { status: "Success" } }), / failed: expected response.uid="[^"]+", got "other"$/],
    [
      () => answering("{}"),
      " failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got /, Kind=",
    ],
    [() => ({ result: { status: "Success" }, convertedObjects: [] }), " returned 0 objects, expected 1"],
    [
      one((object) => ({ ...object, kind: "Other" })),
      " returned invalid object: invalid kind (expected Place, received Other)",
    ],
    [
      one((object) => ({ ...object, apiVersion: "a/v2" })),
      ` returned invalid object: invalid groupVersion (expected ${group}/v1, received a/v2)`,
    ],
    [() => answering('{"kind":{"toString":1,"valueOf":1}}'), /Go struct field \.kind of type string$/],
    [
      () => ({ result: { status: { toString: 1, valueOf: 1 } } }),
      " failed: response.result.status was '', not 'Success'",
    ],
    [one((object) => ({ ...object, kind: { toString: 1, valueOf: 1 } })), /Go struct field \.kind of type string$/],
    [metadata({ uid: { toString: 1, valueOf: 1 } }), / returned invalid object: must have the same UID: /],
    [metadata({ name: "other" }), " returned invalid object: must have the same name: x != other"],
    [metadata({ namespace: "other" }), " returned invalid object: must have the same namespace: default != other"],
    [
      one(({ metadata: _metadata, ...rest }) => rest),
      " returned invalid metadata: missing metadata in converted object",
    ],
    [
      metadata({ labels: [] }),
      " returned invalid metadata: invalid metadata.labels of type []interface {} in converted object",
    ],
    [
      metadata({ annotations: { a: 1 } }),
      " returned invalid metadata: metadata.annotations[a] must be a string, but is int64 in converted object",
    ],
  ];
  const { ask, at, make, play } = createConversionLab();
  make("x");
  for (const [converter, text] of cases) {
    play.converter = converter;
    const { code, body } = ask(at("v1", "x"));
    assert.equal(code, 500);
    const of = `conversion webhook for ${group}/v1beta1, Kind=Place`;
    if (typeof text === "string") assert.equal(body.message, of + text);
    else assert.match(body.message, text);
  }
  for (const url of [at("v1"), `${at("v1")}?watch=1`]) assert.equal(ask(url).code, 500);
  assert.equal(make("y", "v1", { host: "b" }).code, 500);
  assert.equal(ask(at("v1", "x"), { method: "DELETE" }).code, 500);
  assert.deepEqual(
    ask(at("v1beta1")).body.items.map((item: Any) => item.metadata.name),
    ["x"],
  );
});

test("a webhook changes labels and annotations; what else it changes of the metadata is put back", () => {
  const { ask, at, make, play } = createConversionLab();
  make("x");
  play.converter = (request) => ({
    result: { status: "Success" },
    convertedObjects: request.objects.map((object: Any) => {
      const metadata = { ...object.metadata, labels: { new: "1" }, generation: 7, finalizers: ["a/b"] };
      return { ...converted(object, request.desiredAPIVersion), metadata };
    }),
  });
  const { metadata } = ask(at("v1", "x")).body;
  assert.deepEqual([metadata.labels, metadata.generation, metadata.finalizers], [{ new: "1" }, 1, undefined]);
});

test("a webhook of admission that is asked about another version sees, and changes, what the other webhook converts", () => {
  const { ask, at, make, play } = createConversionLab();
  const seen: Any[] = [];
  const configuration = {
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration", metadata: { name: "m" } },
    webhooks: [
      {
        ...{ name: "m.example.com", admissionReviewVersions: ["v1"], sideEffects: "None" },
        clientConfig: { url: "https://hooks.example.com/m" },
        rules: [{ apiGroups: [group], apiVersions: ["v1"], operations: ["CREATE"], resources: ["places"] }],
      },
    ],
  };
  const url = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  assert.equal(ask(url, { method: "POST", body: configuration }).code, 201);
  play.converter = (request) => {
    if (request.objects) return good(request);
    seen.push(request);
    const patch = btoa(JSON.stringify([{ op: "replace", path: "/spec/port", value: "7" }]));
    return { allowed: true, patchType: "JSONPatch", patch };
  };
  const made = make("x");
  assert.deepEqual([made.code, made.body.spec], [201, { hostPort: "a:7" }]);
  assert.deepEqual(
    seen.map(({ object, requestKind }) => [object.apiVersion, object.spec, requestKind.version]),
    [[`${group}/v1`, { host: "a", port: "1" }, "v1beta1"]],
  );
  assert.equal(ask(at("v1", "x")).body.spec.port, "7");
});

test("the conditions of a webhook are about the version that it is asked about, as the other webhook converts it", () => {
  for (const kind of ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"]) {
    const { ask, make, play } = createConversionLab();
    const hook = (name: string, expression: string) => ({
      ...{ name: `${name}.example.com`, admissionReviewVersions: ["v1"], sideEffects: "None" },
      clientConfig: { url: "https://hooks.example.com/m" },
      rules: [{ apiGroups: [group], apiVersions: ["v1"], operations: ["CREATE"], resources: ["places"] }],
      matchConditions: [{ name: "c", expression }],
    });
    const configuration = {
      ...{ apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name: "m" } },
      webhooks: [
        hook("far", "object.spec.host == 'far'"),
        hook("near", "object.spec.host == 'a'"),
        hook("all", "request.requestKind.version == 'v1beta1' && request.kind.version == 'v1'"),
      ],
    };
    const url = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s`;
    assert.equal(ask(url, { method: "POST", body: configuration }).code, 201);
    let asked = 0;
    play.converter = (request) => {
      if (request.objects) return good(request);
      asked++;
      return { allowed: true };
    };
    assert.deepEqual([make("x").code, asked], [201, 2], kind);
    play.converter = () => ({ result: { status: "Failed", message: "not today" } });
    const refused = make("y");
    assert.deepEqual([refused.code, asked], [500, 2], kind);
    assert.match(refused.body.message, /not today/);
  }
});

test("an object moves to a new stored version when it is written", () => {
  const { ask, asked, at, make, definitions } = createConversionLab("v1beta1");
  make("x");
  const { resourceVersion } = ask(`${definitions}/places.${group}`).body.metadata;
  const moved = { ...definitionOf("v1"), metadata: { name: `places.${group}`, resourceVersion } };
  const { code, body } = ask(`${definitions}/places.${group}`, { method: "PUT", body: moved });
  assert.deepEqual([code, body.status.storedVersions], [200, ["v1beta1", "v1"]]);
  const before = ask(at("v1", "x")).body;
  assert.deepEqual([before.apiVersion, before.spec.host, asked.length], [`${group}/v1`, "a", 1]);
  const written = ask(at("v1", "x"), { method: "PUT", body: before });
  assert.notEqual(written.body.metadata.resourceVersion, before.metadata.resourceVersion);
  const questions = asked.length;
  assert.deepEqual(ask(at("v1", "x")).body.spec, { host: "a", port: "1" });
  assert.equal(asked.length, questions, "it is stored in the version that is asked for");
  const again = ask(at("v1", "x"), { method: "PUT", body: written.body });
  assert.equal(again.body.metadata.resourceVersion, written.body.metadata.resourceVersion);
});

test("without a webhook an object that was stored in a former version is shown and kept in the new one", () => {
  const { ask, at, make, definitions } = createConversionLab("v1beta1");
  make("x");
  const url = `${definitions}/places.${group}`;
  const { resourceVersion } = ask(url).body.metadata;
  const moved = definitionOf("v1");
  const none = {
    ...moved,
    metadata: { name: moved.metadata.name, resourceVersion },
    spec: { ...moved.spec, conversion: { strategy: "None" } },
  };
  assert.equal(ask(url, { method: "PUT", body: none }).code, 200);
  assert.equal(ask(at("v1", "x")).body.apiVersion, `${group}/v1`);
  assert.deepEqual(
    ask(at("v1")).body.items.map((item: Any) => item.apiVersion),
    [`${group}/v1`],
  );
});

test("how versions are converted is judged as Kubernetes judges it", () => {
  const { ask, definitions } = createConversionLab();
  const refused = (conversion: object) => {
    const { spec, ...rest } = definitionOf("v1");
    const names = { plural: "others", kind: "Other" };
    const body = { ...rest, metadata: { name: `others.${group}` }, spec: { ...spec, names, conversion } };
    const { code, body: told } = ask(definitions, { method: "POST", body });
    assert.equal(code, 422);
    return told.details.causes.map(({ field, message }: Any) => `${field}: ${message}`);
  };
  const url = "https://hooks.example.com/convert";
  assert.deepEqual(refused({ strategy: "Webhook" }), [
    "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook",
    "spec.conversion.conversionReviewVersions: Required value",
  ]);
  assert.deepEqual(refused({ strategy: "Webhook", webhook: { clientConfig: {}, conversionReviewVersions: ["v2"] } }), [
    "spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required",
    'spec.conversion.conversionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
  ]);
  assert.deepEqual(
    refused({ strategy: "None", webhook: { clientConfig: { url }, conversionReviewVersions: ["v1"] } }),
    [
      "spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook",
      "spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook",
    ],
  );
});
