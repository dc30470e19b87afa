import { assert, test } from "../../../../../properties/house/test.ts";
import { type SystemStage, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { agnhost } from "../../images/agnhost.ts";

const image = agnhost.system("2.57");

function agnhostWith(words: readonly string[]): SystemStage {
  const stage = systemStage(image ? { image } : {});
  stage.system.start(["/agnhost", ...words]);
  return stage;
}

function ask(stage: SystemStage, port: number, [method, target, body = ""]: readonly string[], headers = "") {
  const visitor = stage.network.visit(port);
  const length = body === "" ? "" : `Content-Length: ${body.length}\r\n`;
  visitor?.write(`${method} ${target} HTTP/1.1\r\nHost: web\r\n${length}${headers}Connection: close\r\n\r\n${body}`);
  stage.advance(20);
  const [head = "", answer = ""] = (visitor?.got() ?? "").split(/\r\n\r\n([\s\S]*)/, 2);
  return { status: Number(head.split(" ")[1]), head, body: answer };
}

test("fake-registry-server leads from a tag to what it names, and tells files from their bytes", () => {
  const stage = agnhostWith(["fake-registry-server", "--port=5001"]);
  const get = (target: string) => ask(stage, 5001, ["GET", target]);
  assert.deepEqual([get("/v2/").status, get("/").status, get("/v2/pause").status], [200, 404, 404]);
  const tag = get("/v2/pause/manifests/testing");
  assert.equal(tag.status, 307);
  const [, location = ""] = /^Location: (.*?)\r?$/m.exec(tag.head) ?? [];
  const list = get(location);
  assert.match(list.head, /^Content-Type: application\/vnd\.docker\.distribution\.manifest\.list\.v2\+json\r?$/m);
  assert.match(list.head, /^Docker-Distribution-Api-Version: registry\/2\.0\r?$/m);
  const manifest = JSON.parse(get(`/v2/pause/manifests/${JSON.parse(list.body).manifests[0].digest}`).body);
  const blob = get(`/v2/pause/blobs/${manifest.layers[0].digest}`);
  assert.match(blob.head, /^Content-Type: application\/octet-stream\r?$/m);
  assert.deepEqual([blob.body.length, blob.body.slice(0, 2)], [manifest.layers[0].size, "\x1f\x8b"]);
  assert.deepEqual([get("/v2/pause/manifests/none").status, get("/v2/pause/blobs/none").status], [404, 404]);
  assert.match(stage.lines[0] ?? "", /HTTP server starting to listen on :5001$/);
});

test("fake-registry-server --private lets in who has the password that Kubernetes' tests have", () => {
  const stage = agnhostWith(["fake-registry-server", "--private"]);
  const get = (login: string) =>
    ask(stage, 5000, ["GET", "/v2/"], login === "" ? "" : `Authorization: Basic ${btoa(login)}\r\n`);
  assert.deepEqual([get("").status, get("user:wrong").status, get("user:password").status], [401, 401, 200]);
  assert.match(get("").head, /^Www-Authenticate: Basic realm="Restricted"\r?$/m);
});

test("audit-proxy writes each event that it is sent as a line, and says what it cannot read", () => {
  const stage = agnhostWith(["audit-proxy"]);
  const list = { kind: "EventList", apiVersion: "audit.k8s.io/v1", items: [{ auditID: "a" }, { auditID: "b" }] };
  assert.equal(ask(stage, 8080, ["POST", "/", JSON.stringify(list)]).status, 200);
  assert.equal(ask(stage, 8080, ["POST", "/", "no"]).status, 500);
  assert.deepEqual(stage.lines, [
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a"}',
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"b"}',
    "! 2026/01/02 03:04:05 failed decoding buf: [1101110 1101111], apiVersion: audit.k8s.io/v1",
  ]);
});

test("fake-gitserver says what it is, and what is not played says so", () => {
  assert.equal(ask(agnhostWith(["fake-gitserver"]), 8000, ["GET", "/any"]).body, "I am a fake git server");
  for (const name of ["h2c-server", "mtlsserver", "fake-metrics-server"]) {
    const stage = agnhostWith([name]);
    assert.equal(stage.status(), 127);
    assert.match(stage.lines.join("\n"), new RegExp(`kubetroupe plays this container, and not what "${name}" does`));
  }
});

test("external-metrics tells what it was told of metrics, by their labels, and fails where it was told to", () => {
  const stage = agnhostWith(["external-metrics", "--port=6443"]);
  const curl = (target: string, ...more: string[]) =>
    stage.exec(["curl", "-sk", ...more, `https://127.0.0.1:6443${target}`], 1_000)?.stdout ?? "";
  const path = "/apis/external.metrics.k8s.io/v1beta1/namespaces/default";
  const values = (target: string) =>
    JSON.parse(curl(`${path}/${target}`)).items.map(({ value }: { readonly value: string }) => value);
  assert.equal(curl("/healthz"), "ok");
  assert.equal(JSON.parse(curl("/apis/external.metrics.k8s.io/v1beta1")).resources[0].kind, "ExternalMetricValueList");
  assert.deepEqual(values("queue_messages_ready"), ["100"]);
  curl("/set/queue_messages_ready?value=7", "-XPOST");
  curl("/create/jobs?value=3&labels=env=prod", "-XPOST");
  curl("/create/jobs?value=4&labels=env=test", "-XPOST");
  assert.deepEqual([values("queue_messages_ready"), values("jobs")], [["7"], ["3", "4"]]);
  assert.deepEqual(values("jobs?labelSelector=env%3Dtest"), ["4"]);
  assert.equal(curl(`${path}/jobs?labelSelector=env%3Dno`), "no metric name called jobs with labels map[env:no]\n");
  assert.equal(curl("/set/none?value=1", "-XPOST"), "metric none not found\n");
  curl("/fail/queue_messages_ready?fail=true", "-XPOST");
  assert.equal(curl(`${path}/queue_messages_ready`), "metric queue_messages_ready is configured to fail\n");
});
