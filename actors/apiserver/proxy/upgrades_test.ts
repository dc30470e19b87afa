import { assert, test } from "../../../properties/house/test.ts";
import { auditNotes } from "../../../properties/stages/apiserver/audit_notes.ts";
import { addresses, type StreamStageOptions, streamStage } from "../../../properties/stages/streams/stage.ts";
import type { ModelSocket } from "../../../runtime/devices/net_model_socket.ts";

const proxy = "/api/v1/namespaces/default/pods/web:80/proxy";
const agreed = "HTTP/1.1 101 Sure\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\nX-A: 1\r\n\r\n";

/** A pod that answers what asks it to go on with something else. */
function stage(answer = agreed, more: StreamStageOptions = {}) {
  const set = streamStage(1, {
    ...more,
    answer: (received) =>
      received.endsWith("\r\n\r\n") && received.split("\r\n\r\n").length === 2 ? answer : undefined,
  });
  const { lab } = set;
  const { advance } = lab.simulation;
  const open = (path = "/", how: Parameters<typeof lab.connect>[2] = {}) => {
    const client = lab.connect(`${proxy}${path}`, [], how);
    advance(100);
    return client;
  };
  const outflows = () =>
    (lab.simulation.dataOf(addresses.apiserver) as { outflows: { open: Map<number, unknown> } }).outflows.open.size;
  const left = () => [...set.open(), outflows()];
  return { ...set, advance, open, left };
}

const nothingLeft = [0, 0, 0, 0];
const statusOf = (client: ModelSocket) => {
  const { message, reason } = JSON.parse(client.body());
  return [client.code(), reason, message];
};

test("a pod is asked to go on with what the client asks for, and what it agrees to leads both ways, byte for byte", () => {
  const { open, advance, sockets, say } = stage();
  const headers = {
    ...{
      host: "api.example.com:6443",
      authorization: "Bearer x",
      "impersonate-user": "admin",
      "impersonate-group": "system:masters",
    },
    ...{
      "sec-websocket-key": "k",
      origin: "https://example.com",
      "content-length": "0",
      te: "x",
      "accept-encoding": "gzip",
    },
  };
  const client = open("/a%20b?token=1", { headers });
  assert.deepEqual([client.isSocket(), client.code()], [true, 101]);
  assert.deepEqual(client.headers(), { upgrade: "WebSocket", Connection: "Upgrade", "X-A": "1" });
  const [pod] = sockets();
  assert.equal(
    pod?.received,
    "GET /a%20b HTTP/1.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" +
      "host: api.example.com:6443\r\nsec-websocket-key: k\r\norigin: https://example.com\r\nte: x\r\naccept-encoding: gzip\r\n\r\n",
  );
  client.send("\0\xff\r\n\r\n");
  advance(100);
  say("GET / HTTP/1.1\r\n\r\n\x80");
  advance(100);
  assert.ok(pod.received.endsWith("gzip\r\n\r\n\0\xff\r\n\r\n"));
  assert.equal(client.frames().join(""), "GET / HTTP/1.1\r\n\r\n\x80");
});

test("a token among the protocols of a WebSocket tells this server who asks, and is shown to nobody behind it", () => {
  const token = `base64url.bearer.authorization.k8s.io.${btoa("secret")}`;
  const { lab, open, sockets, advance } = stage(agreed, {
    input: { tokens: { secret: { name: "admin", groups: ["system:masters"] } } },
  });
  for (const [protocols, shown] of [
    [`chat.v2,${token} , ${token}, chat`, "chat.v2, chat"],
    [token, undefined],
  ]) {
    assert.equal(open("/", { peer: "none", headers: { "sec-websocket-protocol": protocols ?? "" } }).code(), 101);
    const heard = sockets().at(-1)?.received ?? "";
    assert.equal(/^sec-websocket-protocol: (.*)\r$/m.exec(heard)?.[1], shown);
    lab.http(`${proxy}/`, { headers: { "sec-websocket-protocol": protocols ?? "" } });
    advance(100);
    assert.ok(!sockets().some(({ received }) => received.includes("bearer")));
  }
});

test("what a pod says in one breath with its agreement is not lost, nor what is said before either side leaves", () => {
  const early = stage(`${agreed}hello`);
  const client = early.open("", { upgrade: "any/1", method: "POST" });
  assert.match(early.sockets()[0]?.received ?? "", /^POST \/ HTTP\/1\.1\r\n.*upgrade: any\/1\r\n/s);
  assert.equal(client.frames().join(""), "hello");
  client.send("last");
  early.advance(0.25);
  client.abort();
  early.advance(1_000);
  assert.ok(early.sockets()[0]?.received.endsWith("\r\n\r\nlast"));
  assert.deepEqual(early.left(), nothingLeft);
  const late = stage();
  const other = late.open();
  late.say("bye", true);
  late.advance(1_000);
  assert.deepEqual([other.frames().join(""), other.state()], ["bye", "ended"]);
  assert.deepEqual(late.left(), nothingLeft);
  const broken = stage();
  const third = broken.open();
  broken.reset();
  broken.advance(1_000);
  assert.deepEqual([third.state(), broken.left()], ["ended", nothingLeft]);
});

