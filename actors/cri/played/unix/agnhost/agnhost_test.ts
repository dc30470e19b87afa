import { assert, test } from "../../../../../properties/house/test.ts";
import { type SystemStage, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import type { ProcessSettings } from "../../../process_settings.ts";
import { agnhost } from "../../images/agnhost.ts";
import { nautilus } from "../../images/nautilus.ts";
import { nonewprivs } from "../../images/nonewprivs.ts";
import { privilegesOf } from "../kernel/privileges.ts";
import { durationText, parseDuration } from "./_go.ts";

const image = agnhost.system("2.57");

function agnhostWith(words: readonly string[], env: Readonly<Record<string, string>> = {}): SystemStage {
  const stage = systemStage({ ...(image ? { image } : {}), env });
  stage.system.start(["/agnhost", ...words]);
  return stage;
}

const get = (stage: SystemStage, target: string, port = 8080) => {
  const visitor = stage.network.visit(port);
  visitor?.write(`GET ${target} HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n`);
  stage.advance(20);
  const [head = "", body = ""] = (visitor?.got() ?? "").split(/\r\n\r\n([\s\S]*)/, 2);
  return { status: Number(head.split(" ")[1]), head, body, isBroken: visitor?.hasEnded() === true && head === "" };
};

const datagram = (stage: SystemStage, port: number, text: string) => {
  const got = stage.network.sendTo(port, text);
  stage.advance(5);
  return got;
};

const said = (stage: SystemStage, command: readonly string[]) => {
  const { exitCode, stdout, stderr } = stage.exec(command, 1_000_000) ?? assert.fail("it does not end");
  return [exitCode, stdout, stderr];
};

test("netexec echoes, tells names and addresses, runs commands and leads elsewhere", () => {
  const stage = agnhostWith(["netexec", "--http-port=8080", "--udp-port", "8081"]);
  assert.deepEqual([get(stage, "/hostname").body, get(stage, "/hostName").body], ["web-0", "web-0"]);
  assert.match(get(stage, "/clientip").body, /^10\.244\.1\.9:\d+$/);
  assert.deepEqual([get(stage, "/healthz").status, get(stage, "/nowhere").body.slice(0, 5)], [200, "NOW: "]);
  const echo = get(stage, "/echo?msg=hi+there&code=418");
  assert.deepEqual([echo.status, echo.body], [418, "hi there"]);
  assert.equal(
    get(stage, "/shell?cmd=echo%20%27%3Cyo%3E%27;%20exit%203").body,
    '{"error":"exit status 3","output":"\\u003cyo\\u003e\\n"}',
  );
  const redirect = get(stage, "/redirect?location=/echo%3Fmsg=foo&code=307");
  assert.deepEqual([redirect.status, redirect.body], [307, '<a href="/echo?msg=foo">Temporary Redirect</a>.\n\n']);
  assert.match(redirect.head, /^Location: \/echo\?msg=foo\r?$/m);
  assert.ok(stage.lines.includes("! 2026/01/02 03:04:05 GET /echo?msg=hi there&code=418"));
});

test("netexec asks others by HTTP and by datagrams, and tells what they said or why not", () => {
  const stage = agnhostWith(["netexec"]);
  const dial = (query: string) => {
    stage.network.visit(8080)?.write(`GET /dial?${query} HTTP/1.1\r\nHost: w\r\n\r\n`);
    const visitor = stage.network.visit(8080);
    visitor?.write(`GET /dial?${query} HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n`);
    stage.advance(12_000);
    return (visitor?.got() ?? "").split("\r\n\r\n")[1];
  };
  assert.equal(
    dial("host=10.244.1.5&port=8080&request=hostname&protocol=http&tries=2"),
    '{"responses":["web-0","web-0"]}',
  );
  assert.equal(dial("host=127.0.0.1&port=8081&request=echo%20Hello&protocol=udp"), '{"responses":["hello"]}');
  assert.match(
    dial("host=10.244.1.5&port=81&request=x") ?? "",
    /^{"errors":\["Get \\"http:\/\/10.244.1.5:81\/x\\": dial tcp 10.244.1.5:81: connect: connection refused"\]}$/,
  );
  stage.network.failures.set("10.9.9.9", "ETIMEDOUT");
  assert.match(
    dial("host=10.9.9.9&port=81&request=x") ?? "",
    /context deadline exceeded \(Client\.Timeout exceeded while awaiting headers\)/,
  );
  assert.equal(dial("host=web-0&port=81"), "request parameter not specified. <nil>\n");
  assert.deepEqual(datagram(stage, 8081, "hostname\n"), ["web-0"]);
});

test("netexec ends as it is asked to; told to end it is well, but not ready, for as long as it delays that", () => {
  const asked = agnhostWith(["netexec"]);
  asked.network.visit(8080)?.write("GET /exit?code=7&wait=2s HTTP/1.1\r\nHost: w\r\n\r\n");
  asked.advance(1_999);
  assert.equal(asked.status(), undefined);
  asked.advance(10);
  assert.equal(asked.status(), 7);
  const told = agnhostWith(["netexec", "--http-port", "80", "--udp-port=-1"]);
  assert.equal(told.network.isListening(80), true);
  // Nothing but its server for datagrams makes it ready.
  assert.deepEqual([get(told, "/healthz", 80).status, get(told, "/readyz", 80).status], [412, 412]);
  told.system.signal("TERM");
  assert.deepEqual([told.status(), told.network.isListening(80)], [0, false]);
  const slow = agnhostWith(["netexec", "--delay-shutdown=30"]);
  assert.deepEqual([get(slow, "/readyz").status, get(slow, "/readyz").body], [200, "ok"]);
  slow.system.signal("TERM");
  slow.advance(10);
  const { status, body } = get(slow, "/readyz");
  assert.deepEqual([status, body, get(slow, "/healthz").status, slow.status()], [503, "shutting down", 200, undefined]);
  slow.advance(30_000);
  assert.equal(slow.status(), 0);
  const taken = agnhostWith(["netexec"]);
  assert.match(
    String(said(taken, ["/agnhost", "netexec", "--udp-port=-1"])[2]),
    /listen tcp :8080: bind: address already in use/,
  );
});

test("serve-hostname, porter, test-webserver and tcp-reset serve what they say", () => {
  const names = agnhostWith(["serve-hostname", "--tcp", "--udp", "--http=false", "--port=1234"]);
  const visitor = names.network.visit(1234);
  names.advance(5);
  assert.deepEqual([visitor?.got(), visitor?.hasEnded(), datagram(names, 1234, "x")], ["web-0", true, ["web-0"]]);
  assert.equal(get(agnhostWith(["serve-hostname"]), "/any", 9376).body, "web-0");
  const ports = agnhostWith(["porter", "--json-response"], { SERVE_PORT_80: "foo", SERVE_UDP_PORT_81: "bar" });
  assert.deepEqual([get(ports, "/", 80).body, datagram(ports, 81, "x")], ['{"Body":"foo","Method":"GET"}', ["bar"]]);
  const secured = agnhostWith(["porter"], { SERVE_TLS_PORT_443: "tls", SERVE_PORT_80: '<a href="/x">x</a>' });
  assert.match(get(secured, "/", 80).head, /\r\nContent-Type: text\/html; charset=utf-8\r\n/);
  assert.equal(get(secured, "/", 443).body, "Client sent an HTTP request to an HTTPS server.\n");
  assert.deepEqual(said(secured, ["curl", "-sk", "https://localhost/"]), [0, "tls", ""]);
  const files = agnhostWith(["test-webserver"]);
  files.exec(["sh", "-c", "mkdir /data; echo text > /data/a.txt"]);
  assert.deepEqual([get(files, "/data/a.txt", 80).body, get(files, "/data/b", 80).status], ["text\n", 404]);
  assert.match(get(files, "/data/", 80).body, /<pre>\n<a href="a.txt">a.txt<\/a>\n<\/pre>/);
  const resets = agnhostWith(["tcp-reset"]);
  const broken = resets.network.visit(8080);
  broken?.write("x");
  resets.advance(5);
  assert.equal(broken?.wasReset(), true);
});

test("what a request has in it ends its own connection at most, and never the thread that plays the node", () => {
  const files = agnhostWith(["test-webserver"]);
  files.exec(["sh", "-c", "mkdir /data; echo text > /data/ü.txt"]);
  assert.equal(get(files, "/data/%C3%BC.txt", 80).body, "text\n");
  assert.deepEqual([get(files, "/%ff", 80).status, get(files, "/%zz", 80).status], [404, 400]);
  const live = agnhostWith(["liveness"]);
  assert.deepEqual([get(live, "/redirect?loc=%25zz").status, get(live, "/redirect?loc=%252Fa").status], [400, 302]);
  const flags = ["--tls-cert-file=/localhost.crt", "--tls-private-key-file=/localhost.key"];
  const converts = agnhostWith(["crd-conversion-webhook", ...flags]);
  const [version, type] = ["apiextensions.k8s.io/v1", "Content-Type: application/json"];
  const review = (objects: unknown) =>
    JSON.stringify({ kind: "ConversionReview", apiVersion: version, request: { uid: "u", objects } });
  const ask = (objects: unknown) => {
    const command = ["curl", "-sk", "-H", type, "-d", review(objects), "https://localhost/crdconvert"];
    return said(converts, command)[0];
  };
  assert.deepEqual([ask([null]), ask([])], [52, 0]);
  assert.match(converts.lines.join("\n"), /http: panic serving \S+: /);
});

test("the image nautilus shows of which image it is", () => {
  const shown = nautilus.system("1.7");
  const stage = systemStage(shown ? { image: shown } : {});
  stage.system.start([...(nautilus.entrypoint ?? []), ...(nautilus.arguments ?? [])]);
  assert.deepEqual(JSON.parse(get(stage, "/data.json", 80).body), { image: "nautilus.jpg" });
});

test("mounttest tells what tests of volumes read", () => {
  const stage = systemStage(image ? { image } : {});
  stage.system.start(["/agnhost", "pause"]);
  assert.deepEqual(stage.lines, ["Paused"]);
  stage.exec(["sh", "-c", "mkdir /v; chmod 3777 /v; echo -n value > /v/k; chmod 640 /v/k"]);
  const mounttest = (...flags: string[]) => said(stage, ["/agnhost", "mounttest", ...flags]);
  assert.deepEqual(mounttest("--fs_type=/v", "--new_file_0666=/v/new", "--file_perm=/v/new"), [
    0,
    'mount type of "/v": tmpfs\ncontent of file "/v/new": mount-tester new file\n\nperms of file "/v/new": -rw-rw-rw-\n',
    "",
  ]);
  assert.deepEqual(mounttest("--file_mode=/v", "--file_content=/v/k"), [
    0,
    'mode of file "/v": dgtrwxrwxrwx\ncontent of file "/v/k": value\n',
    "",
  ]);
  assert.deepEqual(mounttest("--file_mode=/v/k", "--file_content=/v/none"), [
    1,
    'mode of file "/v/k": -rw-r-----\nerror reading file content for "/v/none": open /v/none: no such file or directory\n',
    "",
  ]);
  const loop = ["--file_content_in_loop=/v/k", "--retry_time=5", "--break_on_expected_content=false"];
  assert.deepEqual(mounttest(...loop), [0, 'content of file "/v/k": value\n'.repeat(3), ""]);
});

test("liveness is well for ten seconds; pause, logs-generator and what is not played end as they should", () => {
  const live = agnhostWith(["liveness"]);
  assert.deepEqual([get(live, "/healthz").body, get(live, "/disconnect-headers").isBroken], ["ok", true]);
  live.advance(10_000);
  const ill = get(live, "/healthz");
  assert.deepEqual([ill.status, ill.body.slice(0, 9)], [500, "error: 10"]);
  const stage = agnhostWith([...(agnhost.arguments ?? [])]);
  assert.match(
    String(said(stage, ["/agnhost", "logs-generator", "-t", "3", "-d", "3s"])[2]),
    /^I0102 03:04:05\.000000 +2 logs_generator\.go:76\] 0 (GET|POST|PUT) [\s\S]*\] 2 /,
  );
  assert.deepEqual(said(stage, ["/agnhost", "entrypoint-tester", "a", "--b"]), [
    0,
    "[/agnhost entrypoint-tester a --b]\n",
    "",
  ]);
  assert.equal(said(stage, ["/agnhost", "openidmetadata"])[0], 127);
  assert.equal(said(stage, ["/agnhost", "webhook"])[0], 1);
  assert.deepEqual(
    said(stage, ["/agnhost", "netexec", "--nope"])[2],
    "Error: unknown flag: --nope\nUsage:\n  app netexec [flags]\n",
  );
  assert.deepEqual(
    said(stage, ["/agnhost", "dns-suffix"])[1],
    "shop.svc.cluster.local,svc.cluster.local,cluster.local\n",
  );
  assert.deepEqual(said(stage, ["/agnhost", "connect", "10.244.1.5:9", "--timeout=3s"])[2], "REFUSED\n");
  assert.deepEqual(said(stage, ["/agnhost", "connect", "nope:9"])[2], "DNS: lookup nope: no such host\n");
  stage.system.signal("TERM");
  assert.equal(stage.status(), 2);
});

