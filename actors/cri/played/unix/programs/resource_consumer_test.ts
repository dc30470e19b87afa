import { assert, test } from "../../../../../properties/house/test.ts";
import { type SystemStage, systemStage } from "../../../../../properties/stages/unix/system_stage.ts";
import { resourceConsumer } from "../../images/resource_consumer.ts";

function posted(stage: SystemStage, target: string, { port = 8080, method = "POST" } = {}) {
  const visitor = stage.network.visit(port);
  visitor?.write(`${method} ${target} HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  stage.advance(50);
  const [head = "", body = ""] = (visitor?.got() ?? "").split(/\r\n\r\n([\s\S]*)/, 2);
  return [Number(head.split(" ")[1]), body];
}

function consumerStage(): SystemStage {
  const image = resourceConsumer.system("1.13");
  const stage = systemStage({ ...(image ? { image } : {}) });
  stage.system.start(["/consumer"]);
  return stage;
}

test("a resource consumer uses of processors and memory what it is asked to, for as long as it is asked to", () => {
  const stage = consumerStage();
  assert.deepEqual(posted(stage, "/ConsumeCPU?millicores=100&durationSec=30"), [
    200,
    "ConsumeCPU\n100 millicores\n30 durationSec\n",
  ]);
  for (const millicores of [100, 100, 50]) posted(stage, `/ConsumeCPU?millicores=${millicores}&durationSec=30`);
  stage.advance(60_000);
  const [asked, used] = [30 * (100 + 100 + 100 + 50), stage.system.cpuMs()];
  assert.ok(used > asked * 0.98 && used < asked * 1.04, `${used} of ${asked}`);
  assert.deepEqual(posted(stage, "/ConsumeMem?megabytes=150&durationSec=10"), [
    200,
    "ConsumeMem\n150 megabytes\n10 durationSec\n",
  ]);
  posted(stage, "/ConsumeMem?megabytes=50&durationSec=20");
  assert.equal(stage.system.heldBytes(), 200 * 1024 ** 2);
  stage.advance(12_000);
  assert.equal(stage.system.heldBytes(), 50 * 1024 ** 2);
  stage.advance(10_000);
  assert.equal(stage.system.heldBytes(), 0);
  assert.match(stage.lines.join("\n"), /^! 2026\/01\/02 03:04:05 ConsumeCPU millicores: 100, durationSec: 30$/m);
});

test("a resource consumer shows the metrics that were bumped, and says what it does not understand", () => {
  const stage = consumerStage();
  posted(stage, "/BumpMetric?metric=QPS&delta=2.5&durationSec=60");
  posted(stage, "/BumpMetric?metric=QPS&delta=10&durationSec=10");
  const shown = (value: string) => [200, `# HELP QPS info message.\n# TYPE QPS gauge\nQPS ${value}\n`];
  assert.deepEqual(posted(stage, "/metrics", { method: "GET" }), shown("12.500000"));
  stage.advance(11_000);
  assert.deepEqual(posted(stage, "/metrics", { method: "GET" }), shown("2.500000"));
  assert.deepEqual(posted(stage, "/ConsumeCPU", { method: "GET" }), [400, "Bad request. Not a POST request\n"]);
  assert.deepEqual(posted(stage, "/ConsumeCPU?millicores=1"), [400, "not given function argument\n"]);
  assert.deepEqual(posted(stage, "/ConsumeMem?megabytes=1.5&durationSec=1"), [400, "incorrect function argument\n"]);
  assert.deepEqual(posted(stage, "/toString"), [404, "unknown function: /toString\n"]);
  assert.deepEqual(posted(stage, "/GetCurrentStatus"), [200, "Warning: not implemented!\nGetCurrentStatus"]);
});

test("the controller of resource consumers takes wishes apart, and sends each part to the Service", () => {
  const own = ["/consumer", "/consume-cpu/consume-cpu", "/usr/bin/stress", "/agnhost"];
  const stage = systemStage({ image: { base: "debian", own } });
  const flags = "--port=8081 --consumer-service-name=load --consumer-service-namespace=shop --consumer-port=8080";
  stage.system.start(["sh", "-c", `/consumer & exec /agnhost resource-consumer-controller ${flags}`]);
  stage.advance(10);
  const ask = (target: string) => posted(stage, target, { port: 8081 });
  const unknown = ask("/ConsumeCPU?millicores=50&durationSec=30&requestSizeMillicores=100");
  assert.match(
    String(unknown[1]),
    /\nFailed to connect to consumer: Post "http:\/\/load\.shop\.svc\.cluster\.local:8080\/ConsumeCPU": dial tcp: lookup load/,
  );
  stage.network.names.set("load.shop.svc.cluster.local", "127.0.0.1");
  assert.deepEqual(ask("/ConsumeCPU?millicores=250&durationSec=30&requestSizeMillicores=100"), [
    200,
    "RC manager: sending 2 requests to consume 100 millicores each and 1 request to consume 50 millicores\nConsumed 100 millicores\nConsumed 100 millicores\nConsumed 50 millicores\n",
  ]);
  stage.advance(40_000);
  const used = stage.system.cpuMs();
  assert.ok(used > 7_400 && used < 7_900, String(used));
  assert.deepEqual(ask("/ConsumeMem?megabytes=200&durationSec=30&requestSizeMegabytes=100"), [
    200,
    "RC manager: sending 2 requests to consume 100 MB each and 1 request to consume 0 MB\nConsumed 100 megabytes\nConsumed 100 megabytes\n",
  ]);
  assert.deepEqual(ask("/BumpMetric?metric=QPS&delta=5&durationSec=30&requestSizeMetrics=10"), [
    200,
    "RC manager: sending 0 requests to bump custom metric by 10 each and 1 request to bump by 5\nBumped metric QPS by 5\n",
  ]);
  assert.deepEqual(ask("/ConsumeCPU?millicores=250&durationSec=30"), [400, "not given function argument\n"]);
  assert.deepEqual(ask("/ConsumeCPU?millicores=9&durationSec=3&requestSizeMillicores=0"), [
    400,
    "incorrect function argument\n",
  ]);
  assert.deepEqual(ask("/metrics"), [404, "unknown function\n"]);
});
