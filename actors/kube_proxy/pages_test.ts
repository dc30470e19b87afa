import { assert, test } from "../../properties/house/test.ts";
import type { Node } from "../api/types.ts";
import { newHealth, noteNodeHealth } from "./health.ts";
import { proxyPage } from "./pages.ts";

const at = (seconds: number) => ({ nowMs: Date.UTC(2026, 0, 1) + seconds * 1000, uptimeMs: seconds * 1000 });
const nodeOf = (taints: object[], metadata: object = {}): Node => {
  return { apiVersion: "v1", kind: "Node", metadata: { name: "a", ...metadata }, spec: { taints }, status: {} } as Node;
};
const healthz = { server: "health", path: "/healthz" } as const;
const livez = { server: "health", path: "/livez" } as const;

test("proxyPage() tells of health in kube-proxy's words", () => {
  const { status, text } = proxyPage(healthz, newHealth(), at(1.25));
  const time = "2026-01-01 00:00:01.25 +0000 UTC m=+1.250000000";
  assert.deepEqual([status, text], [200, `{"lastUpdated": "${time}","currentTime": "${time}", "nodeEligible": true}`]);
  assert.equal(proxyPage({ server: "health", path: "/" }, newHealth(), at(1)).status, 404);
});

test("proxyPage() is unhealthy once a change has waited for a minute", () => {
  const health = { ...newHealth(), updated: at(5), pending: at(10) };
  const codes = (seconds: number) => [healthz, livez].map((asked) => proxyPage(asked, health, at(seconds)).status);
  assert.deepEqual(
    [codes(69), codes(70)],
    [
      [200, 200],
      [503, 503],
    ],
  );
  assert.match(proxyPage(livez, health, at(70)).text, /^\{"lastUpdated": "2026-01-01 00:00:05 \+0000 UTC m=\+5\.0+",/);
});

test("proxyPage() sends load balancers away from a node that is to go, and its kube-proxy lives all the same", () => {
  const health = newHealth();
  const codes = () => [healthz, livez].map((asked) => proxyPage(asked, health, at(1)).status);
  noteNodeHealth(health, nodeOf([{ key: "ToBeDeletedByClusterAutoscaler", effect: "NoSchedule" }]));
  assert.deepEqual(codes(), [503, 200]);
  assert.match(proxyPage(healthz, health, at(1)).text, /"nodeEligible": false}$/);
  noteNodeHealth(health, nodeOf([{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }]));
  assert.deepEqual(codes(), [200, 200]);
  noteNodeHealth(health, nodeOf([], { deletionTimestamp: "2026-01-01T00:00:00Z" }));
  assert.deepEqual(codes(), [503, 200]);
});

test("proxyPage() tells its node of its mode and of what it has counted", () => {
  const health = { ...newHealth(), updated: at(5) };
  for (const asked of [healthz, healthz, livez]) proxyPage(asked, health, at(6));
  const page = (path: string) => proxyPage({ server: "metrics", path }, health, at(6));
  assert.deepEqual([page("/proxyMode").text, page("/healthz").text], ["iptables", "ok"]);
  const { text } = page("/metrics?x");
  assert.match(text, /\nkubeproxy_proxy_healthz_total\{code="200"\} 2\n/);
  assert.match(text, /\nkubeproxy_proxy_livez_total\{code="200"\} 1\n/);
  assert.match(text, /\nkubeproxy_sync_proxy_rules_last_timestamp_seconds 1767225605\n/);
  assert.equal(page("/debug").status, 404);
});
