import { assert, test } from "../../../properties/house/test.ts";
import type { Node } from "../../api/types.ts";
import { kubeletPage } from "./kubelet_pages.ts";

function node(ready: "True" | "False"): Node {
  return {
    ...{ apiVersion: "v1", kind: "Node", metadata: { name: "n" } },
    ...{ spec: { podCIDR: "10.244.1.0/24" } },
    status: { capacity: { pods: "110" }, conditions: [{ type: "Ready", status: ready }] },
  };
}

test("kubeletPage() shows the kubelet's configuration, its health and its pods, and has no other pages", () => {
  const page = kubeletPage(node("True"), "/configz");
  const { kubeletconfig } = JSON.parse(page?.body ?? "{}");
  assert.deepEqual(
    [kubeletconfig.kind, kubeletconfig.maxPods, kubeletconfig.podCIDR],
    [...["KubeletConfiguration", 110, "10.244.1.0/24"]],
  );
  assert.equal(kubeletPage(node("True"), "/healthz/")?.body, "ok");
  assert.equal(kubeletPage(node("False"), "/healthz")?.body, "node is not ready");
  const own = { list: '{"items":[]}', staticPodPath: "/etc/kubernetes/manifests" };
  assert.equal(kubeletPage(node("True"), "/pods/", own)?.body, own.list);
  assert.equal(kubeletconfig.staticPodPath, undefined);
  const { staticPodPath } = JSON.parse(kubeletPage(node("True"), "/configz", own)?.body ?? "{}").kubeletconfig;
  assert.equal(staticPodPath, own.staticPodPath);
  assert.equal(kubeletPage(node("True"), "/nothing"), undefined);
  assert.equal(kubeletPage(node("True"), "/logsnot"), undefined);
  assert.match(kubeletPage(node("True"), "/logs/")?.body ?? "", /^<!doctype html>[\s\S]*<pre>\n<\/pre>$/m);
  assert.equal(kubeletPage(node("True"), "/logs/pods/web/0.log")?.code, 404);
});

test("kubeletPage() says of what its configuration has switched off that it is, as a kubelet does", () => {
  const off = {
    "/debug/pprof/heap": "profiling",
    "/debug/flags/v": "flags",
  };
  for (const [path, what] of Object.entries(off)) {
    const expected = { code: 405, contentType: "text/plain; charset=utf-8", body: `${what} endpoint is disabled.\n` };
    assert.deepEqual(kubeletPage(node("True"), path), expected);
  }
  const { kubeletconfig } = JSON.parse(kubeletPage(node("True"), "/configz")?.body ?? "");
  const { enableSystemLogHandler, enableProfilingHandler, enableDebugFlagsHandler } = kubeletconfig;
  assert.deepEqual([enableSystemLogHandler, enableProfilingHandler, enableDebugFlagsHandler], [true, false, false]);
});
