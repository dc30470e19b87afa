import { assert, test } from "../../../../../properties/house/test.ts";
import { shellOutcome, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import type { ResourceLimits } from "../../../resource_limits.ts";
import type { PlayedImage } from "../../images/_played_image.ts";
import { echoserver } from "../../images/echoserver.ts";
import { helloApp } from "../../images/hello_app.ts";
import { hpaExample } from "../../images/hpa_example.ts";
import { httpEcho } from "../../images/http_echo.ts";
import { httpd } from "../../images/httpd.ts";
import { kubernetesBootcamp } from "../../images/kubernetes_bootcamp.ts";
import { memcached } from "../../images/memcached.ts";
import { perl } from "../../images/perl.ts";
import { serveHostname } from "../../images/serve_hostname.ts";
import { stress } from "../../images/stress.ts";
import { whoami } from "../../images/whoami.ts";

const head = (path: string, method = "GET") => `${method} ${path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n`;

test("httpd is Apache's in its image: it works, logs, knows its settings and ends at WINCH", () => {
  const image = httpd.system("2.4");
  const stage = systemStage({ ...(image ? { image } : {}) });
  stage.system.start(httpd.arguments ?? []);
  const get = (path: string, method?: string) => {
    const visitor = stage.network.visit(80);
    visitor?.write(head(path, method));
    stage.advance(10);
    return visitor?.got() ?? "";
  };
  assert.match(get("/"), /^HTTP\/1\.1 200 OK\r\n[\s\S]*Server: Apache\/2\.4\.65 \(Unix\)[\s\S]*<h1>It works!<\/h1>/);
  assert.match(
    stage.lines.at(-1) ?? "",
    /^10\.244\.1\.9 - - \[02\/Jan\/2026:03:04:05 \+0000\] "GET \/ HTTP\/1\.1" 200 45$/,
  );
  assert.match(get("/nope"), /^HTTP\/1\.1 404 Not Found[\s\S]*<title>404 Not Found<\/title>/);
  assert.match(get("/", "PUT"), /^HTTP\/1\.1 405 /);
  assert.equal(stage.exec(["httpd", "-v"])?.stdout, "Server version: Apache/2.4.65 (Unix)\n");
  stage.system.signal("WINCH");
  assert.deepEqual([stage.status(), stage.network.isListening(80)], [0, false]);
});

test("the servers of examples answer what theirs do", () => {
  const ask = (image: PlayedImage, tag: string, words: readonly string[] = [], path = "/") => {
    const system = image.system(tag);
    const stage = systemStage({ ...(system ? { image: system } : {}) });
    stage.system.start([...(image.entrypoint ?? []), ...words]);
    stage.advance(10);
    const port = image.ports?.[0] ?? 0;
    const answers = [path, path].map(() => {
      const visitor = stage.network.visit(port);
      visitor?.write(head(path));
      stage.advance(200);
      return (visitor?.got() ?? "").split("\r\n\r\n")[1];
    });
    stage.system.signal("TERM");
    stage.advance(70_000);
    assert.notEqual(stage.status(), undefined);
    return { answer: answers[1], lines: stage.lines, cpuMs: stage.system.cpuMs() };
  };
  const bootcamp = ask(kubernetesBootcamp, "v2");
  assert.equal(bootcamp.answer, "Hello Kubernetes bootcamp! | Running on: web-0 | v=2\n");
  assert.match(bootcamp.lines.at(-1) ?? "", /^Running On: web-0 \| Total Requests: 2 \| App Uptime: /);
  assert.equal(ask(helloApp, "2.0").answer, "Hello, world!\nVersion: 2.0.0\nHostname: web-0\n");
  assert.equal(ask(httpEcho, "1.0", ["-text=moin"]).answer, "moin\n");
  assert.match(
    ask(whoami, "latest", [], "/x?y").answer ?? "",
    /^Hostname: web-0\nIP: 127\.0\.0\.1\nIP: 10\.244\.1\.5\n[\s\S]*\nGET \/x\?y HTTP\/1\.1\nHost: w\n/,
  );
  assert.match(ask(echoserver, "1.10", [], "/x?y=1").answer ?? "", /\tmethod=GET\n\treal path=\/x\?y=1\n\tquery=y=1\n/);
  const hard = ask(hpaExample, "latest");
  assert.equal(hard.answer, "OK!");
  assert.ok(hard.cpuMs >= 100, String(hard.cpuMs));
  assert.equal(ask(serveHostname, "latest").answer, "web-0");
});

test("perl prints as many digits of pi as the example of a Job asks for, and says what else it does not know", () => {
  const image = perl.system("5.34.0");
  const run = (script: string) => shellOutcome(script, image ? { image } : {});
  assert.equal(run("perl -Mbignum=bpi -wle 'print bpi(20)'")?.stdout, "3.1415926535897932385\n");
  const long = run("perl -Mbignum=bpi -wle 'print bpi(2000)'")?.stdout ?? "";
  assert.equal(long.length, 2_002);
  assert.ok(long.endsWith("904780275901\n"), long.slice(-20));
  assert.match(run("perl -e 'print 1'")?.stderr ?? "", /knows bpi\(\) of bignum alone/);
});

test("busybox's httpd serves a folder at a port, in the foreground or behind", () => {
  const stage = systemStage();
  stage.system.start([
    "sh",
    "-c",
    "mkdir /www; echo hi > /www/index.html; httpd -p 8080 -h /www; exec httpd -f -p 8081 -h /www",
  ]);
  for (const port of [8080, 8081]) {
    const visitor = stage.network.visit(port);
    visitor?.write(head("/"));
    stage.advance(10);
    assert.match(visitor?.got() ?? "", /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nhi\n$/);
  }
  assert.equal(stage.exec(["httpd", "-f", "-p", "8080"])?.stderr, "httpd: bind: Address already in use\n");
});

test("memcached stores, counts, lets expire and tells of itself, byte by byte", () => {
  const image = memcached.system("1.6");
  const stage = systemStage({ ...(image ? { image } : {}) });
  stage.system.start(["docker-entrypoint.sh", "memcached", "-m", "64"]);
  const visitor = stage.network.visit(11_211);
  let seen = 0;
  const ask = (bytes: string) => {
    for (const byte of bytes) visitor?.write(byte);
    stage.advance(5);
    const told = (visitor?.got() ?? "").slice(seen);
    seen += told.length;
    return told;
  };
  assert.equal(ask("set a 5 10 3\r\nx\ny\r\nget a b\r\n"), "STORED\r\nVALUE a 5 3\r\nx\ny\r\nEND\r\n");
  assert.equal(
    ask("add a 0 0 1\r\nz\r\nreplace b 0 0 1\r\nz\r\nappend a 0 0 1\r\n!\r\nget a\r\n"),
    "NOT_STORED\r\nNOT_STORED\r\nSTORED\r\nVALUE a 5 4\r\nx\ny!\r\nEND\r\n",
  );
  assert.equal(
    ask("set n 0 0 2\r\n10\r\nincr n 5\r\ndecr n 20\r\nincr none 1\r\n"),
    "STORED\r\n15\r\n0\r\nNOT_FOUND\r\n",
  );
  stage.advance(10_000);
  assert.equal(ask("get a\r\ndelete n\r\nnonsense\r\nversion\r\n"), "END\r\nDELETED\r\nERROR\r\nVERSION 1.6.39\r\n");
  stage.system.signal("TERM");
  assert.equal(stage.status(), 0);
});

test("memcached forgets what nobody has asked for for longest, and holds nothing that is too large for it", () => {
  const image = memcached.system("1.6");
  const stage = systemStage({ ...(image ? { image } : {}) });
  stage.system.start(["docker-entrypoint.sh", "memcached", "-m", "2"]);
  const visitor = stage.network.visit(11_211);
  let seen = 0;
  const ask = (bytes: string) => {
    visitor?.write(bytes);
    stage.advance(500);
    const told = (visitor?.got() ?? "").slice(seen);
    seen += told.length;
    return told.replaceAll(/x+/g, "x");
  };
  const much = 900_000;
  const put = (key: string) => `set ${key} 0 0 ${much}\r\n${"x".repeat(much)}\r\n`;
  assert.equal(ask(`${put("a")}${put("b")}get a\r\n`), `STORED\r\nSTORED\r\nVALUE a 0 ${much}\r\nx\r\nEND\r\n`);
  assert.equal(ask(`${put("c")}get b\r\nget a\r\n`), `STORED\r\nEND\r\nVALUE a 0 ${much}\r\nx\r\nEND\r\n`);
  const refused = "SERVER_ERROR object too large for cache\r\n";
  assert.equal(ask(`append a 0 0 ${much}\r\n${"x".repeat(much)}\r\n`), refused);
  assert.equal(ask("set d 0 0 9999999\r\nxx"), refused);
  assert.equal(ask(`${"x".repeat(9_999_997)}\r\nget d\r\n`), "END\r\n");
});

test("stress takes processors and memory, and who takes more than the container may ends all of it", () => {
  const image = stress.system("latest");
  const start = (words: readonly string[], limits: ResourceLimits = {}) => {
    let isKilled = false;
    const stage = systemStage({
      ...(image ? { image } : {}),
      limits: () => limits,
      outOfMemory() {
        isKilled = true;
      },
    });
    stage.system.start(words);
    stage.advance(2_000);
    return { stage, isKilled: () => isKilled };
  };
  const memory = ["stress", "--vm", "1", "--vm-bytes", "150M", "--vm-hang", "1"];
  const fits = start(memory, { memoryLimitBytes: 200 * 1024 ** 2 });
  assert.deepEqual(
    [fits.stage.lines, fits.isKilled()],
    [["stress: info: [1] dispatching hogs: 0 cpu, 0 io, 1 vm, 0 hdd"], false],
  );
  assert.equal(fits.stage.system.heldBytes(), 150 * 1024 ** 2);
  assert.equal(start(memory, { memoryLimitBytes: 100 * 1024 ** 2 }).isKilled(), true);
  const busy = start(["/stress", "-cpus", "2"]).stage;
  assert.ok(busy.system.cpuMs() > 3_000, String(busy.system.cpuMs()));
  assert.match(busy.lines.at(-1) ?? "", /Spawning a thread to consume CPU$/);
  const greedy = start(["stress", "-c", "1000000000"]).stage;
  assert.deepEqual(
    [greedy.status(), greedy.lines.at(-1)],
    [1, "! stress: can't fork: Resource temporarily unavailable"],
  );
  const brief = start(["stress", "-c", "1", "-t", "1s"]).stage;
  assert.deepEqual([brief.status(), brief.lines.at(-1)], [0, "stress: info: [1] successful run completed in 1s"]);
});
