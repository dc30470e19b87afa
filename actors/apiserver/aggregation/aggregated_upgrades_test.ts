import { assert, test } from "../../../properties/house/test.ts";
import { auditNotes } from "../../../properties/stages/apiserver/audit_notes.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { httpsClientModel, type PlayedAnswer } from "../../../runtime/devices/https_client_model.ts";
import { httpsFailures } from "../../../runtime/devices/https_client_rules.ts";
import type { HttpsStreamRequest } from "../../../runtime/mod.ts";

type Open = Extract<HttpsStreamRequest, { readonly op: "open" }>;

const group = "consoles.example.com";
const path = `/apis/${group}/v1/namespaces/default/machines/m/console`;
const agreed = [
  ["Connection", "Upgrade"],
  ["Upgrade", "x/1"],
] as const;

/** An API server and one behind an APIService, who answers upgrades as it is told. */
function stage(answer: PlayedAnswer) {
  const opened: Open[] = [];
  const https = httpsClientModel((request) => {
    if (!request.url.includes("/machines/")) {
      const body = JSON.stringify({ kind: "APIResourceList", groupVersion: `${group}/v1`, resources: [] });
      return { answer: { ok: true, code: 200, body } };
    }
    if ("op" in request) opened.push(request);
    return answer;
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of all kinds
  const { device, events } = auditNotes<any>();
  const audit = { rules: [{ level: "Metadata" as const, resources: [{ group }] }] };
  const lab = createLab({ devices: [https, device], input: { audit } });
  const service = { namespace: "default", name: "consoles" };
  lab.call("create", "services", {
    namespace: "default",
    body: {
      ...{ apiVersion: "v1", kind: "Service", metadata: { name: "consoles" } },
      spec: { type: "ExternalName", externalName: "consoles.example.com" },
    },
  });
  lab.call("create", "apiservices", {
    body: {
      ...{ apiVersion: "apiregistration.k8s.io/v1", kind: "APIService", metadata: { name: `v1.${group}` } },
      spec: {
        group,
        version: "v1",
        groupPriorityMinimum: 1000,
        versionPriority: 15,
        service,
        insecureSkipTLSVerify: true,
      },
    },
  });
  lab.simulation.advance(2_000);
  events.length = 0;
  const open = (how: Parameters<typeof lab.connect>[2] = {}) => {
    const client = lab.connect(`${path}?b=1&a=%20`, [], { upgrade: "x/1", ...how });
    lab.simulation.advance(100);
    return client;
  };
  const audited = () =>
    events.splice(0).map(({ stage: at, verb, responseStatus }) => [at, verb, responseStatus?.code].join(" "));
  const outflows = () =>
    (lab.simulation.dataOf("apiserver-0") as { outflows: { open: Map<number, unknown> } }).outflows.open.size;
  return { lab, open, opened, audited, outflows };
}

const ok = (code: number, body = "", headers: readonly (readonly [string, string])[] = []) =>
  ({ answer: { ok: true, code, body }, headers }) as const;

test("an upgrade is passed on as who asks, with its query, and leads both ways for as long as both like", () => {
  const said: string[] = [];
  const talk = (data: string) => {
    said.push(data);
    return data === "bye" ? undefined : `<${data}>`;
  };
  const { lab, open, opened, audited, outflows } = stage({ ...ok(101, "early", agreed), talk });
  const headers = {
    authorization: "Bearer x",
    "x-remote-user": "root",
    "x-remote-extra-a": "b",
    "x-own": "1",
    host: "api",
  };
  const client = open({ headers, method: "POST" });
  assert.deepEqual([client.isSocket(), client.code(), client.headers()], [true, 101, Object.fromEntries(agreed)]);
  const [request] = opened;
  assert.equal(request?.url, `https://consoles.default.svc:443${path}?b=1&a=%20`);
  assert.deepEqual([request.method, request.upgrades], ["POST", true]);
  assert.deepEqual(request.headers, {
    ...{ connection: "Upgrade", upgrade: "x/1", "x-own": "1" },
    ...{ "X-Remote-User": "admin", "X-Remote-Group": ["system:masters", "system:authenticated"] },
  });
  assert.deepEqual(audited(), ["RequestReceived create "]);
  for (const piece of ["\0one", "two\xff"]) client.send(piece);
  lab.simulation.advance(100);
  assert.equal(client.frames().join(""), "early<\0one><two\xff>");
  client.send("bye");
  lab.simulation.advance(100);
  assert.deepEqual([client.state(), outflows()], ["ended", 0]);
  assert.deepEqual(audited(), ["ResponseComplete create 101"]);
  const other = open();
  other.send("last");
  other.abort();
  lab.simulation.advance(20_000);
  assert.deepEqual([outflows(), audited()], [0, ["RequestReceived get ", "ResponseComplete get 101"]]);
});

test("who does not agree is heard if it says why, and what else is wrong is said in a line, as Kubernetes' aggregator does", () => {
  for (const [answer, code, body] of [
    [ok(403, "no", [["X-Why", "so"]]), 403, "no"],
    [ok(200, "yes"), 503, "invalid upgrade response: status code 200\n"],
    [
      { answer: httpsFailures.refused },
      503,
      "error dialing backend: dial tcp consoles.example.com:443: connect: connection refused\n",
    ],
    [{ answer: httpsFailures.closed }, 503, "unexpected EOF\n"],
  ] as const) {
    const { open, outflows } = stage(answer);
    const client = open();
    assert.deepEqual([client.code(), client.body(), client.isSocket(), outflows()], [code, body, false, 0]);
  }
  const { lab } = stage(ok(101, "", agreed));
  const unasked = lab.http(path);
  lab.simulation.advance(100);
  assert.deepEqual(
    [unasked.code(), unasked.body()],
    [503, 'backend tried to switch protocol "x/1" when "" was requested\n'],
  );
});

test("nobody behind an APIService hears of an upgrade from who may not ask, to HTTP/2, or with a body", () => {
  const { open, opened } = stage(ok(101, "", agreed));
  const codes = [
    open({ peer: "none" }),
    open({ peer: { commonName: "bob", organizations: [] } }),
    open({ upgrade: "h2c" }),
    open({ headers: { "content-length": "1" } }),
    open({ headers: { "transfer-encoding": "chunked" } }),
  ].map((client) => client.code());
  assert.deepEqual([codes, opened.length], [[403, 403, 400, 400, 400], 0]);
});
