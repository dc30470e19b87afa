import { assert, fc, property, test } from "../../properties/house/test.ts";
import { isEncodable } from "../network/domain_name.ts";
import { canonicalAddress, isIpv4, isIpv6 } from "../network/ip.ts";
import { addressOfDashed, addressOfReverse, dashedAddress, readClusterName, within } from "./names.ts";

test("readClusterName() reads labels by their places", () => {
  assert.deepEqual(readClusterName(""), { kind: "apex" });
  assert.deepEqual(readClusterName("svc"), { kind: "folder" });
  assert.deepEqual(readClusterName("ns.dns"), { kind: "nameServer" });
  assert.deepEqual(readClusterName("shop.svc"), { kind: "namespace", namespace: "shop" });
  assert.deepEqual(readClusterName("1-2-3-4.shop.pod"), { kind: "pod", namespace: "shop", pod: "1-2-3-4" });
  const service = { kind: "service", namespace: "shop", service: "web" };
  assert.deepEqual(readClusterName("web.shop.svc"), service);
  assert.deepEqual(readClusterName("a.web.shop.svc"), { ...service, endpoint: "a" });
  assert.deepEqual(readClusterName("_http._tcp.web.shop.svc"), { ...service, port: "http", protocol: "tcp" });
  for (const other of ["web", "web.shop", "a.b.c.web.shop.svc", "x.1-2-3-4.shop.pod", "a..web.shop.svc"])
    assert.deepEqual(readClusterName(other), { kind: "none" }, other);
});

test("within() knows a domain's names from those that only end alike", () => {
  assert.equal(within("a.cluster.local", "cluster.local"), "a");
  assert.equal(within("cluster.local", "cluster.local"), "");
  assert.equal(within("mycluster.local", "cluster.local"), undefined);
  assert.equal(within("local", "cluster.local"), undefined);
});

test("canonicalAddress() writes IPv6 as RFC 5952 does", () => {
  const expected: readonly [string, string][] = [
    ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8::0:1", "2001:db8::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::1", "::1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["10.0.0.1", "10.0.0.1"],
  ];
  for (const [given, canonical] of expected) assert.equal(canonicalAddress(given), canonical);
});

test("isIpv4() and isIpv6() refuse what only looks like an address", () => {
  for (const text of ["1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", "", "a.b.c.d"]) assert.ok(!isIpv4(text), text);
  for (const text of ["1:2", "::1::2", "1:2:3:4:5:6:7:8:9", "12345::", "", "1:2:3:4:5:6:7:8::"])
    assert.ok(!isIpv6(text), text);
});

test("isEncodable() refuses labels and names that the protocol has no room for", () => {
  assert.ok(isEncodable("a.b"));
  assert.ok(!isEncodable(`${"a".repeat(64)}.b`));
  assert.ok(!isEncodable("a..b"));
  assert.ok(!isEncodable(Array.from({ length: 130 }, () => "a").join(".")));
});

const ipv4 = fc.ipV4().filter((ip) => isIpv4(ip));
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.nat(65_535)), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(":"));

property("an address is found again from its dashed and from its reverse name", [fc.oneof(ipv4, ipv6)], (given) => {
  const ip = canonicalAddress(given);
  const dashed = addressOfDashed(dashedAddress(ip));
  assert.equal(dashed && canonicalAddress(dashed), ip);
  assert.equal(addressOfReverse(reverseName(ip)), ip);
});

function reverseName(ip: string): string {
  if (isIpv4(ip)) return `${ip.split(".").reverse().join(".")}.in-addr.arpa`;
  const [head = "", tail = ""] = ip.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => "0"), ...groups(tail)];
  const digits = all.map((group) => group.padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
