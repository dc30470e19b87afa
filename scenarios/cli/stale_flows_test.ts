import type { ServicePortRule } from "../../actors/kube_proxy/messages.ts";
import { assert, test } from "../../properties/house/test.ts";
import { serviceRule } from "../../properties/stages/computer/stage.ts";
import { staleFlows } from "./stale_flows.ts";

const [one, other] = ["10.1.0.1", "10.1.0.2"].map((ip) => ({ ip, port: 5353 })) as [
  { ip: string; port: number },
  { ip: string; port: number },
];
const dns = (targets: (typeof one)[], more: Partial<ServicePortRule> = {}) =>
  serviceRule("10.96.0.53", targets, { protocol: "udp", port: 53, ...more });
const words = (before: ServicePortRule, after: ServicePortRule) =>
  staleFlows([before], [after]).map((each) => each.join(" "));

test("staleFlows() forgets what was led to endpoints that serve no more, at each of a Service's addresses", () => {
  const at = { externalIps: ["192.0.2.1"], nodePort: 30_053 };
  assert.deepEqual(words(dns([one, other], at), dns([other], at)), [
    "-D -p udp --orig-dst 10.96.0.53 --orig-port-dst 53 --dst-nat 10.1.0.1",
    "-D -p udp --orig-dst 192.0.2.1 --orig-port-dst 53 --dst-nat 10.1.0.1",
    "-D -p udp --orig-port-dst 30053 --dst-nat 10.1.0.1",
  ]);
  assert.deepEqual(words(dns([one]), dns([other], { serving: [one, other] })), []);
  assert.deepEqual(words(dns([one]), dns([])), [
    "-D -p udp --orig-dst 10.96.0.53 --orig-port-dst 53 --dst-nat 10.1.0.1",
  ]);
});

test("staleFlows() forgets what went to a Service while it had no endpoint, and nothing of TCP", () => {
  assert.deepEqual(words(dns([]), dns([one])), ["-D -p udp --orig-dst 10.96.0.53 --orig-port-dst 53"]);
  assert.deepEqual(words(dns([one]), dns([one, other])), []);
  assert.deepEqual(words(dns([one], { protocol: "tcp" }), dns([], { protocol: "tcp" })), []);
  assert.deepEqual(staleFlows([], [dns([one])]), []);
});
