import { assert, test } from "../../../properties/house/test.ts";
import { type FakeKubelet, fakeKubelet } from "../../../properties/stages/apiserver/fake_kubelet.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { createSpdyClient, framesOf } from "../../../properties/stages/apiserver/spdy_client.ts";
import { createSpdyReader, dataFrame } from "../streams/spdy/frames.ts";

const kubelet = "kubelet-n1";

/** A node whose kubelet is a fake one, with the pod `web`. */
function stage() {
  const lab = createLab({ actors: [fakeKubelet], input: { kubelets: "kubelet-" } });
  lab.simulation.spawnNow({ name: kubelet, kind: "fakeKubelet", input: { log: "one\ntwo\n" } });
  const addresses = [{ type: "InternalIP", address: "192.168.0.1" }];
  const node = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" }, status: { addresses } };
  assert.equal(lab.call("create", "nodes", { body: node }).code, 201);
  for (const [name, nodeName] of [
    ["web", "n1"],
    ["elsewhere", "n2"],
  ]) {
    const spec = { containers: [{ name: "c", image: "web:1" }], nodeName };
    const body = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec };
    assert.equal(lab.call("create", "pods", { namespace: "default", body }).code, 201);
  }
  const { uid } = lab.call("get", "pods", { namespace: "default", name: "web" }).body.metadata;
  const proxy = "/api/v1/nodes/n1/proxy";
  const ask = (path: string, method = "GET") => {
    const exchange = lab.http(path.startsWith("/api") ? path : `${proxy}${path}`, { method });
    lab.simulation.advance(1_000);
    return [exchange.code(), exchange.body()];
  };
  const upgrade = (path: string, kind = "websocket", headers = {}) => {
    const client = lab.connect(`${proxy}${path}`, [], { upgrade: kind, method: "POST", headers });
    lab.simulation.advance(1_000);
    return client;
  };
  const open = () => (lab.simulation.dataOf(kubelet) as FakeKubelet).streams.size;
  return { lab, ask, upgrade, uid, open };
}

test("nodes/proxy has a kubelet's logs, with its options and in its words", () => {
  const { ask, open } = stage();
  assert.deepEqual(ask("/containerLogs/default/web/c"), [200, "one\ntwo\n"]);
  assert.deepEqual(ask("/containerLogs/default/web/c?tailLines=1"), [200, "two\n"]);
  assert.deepEqual(ask("/containerLogs/default/web/c?tail=1"), [200, "two\n"]);
  assert.deepEqual(ask("/containerLogs/default/web/c?tail=all"), [200, "one\ntwo\n"]);
  assert.deepEqual(ask("/containerLogs/default/web/c?tailLines=-1"), [422, '{"message": "Invalid request."}']);
  assert.deepEqual(ask("/containerLogs/default/web/c?tailLines=x"), [400, '{"message": "Unable to decode query."}']);
  assert.deepEqual(ask("/containerLogs/default/web/d"), [404, 'container "d" not found in pod "web"']);
  for (const name of ["elsewhere", "nobody"])
    assert.deepEqual(ask(`/containerLogs/default/${name}/c`), [404, `pod "${name}" does not exist`]);
  assert.deepEqual(ask("/containerLogs/default/web"), [404, "404: Page Not Found"]);
  assert.deepEqual(ask("/containerLogs/default/web/c", "POST"), [405, "405: Method Not Allowed"]);
  assert.equal(open(), 0);
});

test("nodes/proxy runs commands to their end, and tells what they wrote or how they failed", () => {
  const { ask, uid, open } = stage();
  assert.deepEqual(ask("/run/default/web/c?cmd=echo%20a%20b", "POST"), [200, "a b\n"]);
  assert.deepEqual(ask(`/run/default/web/${uid}/c?cmd=echo%20a`, "POST"), [200, "a\n"]);
  const why = "command 'fail 3' exited with 3: it went wrong\n";
  assert.deepEqual(ask("/run/default/web/c?cmd=fail%203", "POST"), [500, why]);
  assert.deepEqual(ask("/run/default/web/other/c?cmd=echo", "POST"), [500, 'container not found ("c")']);
  assert.deepEqual(ask("/run/default/elsewhere/c?cmd=echo", "POST"), [404, "pod does not exist"]);
  assert.deepEqual(ask("/run/default/web/c?cmd=echo"), [405, "405: Method Not Allowed"]);
  assert.equal(open(), 0);
});

