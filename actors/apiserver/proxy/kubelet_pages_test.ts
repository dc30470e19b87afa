import { assert, test } from "../../../properties/house/test.ts";
import type { Node } from "../../api/types.ts";
import type { Server } from "../server.ts";
import { kubeletPage } from "./kubelet_pages.ts";

const server = { caches: new Map() } as unknown as Server;

function node(ready: "True" | "False"): Node {
  return {
    ...{ apiVersion: "v1", kind: "Node", metadata: { name: "n" } },
    ...{ spec: { podCIDR: "10.244.1.0/24" } },
    status: { capacity: { pods: "110" }, conditions: [{ type: "Ready", status: ready }] },
  };
}

test("kubeletPage() shows the kubelet's configuration, its health and its pods, and has no other pages", () => {
  const page = kubeletPage(server, node("True"), "/configz");
  const { kubeletconfig } = JSON.parse(page?.body ?? "{}");
  assert.deepEqual(
    [kubeletconfig.kind, kubeletconfig.maxPods, kubeletconfig.podCIDR],
    [...["KubeletConfiguration", 110, "10.244.1.0/24"]],
  );
  assert.equal(kubeletPage(server, node("True"), "/healthz/")?.body, "ok");
  assert.equal(kubeletPage(server, node("False"), "/healthz")?.body, "node is not ready");
  assert.deepEqual(JSON.parse(kubeletPage(server, node("True"), "/pods")?.body ?? "").items, []);
  assert.equal(kubeletPage(server, node("True"), "/nothing"), undefined);
});
