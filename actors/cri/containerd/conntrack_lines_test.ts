import { assert, test } from "../../../properties/house/test.ts";
import { originalTarget } from "./conntrack_lines.ts";

const flows = `ipv4     2 tcp      6 119 FIN_WAIT src=10.5.0.2 dst=10.96.41.64 sport=47262 dport=80 src=10.5.0.1 dst=10.5.0.2 sport=35537 dport=47262 [ASSURED] mark=0 zone=0 use=2
ipv4     2 udp      17 29 src=10.5.0.2 dst=10.96.0.10 sport=49784 dport=53 src=10.5.0.1 dst=10.5.0.2 sport=51846 dport=49784 mark=0 zone=0 use=2
ipv4     2 udp      17 29 src=10.5.0.2 dst=10.96.0.11 sport=49784 dport=54 [UNREPLIED] src=10.5.0.1 dst=10.5.0.2 sport=51846 dport=1024 mark=0 use=2
ipv4     2 tcp      6 431999 ESTABLISHED src=10.5.0.2 dst=10.96.0.1 sport=49784 dport=443 packets=9 bytes=8 src=10.5.0.1 dst=10.5.0.2 sport=35537 dport=49784 packets=1 bytes=2 [ASSURED] use=2
ipv6     10 udp      17 29 src=fe80::1 dst=ff02::2 sport=49784 dport=53 src=ff02::2 dst=fe80::1 sport=53 dport=49784 use=2
`;

test("originalTarget() finds where a pod sent something, though a kernel may have changed its port, too", () => {
  const found = (protocol: "tcp" | "udp", port: number, ip = "10.5.0.2") =>
    originalTarget(flows, { protocol, from: { ip, port } });
  assert.deepEqual(found("tcp", 47_262), { ip: "10.96.41.64", port: 80 });
  assert.deepEqual(found("tcp", 49_784), { ip: "10.96.0.1", port: 443 });
  assert.deepEqual(found("udp", 49_784), { ip: "10.96.0.10", port: 53 });
  assert.deepEqual(found("udp", 1_024), { ip: "10.96.0.11", port: 54 });
  assert.equal(found("tcp", 1_024), undefined);
  assert.equal(found("tcp", 47_262, "10.5.0.3"), undefined);
  assert.equal(originalTarget("", { protocol: "tcp", from: { ip: "10.5.0.2", port: 1 } }), undefined);
});
