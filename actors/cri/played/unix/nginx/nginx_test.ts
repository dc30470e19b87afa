import { assert, test } from "../../../../../properties/house/test.ts";
import { type SystemStage, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { nginx } from "../../images/nginx.ts";
import { newFolder } from "../files/file_node.ts";
import { fileTree } from "../files/file_tree.ts";
import { readConf } from "./site.ts";

const image = nginx.system("1.27");

/** A container of the image, with a configuration of a site. */
function nginxWith(conf?: string): SystemStage {
  const files = conf === undefined ? {} : { "/etc/nginx/conf.d/default.conf": conf };
  const stage = systemStage({ ...(image ? { image } : {}), files });
  stage.system.start([...(nginx.entrypoint ?? []), ...(nginx.arguments ?? [])]);
  return stage;
}

/** What it answers to a request, without what no test wants to see. */
function get(stage: SystemStage, target: string, { method = "GET", headers = "", port = 80 } = {}) {
  const visitor = stage.network.visit(port);
  visitor?.write(
    `${method} ${target} HTTP/1.1\r\nHost: web\r\nUser-Agent: test\r\n${headers}Connection: close\r\n\r\n`,
  );
  stage.advance(10);
  const [head = "", body = ""] = (visitor?.got() ?? "").split(/\r\n\r\n([\s\S]*)/, 2);
  const [line = "", ...rest] = head.split("\r\n");
  const fields = new Map(
    rest.map((each) => each.split(": ", 2)).map(([name = "", value = ""]) => [name.toLowerCase(), value]),
  );
  return { line, body, header: (name: string) => fields.get(name), hasEnded: visitor?.hasEnded() };
}

test("nginx shows its own page, and who asks for what is not there is told so in a page and in the logs", () => {
  const stage = nginxWith();
  const page = get(stage, "/");
  assert.deepEqual([page.line, page.header("server"), page.hasEnded], ["HTTP/1.1 200 OK", "nginx/1.27.5", true]);
  assert.match(page.body, /<title>Welcome to nginx!<\/title>/);
  assert.equal(page.header("content-length"), String(page.body.length));
  const missing = get(stage, "/nope?x=1");
  assert.deepEqual([missing.line, missing.header("content-type")], ["HTTP/1.1 404 Not Found", "text/html"]);
  assert.match(missing.body, /<center><h1>404 Not Found<\/h1><\/center>\r\n<hr><center>nginx\/1\.27\.5<\/center>/);
  assert.deepEqual(stage.lines.slice(-3), [
    `10.244.1.9 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 ${page.body.length} "-" "test" "-"`,
    '! 2026/01/02 03:04:05 [error] 1#1: *1 open() "/usr/share/nginx/html/nope" failed (2: No such file or directory), client: 10.244.1.9, server: localhost, request: "GET /nope?x=1 HTTP/1.1", host: "web"',
    '10.244.1.9 - - [02/Jan/2026:03:04:05 +0000] "GET /nope?x=1 HTTP/1.1" 404 153 "-" "test" "-"',
  ]);
  assert.equal(get(stage, "/", { method: "POST" }).line, "HTTP/1.1 405 Method Not Allowed");
  const again = get(stage, "/", { headers: `If-None-Match: ${page.header("etag")}\r\n` });
  assert.deepEqual([again.line, again.body], ["HTTP/1.1 304 Not Modified", ""]);
  assert.deepEqual(
    [get(stage, "/", { method: "HEAD" }).body, get(stage, "/../../etc/passwd").line],
    ["", "HTTP/1.1 404 Not Found"],
  );
});

test("nginx serves what it finds in its folder, several requests on one connection, a body larger than any window", () => {
  const stage = nginxWith();
  assert.equal(
    stage.exec(["sh", "-c", "cd /usr/share/nginx/html; mkdir a; echo hello > a/x.txt; head -c 300000 /dev/zero > big"])
      ?.exitCode,
    0,
  );
  assert.equal(get(stage, "/a/x.txt").body, "hello\n");
  assert.equal(get(stage, "/a/x.txt").header("content-type"), "text/plain");
  assert.equal(get(stage, "/a").header("location"), "http://web/a/");
  assert.equal(get(stage, "/a/").line, "HTTP/1.1 403 Forbidden");
  const visitor = stage.network.visit(80);
  visitor?.write("GET /a/x.txt HTTP/1.1\r\nHost: w\r\n\r\nGET /big HTTP/1.1\r\nHost: w\r\n");
  stage.advance(5);
  assert.match(visitor?.got() ?? "", /hello\n$/);
  visitor?.write("\r\n");
  stage.advance(2_000);
  assert.equal((visitor?.got() ?? "").length > 300_000, true);
  assert.deepEqual([visitor?.hasEnded(), visitor?.wasReset()], [false, false]);
});

test("nginx does what its configuration says: ports, locations, answers, tries, redirects, error pages", () => {
  const stage = nginxWith(`
    server { listen 8080 default_server; server_name _; root /srv;
      error_page 404 /lost.html;
      location = /healthz { access_log off; return 200 "ok\\n"; add_header X-A b; }
      location /old { return 301 https://new.example$request_uri; }
      location /app/ { try_files $uri $uri/ /app/index.html; }
      location /files/ { alias /data/; autoindex on; }
    }`);
  assert.equal(stage.network.isListening(80), false);
  stage.exec([
    "sh",
    "-c",
    "mkdir -p /srv/app /data/sub; echo app > /srv/app/index.html; echo lost > /srv/lost.html; touch /data/f",
  ]);
  const at = (target: string) => get(stage, target, { port: 8080 });
  const health = at("/healthz");
  assert.deepEqual([health.body, health.header("x-a")], ["ok\n", "b"]);
  assert.equal(at("/healthz/x").body, "lost\n");
  assert.deepEqual(
    [at("/old/a?b=1").line, at("/old/a?b=1").header("location")],
    ["HTTP/1.1 301 Moved Permanently", "https://new.example/old/a?b=1"],
  );
  assert.equal(at("/app/some/route").body, "app\n");
  assert.match(at("/files/").body, /<a href="f">f<\/a>\r\n<a href="sub\/">sub\/<\/a>/);
  assert.equal(at("/missing").line, "HTTP/1.1 404 Not Found");
});

test("nginx takes its configuration anew at HUP, ends at QUIT and TERM, and is told so by its own command", () => {
  const stage = nginxWith();
  stage.exec(["sh", "-c", "echo 'server { listen 81; location / { return 204; } }' > /etc/nginx/conf.d/default.conf"]);
  assert.equal(stage.exec(["nginx", "-s", "reload"])?.exitCode, 0);
  stage.advance(1);
  assert.deepEqual(
    [stage.network.isListening(80), get(stage, "/", { port: 81 }).line],
    [false, "HTTP/1.1 204 No Content"],
  );
  stage.exec(["sh", "-c", "echo 'server {' > /etc/nginx/conf.d/default.conf"]);
  const check = stage.exec(["nginx", "-t"]);
  assert.equal(check?.exitCode, 1);
  assert.match(
    check?.stderr ?? "",
    /unexpected end of file, expecting "}" in \/etc\/nginx\/conf\.d\/default\.conf:2\n.*test failed\n$/,
  );
  assert.equal(stage.exec(["nginx", "-v"])?.stderr, "nginx version: nginx/1.27.5\n");
  stage.exec(["nginx", "-s", "reload"]);
  assert.equal(get(stage, "/", { port: 81 }).line, "HTTP/1.1 204 No Content");
  const visitor = stage.network.visit(81);
  stage.system.signal("QUIT");
  stage.advance(1);
  assert.deepEqual([stage.status(), stage.network.isListening(81), visitor?.hasEnded()], [0, false, true]);
});

test("a second nginx in a pod cannot listen where the first does, says so five times and fails", () => {
  const stage = nginxWith();
  const second = stage.exec(["nginx", "-g", "daemon off;"]);
  assert.equal(second?.exitCode, 1);
  assert.equal(
    second?.stderr.match(/nginx: \[emerg\] bind\(\) to 0\.0\.0\.0:80 failed \(98: Address already in use\)/g)?.length,
    5,
  );
  assert.match(second?.stderr ?? "", /nginx: \[emerg\] still could not bind\(\)\n$/);
});

test("readConf() says what is wrong where, and what of a configuration it does not play", () => {
  const confOf = (text: string) => {
    const tree = fileTree(newFolder(undefined, 0), { nowMs: () => 0, bytesMax: 1_000, nodesMax: 9 });
    const node = tree.fileToWrite("/nginx.conf", true);
    assert.equal("kind" in node && node.kind === "file" && tree.setBytes(node, text), undefined);
    return readConf(tree, "/nginx.conf", "daemon off");
  };
  const read = confOf("http { server { location ~ x { } mirror /y; } }");
  assert.deepEqual(read.ok && [read.value.unplayed, read.value.isDaemon], [["location ~", "mirror"], false]);
  for (const [text, fault] of [
    ["a;\n}", 'unexpected "}"'],
    ["a {\n;", 'unexpected ";"'],
    ['a "x', 'unexpected end of file, expecting ";" or "}"'],
    ["a b", 'unexpected end of file, expecting ";" or "}"'],
  ] as const) {
    const wrong = confOf(text);
    assert.equal(wrong.ok ? "" : wrong.failure.text, fault);
  }
});

test("nginx is a master and a worker to who looks at processes, another worker after it was told to reload", () => {
  const stage = nginxWith();
  stage.advance(10);
  const shown = () =>
    (stage.exec(["ps"])?.stdout ?? "")
      .split("\n")
      .slice(1, 3)
      .map((line) => line.trim());
  const [master = "", worker = ""] = shown();
  assert.equal(master, "1 root      0:00 nginx: master process nginx -g daemon off;");
  assert.match(worker, /^\d+ 101 +0:00 nginx: worker process$/);
  stage.exec(["nginx", "-s", "reload"]);
  stage.advance(10);
  const [same, other = ""] = shown();
  assert.equal(same, master);
  assert.match(other, /^\d+ 101 +0:00 nginx: worker process$/);
  assert.notEqual(other, worker);
  assert.equal(stage.exec(["pidof", "nginx"])?.stdout.trim().split(" ").length, 2);
  stage.exec(["nginx", "-s", "quit"]);
  stage.advance(10);
  assert.equal(stage.status(), 0);
});
