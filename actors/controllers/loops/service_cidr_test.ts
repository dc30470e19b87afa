import { assert, test } from "../../../properties/house/test.ts";
import { createPlainLoop, type PlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { serviceCidr as rangeKind } from "../../api/kinds/service_cidr.ts";
import { serviceCidr } from "./service_cidr.ts";

const going = { deletionTimestamp: "1970-01-01T00:00:00Z" };
const range = (name: string, cidr: string, more: object = {}) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "ServiceCIDR",
  metadata: { name, ...more },
  spec: { cidrs: [cidr] },
  status: {},
});
const address = (name: string) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "IPAddress",
  metadata: { name, labels: { "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io" } },
  spec: { parentRef: { resource: "services", namespace: "default", name: "web" } },
});

function lineOf(loop: PlainLoop, name: string): string {
  const found = loop.all(rangeKind).find(({ metadata }) => metadata.name === name);
  const [condition] = found?.status?.conditions ?? [];
  const finalizers = found?.metadata.finalizers ?? [];
  return `${condition?.status} ${condition?.reason} ${condition?.message} [${finalizers}]`;
}

test("serviceCidr makes a range ready and keeps it", () => {
  const loop = createPlainLoop(serviceCidr);
  loop.put(range("more", "10.100.0.0/24"));
  loop.turn("more", 0);
  const line = "True  Kubernetes Service CIDR is ready [networking.k8s.io/service-cidr-finalizer]";
  assert.equal(lineOf(loop, "more"), line);
  assert.deepEqual(loop.turn("more", 1_000)?.actions, []);
});

test("serviceCidr lets a range go that no address needs, once all have heard of it", () => {
  const kept = { ...going, finalizers: ["networking.k8s.io/service-cidr-finalizer", "mine"] };
  const loop = createPlainLoop(serviceCidr);
  loop.put(range("more", "10.100.0.0/24", kept));
  loop.put(address("10.100.0.7"));
  loop.turn("more", 60_000);
  const why = "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR";
  assert.equal(lineOf(loop, "more"), `False Terminating ${why} [${kept.finalizers}]`);
  // A wider one has all of its addresses.
  loop.put(range("wide", "10.100.0.0/16"));
  assert.equal(loop.turn("more", 4_000)?.againAfterMs, 6_000);
  loop.turn("more", 10_000);
  assert.ok(lineOf(loop, "more").endsWith("[mine]"));
});
