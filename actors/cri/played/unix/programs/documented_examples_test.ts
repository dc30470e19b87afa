import { assert, test } from "../../../../../properties/house/test.ts";
import { shellOutcome, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { type GrpcOutcome, grpcClient } from "../../../../network/grpc/client.ts";
import { checkPath, checkRequest, statusOf } from "../../../../network/grpc/health.ts";
import type { PlayedImage } from "../../images/_played_image.ts";
import { agnhost } from "../../images/agnhost.ts";
import { etcd } from "../../images/etcd.ts";
import { helloFrontend } from "../../images/hello_frontend.ts";
import { helloGoGke } from "../../images/hello_go_gke.ts";
import { python } from "../../images/python.ts";
import { redis } from "../../images/redis.ts";
import { stress } from "../../images/stress.ts";

function stageOf(image: PlayedImage, tag = "latest") {
  const system = image.system(tag);
  return systemStage(system ? { image: system } : {});
}

test("tail -F waits for a file that is not there yet, as a sidecar of logs does that starts before who writes", () => {
  const stage = systemStage();
  stage.system.start(["tail", "-F", "/tmp/logs.txt"]);
  stage.advance(3_000);
  assert.equal(stage.status(), undefined);
  stage.exec(["sh", "-c", "echo one > /tmp/logs.txt"]);
  stage.advance(1_500);
  stage.exec(["sh", "-c", "echo two >> /tmp/logs.txt"]);
  stage.advance(1_500);
  assert.deepEqual(stage.lines, [
    "! tail: can't open '/tmp/logs.txt': No such file or directory",
    "! tail: /tmp/logs.txt has appeared; following end of new file",
    ...["one", "two"],
  ]);
  assert.equal(stage.exec(["tail", "-f", "/tmp/none"])?.exitCode, 1);
});

test("nslookup is BIND's where dig is, and names the server's port as that does", () => {
  const stage = stageOf(agnhost);
  stage.network.names.set("kubernetes.default.svc.cluster.local", "10.96.0.1");
  stage.system.start(["/agnhost", "pause"]);
  const { stdout } = stage.exec(["nslookup", "kubernetes.default.svc.cluster.local"]) ?? assert.fail("it does not end");
  const name = "Name:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n\n";
  assert.equal(stdout, `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n${name}`);
});

test("a played etcd answers at one port by HTTP, and to probes of gRPC", () => {
  const stage = stageOf(etcd);
  stage.system.start(["/usr/local/bin/etcd", "--listen-client-urls", "http://0.0.0.0:2379", "--log-level", "debug"]);
  stage.advance(10);
  const ask = (service: string) => {
    const outcomes: GrpcOutcome[] = [];
    const visitor = stage.network.visit(2379);
    const question = { path: checkPath, authority: "10.0.0.1:2379", message: checkRequest(service) };
    const client = grpcClient(question, {
      done: (outcome) => outcomes.push(outcome),
      write: (data) => visitor?.write(data),
    });
    visitor?.write(client.question);
    stage.advance(10);
    client.receive(visitor?.got() ?? "");
    return outcomes[0];
  };
  const well = ask("");
  assert.ok(well?.kind === "answer");
  assert.equal(statusOf(well.body), "SERVING");
  assert.ok(ask("other")?.kind === "answer");
  const visitor = stage.network.visit(2379);
  visitor?.write("GET /health HTTP/1.1\r\nHost: e\r\nConnection: close\r\n\r\n");
  stage.advance(10);
  assert.match(visitor?.got() ?? "", /^HTTP\/1\.1 200 OK[\s\S]*"health":"true"/);
});

test("redis tells its settings as it has understood them, and nothing of others", () => {
  const stage = stageOf(redis, "8.0");
  stage.system.start(["sh", "-c", "echo 'maxmemory 2mb' > /tmp/redis.conf; exec redis-server /tmp/redis.conf"]);
  stage.advance(10);
  const ask = (name: string) => stage.exec(["redis-cli", "CONFIG", "GET", name])?.stdout;
  assert.equal(ask("maxmemory"), "maxmemory\n2097152\n");
  assert.equal(ask("maxmemory-policy"), "maxmemory-policy\nnoeviction\n");
  assert.equal(ask("unheard-of"), "\n");
});

test("python3 -c does what the examples of Jobs do, and says what it does not know", () => {
  const run = (script: string, index = "2") => {
    const system = python.system("3");
    const env = { JOB_COMPLETION_INDEX: index };
    const found = shellOutcome(`python3 -c '${script}'`, { ...(system ? { image: system } : {}), env });
    return [found?.exitCode, found?.stdout];
  };
  const success = `import os, sys
if os.environ.get("JOB_COMPLETION_INDEX") == "2":
  sys.exit(0)
else:
  sys.exit(1)
`;
  assert.deepEqual([run(success)[0], run(success, "3")[0]], [0, 1]);
  const odd = `import os, sys, time
print("Hello world")
if int(os.environ.get("JOB_COMPLETION_INDEX")) % 2 == 0: # even ones fail
  sys.exit(1)
`;
  assert.deepEqual(
    [run(odd), run(odd, "7")],
    [
      [1, "Hello world\n"],
      [0, "Hello world\n"],
    ],
  );
  const index = `index = int(os.environ["JOB_COMPLETION_INDEX"])
if index == 0:
  sys.exit(1)
elif index in [2, 3] and not index > 2:
  sys.exit(42)
total = 0
for each in range(1, 4):
  total += each * 2
print(f"sum {total}", -7 // 2, "a" + "b", flush=True)`;
  assert.deepEqual([run(index, "0")[0], run(index)[0]], [1, 42]);
  assert.deepEqual(run(index, "3"), [0, "sum 12 -4 ab\n"]);
  assert.deepEqual(run("print(nothing)"), [1, ""]);
  assert.deepEqual(run("class A: pass"), [1, ""]);
});

test("what is not played of python lives on where nobody knows what a container runs, and says so", () => {
  const system = python.system("3");
  const stage = systemStage();
  const { uptimeMs, wallMs, later } = { uptimeMs: stage.nowMs, wallMs: stage.nowMs, later: () => {} };
  const lines: string[] = [];
  const told = systemStage({
    ...(system ? { image: system } : {}),
    host: {
      ...{ uptimeMs, wallMs, later, hostname: "web-0", random: { int: () => 0 } as never },
      nothingRuns: (program) => `Nothing runs here: ${program}`,
    },
    wrote: (_, line) => void lines.push(line),
  });
  told.system.start(["python3", "-m", "http.server"]);
  assert.equal(told.status(), undefined);
  assert.match(lines.join(), /^Nothing runs here: python3; .* runs: -m http\.server$/);
});

test("the stress of Go that is told nothing lives on and takes nothing", () => {
  const stage = stageOf(stress);
  stage.system.start(["/stress"]);
  stage.advance(60_000);
  assert.equal(stage.status(), undefined);
  assert.match(stage.lines.join(), /Allocating "0" memory/);
});

test("the tutorial's front end passes on to its back end", () => {
  const stage = stageOf(helloGoGke);
  stage.system.start(["/hello-go-gke"]);
  stage.advance(10);
  const visitor = stage.network.visit(80);
  visitor?.write("GET / HTTP/1.1\r\nHost: hello\r\nConnection: close\r\n\r\n");
  stage.advance(10);
  assert.match(visitor?.got() ?? "", /\r\n\r\n\{"message":"Hello"\}\n$/);
  assert.match(helloFrontend.system("1.0")?.files?.["/etc/nginx/conf.d/default.conf"] ?? "", /server hello;/);
});