test("a command of nodes/proxy whose client leaves goes on for nobody", () => {
  const { lab, open } = stage();
  const exchange = lab.http("/api/v1/nodes/n1/proxy/run/default/web/c?cmd=cat", { method: "POST" });
  lab.simulation.advance(1_000);
  assert.deepEqual([exchange.state(), open()], ["waiting", 1]);
  exchange.abort();
  lab.simulation.advance(1_000);
  assert.equal(open(), 0);
});

test("an upgrade through nodes/proxy has lost its query, as in Kubernetes 1.34: exec and attach need theirs, SPDY's ports none", () => {
  const { ask, upgrade, uid, open, lab } = stage();
  for (const kind of ["exec", "attach"]) {
    const refused = upgrade(`/${kind}/default/web/c?output=1&command=ls`);
    assert.deepEqual([refused.code(), refused.body()], [400, "you must specify at least 1 of stdin, stdout, stderr"]);
    assert.deepEqual(ask(`/${kind}/default/web/c?output=1`), [500, "Upgrade request required\n"]);
    assert.deepEqual(ask(`/${kind}/default/nobody/c?output=1`), [404, "pod does not exist"]);
  }
  assert.equal(upgrade("/portForward/default/web?port=80").body(), 'query parameter "port" is required');
  assert.deepEqual(ask("/portForward/default/web"), [500, "Upgrade request required\n"]);
  const named = { "x-stream-protocol-version": "portforward.k8s.io" };
  assert.equal(upgrade("/portForward/default/web/other", "SPDY/3.1", named).body(), "pod not found");
  const client = upgrade(`/portForward/default/web/${uid}`, "SPDY/3.1", named);
  assert.deepEqual([client.isSocket(), client.subprotocol()], [true, "portforward.k8s.io"]);
  const spdy = createSpdyClient();
  const place = { port: "80", requestid: "0" };
  client.send(
    spdy.synStream(1, { ...place, streamtype: "error" }) + spdy.synStream(3, { ...place, streamtype: "data" }),
  );
  client.send(dataFrame(3, "GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", false));
  lab.simulation.advance(1_000);
  const heard = framesOf(createSpdyReader(), client.frames().join(""));
  const said = heard.map((frame) => (frame.type === "data" && frame.id === 3 ? frame.data : "")).join("");
  assert.match(said, /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nhi$/s);
  client.abort();
  lab.simulation.advance(1_000);
  assert.equal(open(), 0);
});

test("nodes/proxy is about the kubelet's port, or the one that is named, and says what it cannot reach", () => {
  const { ask, upgrade, lab } = stage();
  const at = (name: string, rest = "/healthz") => ask(`/api/v1/nodes/${name}/proxy${rest}`);
  assert.deepEqual(at("n1:10250"), [200, "node is not ready"]);
  assert.deepEqual(at("https:n1:"), [200, "node is not ready"]);
  assert.deepEqual(at("n1", "/nothing"), [404, "404 page not found\n"]);
  const wrong = (name: string) => {
    const [code, body] = at(name);
    return [code, JSON.parse(String(body)).message];
  };
  assert.deepEqual(wrong("n1:0"), [400, 'invalid node request "n1:0"']);
  assert.deepEqual(wrong("n2:80"), [404, 'nodes "n2" not found']);
  const reaching = "error trying to reach service: dial tcp 192.168.0.1:9100: connect: no route to host";
  assert.deepEqual(wrong("n1:9100"), [503, reaching]);
  const root = lab.http("/api/v1/nodes/n1:9100/proxy?x=1");
  assert.deepEqual([root.code(), root.headers().Location], [301, "/api/v1/nodes/n1:9100/proxy/?x=1"]);
  assert.equal(upgrade("/portForward/default/web", "h2c").code(), 400);
});