test("port-forward-tester takes what it expects and sends its pieces; guestbook keeps what it is told", () => {
  const env = { BIND_PORT: "80", EXPECTED_CLIENT_DATA: "abc", CHUNKS: "3", CHUNK_SIZE: "4", CHUNK_INTERVAL: "10" };
  const forward = agnhostWith(["port-forward-tester"], env);
  const visitor = forward.network.visit(80);
  visitor?.write("ab");
  forward.advance(5);
  visitor?.write("c");
  forward.advance(1_000);
  assert.deepEqual([visitor?.got(), forward.status()], ["x".repeat(12), 0]);
  assert.deepEqual(forward.lines, [
    "Accepted client connection",
    "Received expected client data",
    "Shutting down connection",
    "Done",
  ]);
  const book = agnhostWith(["guestbook", "--http-port=6379"]);
  assert.equal(get(book, "/set?key=messages&value=hi", 6379).body, '{"message":"Updated"}');
  assert.equal(get(book, "/get?key=messages", 6379).body, '{"data":"hi"}');
  assert.equal(get(book, "/guestbook?cmd=what", 6379).status, 400);
});

test("dig asks the name server of resolv.conf, with its search list where that is wished", () => {
  const stage = agnhostWith(["pause"]);
  stage.network.names.set("web.shop.svc.cluster.local", "10.244.1.5");
  const line = "web.shop.svc.cluster.local.\t30\tIN\tA\t10.244.1.5\n";
  assert.deepEqual(said(stage, ["dig", "+notcp", "+noall", "+answer", "+search", "web", "A"]), [0, line, ""]);
  assert.deepEqual(said(stage, ["dig", "+short", "web.shop.svc.cluster.local"]), [0, "10.244.1.5\n", ""]);
  assert.match(String(said(stage, ["dig", "web"])[1]), /status: NXDOMAIN[\s\S]*;web\.\t\tIN\tA\n/);
  assert.equal(said(stage, ["dig", "+tcp", "web"])[0], 9);
});

