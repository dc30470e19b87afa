import { assert, test } from "../../../../../properties/house/test.ts";
import { type SystemStage, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { nginx } from "../../images/nginx.ts";

const image = nginx.system("1.27");

/** A container in which nginx serves, among others a page that says hello, and a redirect to it. */
function webStage(): SystemStage {
  const stage = systemStage(image ? { image } : {});
  stage.system.start(["sleep", "100000"]);
  const script = `echo 'server { listen 80; listen 8080; root /usr/share/nginx/html; location = /moved { return 302 /hello; }
    location = /json { default_type application/json; return 200 "{}"; } }' > /etc/nginx/conf.d/default.conf
    echo hello > /usr/share/nginx/html/hello; nginx`;
  assert.equal(stage.exec(["sh", "-c", script])?.exitCode, 0);
  stage.network.names.set("web.shop.svc.cluster.local", "10.244.1.5");
  stage.network.failures.set("10.9.9.9", "ETIMEDOUT");
  stage.network.failures.set("10.9.9.8", "EHOSTUNREACH");
  return stage;
}

const run = (stage: SystemStage, command: string) => {
  const { exitCode, stdout, stderr } = stage.exec(["sh", "-c", command], 2_000_000) ?? assert.fail("it does not end");
  return [exitCode, stdout, stderr];
};

test("wget gets pages by name and says what went wrong as busybox's does", () => {
  const stage = webStage();
  assert.deepEqual(run(stage, "wget -qO- http://web/hello"), [0, "hello\n", ""]);
  assert.deepEqual(run(stage, "wget -q -O - web.shop:8080/moved"), [0, "hello\n", ""]);
  assert.deepEqual(run(stage, "wget -O- localhost/hello"), [
    0,
    "hello\n",
    `Connecting to localhost (127.0.0.1:80)\nwriting to stdout\n-                    100% |${"*".repeat(32)}|     6  0:00:00 ETA\nwritten to stdout\n`,
  ]);
  assert.deepEqual(run(stage, "cd /tmp; wget -q web/hello; cat hello; wget -q web/hello"), [
    1,
    "hello\n",
    "wget: can't open 'hello': File exists\n",
  ]);
  assert.deepEqual(run(stage, "wget -q --spider http://web/hello"), [0, "", ""]);
  const failures: [string, string][] = [
    ["http://web/nope", "server returned error: HTTP/1.1 404 Not Found"],
    ["http://web:81/", "can't connect to remote host (10.244.1.5): Connection refused"],
    ["http://nowhere/", "bad address 'nowhere'"],
    ["-T 2 http://10.9.9.9/", "download timed out"],
    ["http://10.9.9.8/", "can't connect to remote host (10.9.9.8): No route to host"],
  ];
  for (const [words, text] of failures) assert.deepEqual(run(stage, `wget -qO- ${words}`), [1, "", `wget: ${text}\n`]);
  assert.match(
    String(run(stage, "wget -S -O /dev/null http://web/hello")[2]),
    /^ {2}HTTP\/1\.1 200 OK\n {2}Server: nginx\/1\.27\.5\n/m,
  );
});

test("curl shows bodies, heads and what -w asks for, and ends with curl's own codes", () => {
  const stage = webStage();
  assert.deepEqual(run(stage, "curl -s http://web/hello"), [0, "hello\n", ""]);
  assert.deepEqual(run(stage, "curl -s -o /dev/null -w '%{http_code}\\n' web:8080/moved"), [0, "302\n", ""]);
  assert.deepEqual(run(stage, "curl -sL web/moved"), [0, "hello\n", ""]);
  assert.match(String(run(stage, "curl -sI web/hello")[1]), /^HTTP\/1\.1 200 OK\r\nServer: nginx/);
  assert.match(String(run(stage, "curl -si web/json")[1]), /Content-Type: application\/json\r\n[\s\S]*\r\n\r\n{}$/);
  assert.deepEqual(run(stage, "curl -sS -X POST -d a=1 web/hello")[0], 0);
  const failures: [string, number, string][] = [
    ["-sSf web/nope", 22, "The requested URL returned error: 404"],
    ["-sS web:81", 7, "Failed to connect to web port 81 after 1 ms: Couldn't connect to server"],
    ["-sS http://nowhere/", 6, "Could not resolve host: nowhere"],
    ["-sS --connect-timeout 2 10.9.9.9", 28, "Connection timed out after 2000 milliseconds"],
  ];
  for (const [words, code, text] of failures)
    assert.deepEqual(run(stage, `curl ${words}`), [code, "", `curl: (${code}) ${text}\n`]);
  assert.deepEqual(run(stage, "curl -s web:81; echo $?; curl --no-such; echo $?").slice(0, 2), [0, "7\n2\n"]);
  assert.deepEqual(run(stage, "curl -s -w '%{http_code}' web:81"), [7, "000", ""]);
});

test("nc connects, looks, listens and runs a command, and shares the network with all of its pod", () => {
  const stage = webStage();
  assert.deepEqual(run(stage, "nc -zv web 80"), [0, "", "web (10.244.1.5:80) open\n"]);
  assert.deepEqual(run(stage, "nc -z web 81"), [
    1,
    "",
    "nc: can't connect to remote host (10.244.1.5): Connection refused\n",
  ]);
  assert.deepEqual(run(stage, "nc -w 1 10.9.9.9 80"), [1, "", "nc: timed out\n"]);
  assert.deepEqual(run(stage, "nc nowhere 80"), [1, "", "nc: bad address 'nowhere'\n"]);
  assert.match(
    String(run(stage, "printf 'GET /hello HTTP/1.0\\r\\n\\r\\n' | nc web 80")[1]),
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*hello\n$/,
  );
  assert.deepEqual(
    run(stage, "(nc -l -p 9000 > /tmp/got &) ; echo to you | nc localhost 9000; sleep 1; cat /tmp/got"),
    [0, "to you\n", ""],
  );
  assert.deepEqual(
    run(stage, "(nc -lk -p 9001 -e echo hi &) ; nc localhost 9001 </dev/null; nc localhost 9001 </dev/null"),
    [0, "hi\nhi\n", ""],
  );
});

test("nslookup asks the server of resolv.conf by datagrams, with its search list", () => {
  const stage = webStage();
  const server = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n";
  const found = `${server}Name:\tweb.shop.svc.cluster.local\nAddress: 10.244.1.5\n\n`;
  for (const name of ["web", "web.shop", "web.shop.svc.cluster.local"])
    assert.deepEqual(run(stage, `nslookup ${name}`), [0, found, ""]);
  assert.deepEqual(run(stage, "nslookup nope"), [1, `${server}** server can't find nope: NXDOMAIN\n\n`, ""]);
});

test("who ends with what it never read breaks the connection, and a server's connections end with it", () => {
  const stage = webStage();
  assert.equal(run(stage, "nc -l -p 9002 -e sleep 1 &")[0], 0);
  const unread = stage.network.visit(9002);
  unread?.write("never read");
  stage.advance(2_000);
  assert.equal(unread?.wasReset(), true);
  const idle = stage.network.visit(80);
  stage.advance(10);
  assert.equal(idle?.hasEnded(), false);
  run(stage, "nginx -s stop");
  stage.advance(10);
  assert.equal(idle?.hasEnded(), true);
});

test("getent finds hosts by the pod's file and by DNS, and users and groups in theirs", () => {
  const stage = webStage();
  assert.deepEqual(run(stage, "getent hosts web.shop"), [0, "10.244.1.5      web.shop.svc.cluster.local\n", ""]);
  assert.deepEqual(run(stage, "getent hosts localhost"), [0, "127.0.0.1       localhost\n", ""]);
  assert.deepEqual(run(stage, "echo '10.1.2.3 a.b a' >> /etc/hosts; getent hosts a; getent hosts 10.1.2.3"), [
    ...[0, "10.1.2.3        a\n10.1.2.3        a.b a\n", ""],
  ]);
  assert.match(
    String(run(stage, "getent ahosts web.shop")[1]),
    /^10\.244\.1\.5 +STREAM web\.shop.*\n.* DGRAM\n.* RAW\n$/,
  );
  assert.deepEqual(run(stage, "getent hosts nowhere"), [2, "", ""]);
  assert.match(String(run(stage, "getent passwd root")[1]), /^root:x:0:0:/);
  assert.deepEqual(run(stage, "getent shadow"), [1, "", "getent: Unknown database: shadow\n"]);
});