test("a pod that does not agree is heard if it says why, and its connection is used for nothing else", () => {
  const refused = stage(
    "HTTP/1.1 403 No\r\nContent-Length: 3\r\nUpgrade: other\r\nX-Why: so\r\nLocation: /l\r\n\r\nno!",
  );
  const client = refused.open();
  assert.deepEqual(
    [client.code(), client.body(), client.headers()["X-Why"], client.headers().Upgrade, client.headers().Location],
    [403, "no!", "so", "other", "/l"],
  );
  client.send("GET /secret HTTP/1.1\r\n\r\n");
  refused.advance(1_000);
  assert.ok(!refused.sockets()[0]?.received.includes("secret"));
  assert.deepEqual(refused.left(), nothingLeft);
  for (const [answer, why] of [
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "invalid upgrade response: status code 200"],
    ["HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", "invalid upgrade response: status code 301"],
  ] as const) {
    const { open, left, advance } = stage(answer);
    const status = statusOf(open());
    advance(1_000);
    assert.deepEqual([status, left()], [[500, undefined, why], nothingLeft]);
  }
  const silent = stage("");
  const waiting = silent.open();
  assert.equal(waiting.state(), "waiting");
  silent.say("", true);
  silent.advance(1_000);
  assert.deepEqual([statusOf(waiting), silent.left()], [[500, undefined, "unexpected EOF"], nothingLeft]);
});

test("who leaves before a pod has answered leaves nothing behind, whether an upgrade was asked for or not", () => {
  const { open, lab, advance, left } = stage("");
  const client = open();
  const other = lab.http(`${proxy}/slow`);
  advance(100);
  assert.deepEqual([client.state(), other.state(), left()[0]], ["waiting", "waiting", 2]);
  client.abort();
  other.abort();
  advance(1_000);
  assert.deepEqual(left(), nothingLeft);
});

test("a port where nobody listens, and an agreement that nobody asked for, are told in Kubernetes' words", () => {
  const { lab, advance, left } = stage();
  const client = lab.connect(proxy.replace(":80", ":81"), []);
  advance(1_000);
  const [code, reason, why] = statusOf(client);
  assert.deepEqual([code, reason], [500, undefined]);
  assert.match(String(why), /^error dialing backend: dial tcp 10\.244\.0\.\d+:81: connect: connection refused$/);
  const unasked = lab.http(`${proxy}/`);
  advance(1_000);
  const told = JSON.parse(unasked.body());
  assert.deepEqual(
    [unasked.code(), told.message, left()],
    [500, 'backend tried to switch protocol "WebSocket" when "" was requested', nothingLeft],
  );
});

test("nothing goes to a pod from who may not ask, with HTTP/2 as what to go on with, or with a body", () => {
  const { lab, open, sockets, advance } = stage();
  assert.equal(open("/", { peer: "none" }).code(), 403);
  const bob = { commonName: "bob", organizations: [] };
  const role = { rules: [{ apiGroups: [""], resources: ["pods/proxy"], verbs: ["get"] }] };
  const named = { metadata: { name: "bob" } };
  const inDefault = { namespace: "default" };
  lab.call("create", "roles", {
    ...inDefault,
    body: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", ...named, ...role },
  });
  const binding = {
    ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", ...named },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "bob" },
    subjects: [{ kind: "User", name: "bob" }],
  };
  lab.call("create", "rolebindings", { ...inDefault, body: binding });
  advance(1_000);
  assert.deepEqual([open("/", { peer: bob, method: "POST" }).code(), open("/", { peer: bob }).code()], [403, 101]);
  assert.equal(sockets().length, 1);
  for (const [upgrade, headers] of [
    ["h2c", {}],
    ["websocket, H2C", {}],
    ["websocket", { "content-length": "5" }],
    ["websocket", { "transfer-encoding": "chunked" }],
  ] as const) {
    const [code, reason, why] = statusOf(open("/", { upgrade, headers }));
    assert.deepEqual([code, reason], [400, "BadRequest"]);
    assert.match(String(why), /^unable to upgrade: /);
  }
  assert.equal(sockets().length, 1);
});

test("an upgrade is written down when it begins and when it is over, whoever ends it", () => {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of all kinds
  const { device, events } = auditNotes<any>();
  const audit = { rules: [{ level: "Metadata" as const, resources: [{ resources: ["pods/proxy", "pods/exec"] }] }] };
  const { open, say, advance, exec } = stage(agreed, { input: { audit }, devices: [device] });
  const seen = () => events.splice(0).map(({ stage: at, verb, responseStatus }) => [at, verb, responseStatus?.code]);
  const begun = [
    ["RequestReceived", "get", undefined],
    ["ResponseStarted", "get", 101],
  ];
  open();
  assert.deepEqual(seen(), begun);
  say("", true);
  advance(1_000);
  assert.deepEqual(seen(), [["ResponseComplete", "get", 101]]);
  const client = open();
  assert.deepEqual(seen(), begun);
  client.abort();
  advance(1_000);
  assert.deepEqual(seen(), [["ResponseComplete", "get", 101]]);
  exec("true");
  advance(5_000);
  assert.deepEqual(seen(), [...begun, ["ResponseComplete", "get", 101]]);
});

test("an API server that crashes ends both sides of an upgrade, and a client that is not read holds the pod up", () => {
  const { open, lab, sockets, say, advance, left } = stage();
  const client = open();
  client.pause();
  const piece = "x".repeat(100_000);
  for (let times = 0; times < 30; times++) {
    say(piece);
    advance(10);
  }
  const takenBytes = () =>
    (sockets()[0]?.news ?? []).reduce((sum, each) => sum + Number(/^taken (\d+)/.exec(each)?.[1] ?? 0), 0);
  const held = takenBytes();
  assert.ok(held < 1_500_000, `${held} bytes were taken from the pod`);
  client.resume();
  advance(5_000);
  assert.equal(client.frames().join("").length, 3_000_000);
  lab.simulation.crashNow(addresses.apiserver, "a test");
  advance(100_000);
  assert.equal(client.state(), "reset");
  assert.ok(
    sockets()[0]?.news.some((each) => each === "reset" || each === "end"),
    sockets()[0]?.news.at(-1),
  );
  assert.deepEqual(left().slice(1, 3), [0, 0]);
});