test("durationText() and parseDuration() are Go's", () => {
  for (const text of ["0s", "1.5s", "12ms", "1m30s", "2h0m5s"])
    assert.equal(durationText(parseDuration(text) ?? -1), text);
  assert.deepEqual([parseDuration("5"), parseDuration("-1m"), parseDuration("x")], [undefined, -60_000, undefined]);
});

test("nettest notes who has spoken to it, and tells", () => {
  const stage = agnhostWith(["nettest", "--peers=1"]);
  const posted = stage.exec(["wget", "-O-", '--post-data={"Source": "prestop"}', "http://127.0.0.1:8080/write"]);
  assert.equal(posted?.stdout, '{"Hostname":"web-0"}\n');
  get(stage, "/write");
  const state = JSON.parse(get(stage, "/read").body);
  assert.deepEqual(Object.keys(state), ["Hostname", "Sent", "Received", "Errors", "Log", "StillContactingPeers"]);
  assert.deepEqual(
    [state.Hostname, state.Sent, state.Received, state.StillContactingPeers],
    ["web-0", null, { prestop: 1 }, true],
  );
  assert.match(state.Errors.join(), /Got request with no source/);
  assert.equal(get(stage, "/status").body, "running");
  get(stage, "/quit");
  assert.equal(stage.status(), 0);
});

test("nnp runs as root whoever starts it, unless nothing may be gained", () => {
  const image = nonewprivs.system("1.3");
  const as = (settings: ProcessSettings) => {
    const user = { uid: 1000, gid: 0, privileges: privilegesOf(settings, 1000) };
    const stage = systemStage({ ...(image ? { image } : {}), user });
    stage.system.start(["/nnp"]);
    return stage.lines;
  };
  assert.deepEqual([as({ mayNotGain: true }), as({})], [["Effective uid: 1000"], ["Effective uid: 0"]]);
});
