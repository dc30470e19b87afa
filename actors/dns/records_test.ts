import { assert, fc, property, test } from "../../properties/house/test.ts";
import { namespaceOf, podOf, serviceOf, sliceOf } from "../../properties/stages/dns/objects.ts";
import type { DnsRecord, DnsReply } from "./messages.ts";
import { type AnswerOptions, answerQuestion } from "./records.ts";
import { createZone, type Zone } from "./zone.ts";

const options: AnswerOptions = {
  clusterDomain: "cluster.local",
  ttlSeconds: 30,
  negativeTtlSeconds: 5,
  pods: "insecure",
  nameServerIps: ["10.96.0.10"],
  serial: 42,
  outside: "REFUSED",
  int: () => 0,
};

const http = { name: "http", protocol: "TCP", port: 80 };

function sampleZone(): Zone {
  const zone = createZone();
  for (const name of ["default", "kube-system", "testns"]) zone.putNamespace(namespaceOf(name));
  const namespace = "testns";
  const services = [
    { name: "svc1", clusterIPs: ["10.96.0.1"], ports: [http, { name: "dns", protocol: "UDP", port: 53 }] },
    { name: "svc6", clusterIPs: ["1234:ABCD::0:1"], ports: [http] },
    { name: "dual", clusterIPs: ["10.96.0.3", "10::3"], ports: [http] },
    { name: "portless", clusterIPs: ["10.96.0.4"] },
    { name: "pending", ports: [http] },
    { name: "headless", clusterIPs: ["None"], ports: [http] },
    { name: "nobody", clusterIPs: ["None"], ports: [http] },
    { name: "early", clusterIPs: ["None"], ports: [http], publishNotReadyAddresses: true },
    { name: "external", externalName: "ext.interwebs.test" },
    { name: "dotted", externalName: "ext.interwebs.test." },
    { name: "numbered", externalName: "10.1.2.3" },
    { name: "long", externalName: `${"a".repeat(70)}.test` },
    { name: "inside", externalName: "svc1.testns.svc.cluster.local" },
    { name: "lost", externalName: "missing.testns.svc.cluster.local" },
    { name: "loop1", externalName: "loop2.testns.svc.cluster.local" },
    { name: "loop2", externalName: "loop1.testns.svc.cluster.local" },
  ];
  for (const service of services) zone.putService(serviceOf({ namespace, ...service }));
  const endpoints = [
    { ip: "10.244.0.2" },
    { ip: "10.244.0.3", ready: true },
    { ip: "10.244.0.4", hostname: "twin" },
    { ip: "10.244.1.5", hostname: "twin" },
    { ip: "10.244.1.6", hostname: "shy", ready: false },
  ];
  const ports = [{ name: "http", protocol: "TCP", port: 8080 }];
  zone.putSlice(sliceOf({ namespace, name: "h-1", service: "headless", endpoints, ports }));
  zone.putSlice(sliceOf({ namespace, name: "h-6", service: "headless", endpoints: [{ ip: "5678:abcd::1" }], ports }));
  const late = [{ ip: "10.244.2.1", ready: false, hostname: "late" }];
  zone.putSlice(sliceOf({ namespace, name: "e-1", service: "early", endpoints: late, ports }));
  zone.putSlice(sliceOf({ namespace, name: "n-1", service: "nobody", endpoints: late }));
  zone.putSlice(sliceOf({ namespace, name: "s-1", service: "svc1", endpoints: [{ ip: "10.244.0.9" }], ports }));
  zone.putPod(podOf({ namespace, name: "p", ip: "10.244.0.2" }));
  zone.putPod(podOf({ namespace, name: "over", ip: "10.244.0.7", phase: "Succeeded" }));
  return zone;
}

const zone = sampleZone();

/** A reply in few words: its code, then its records, as a zone file would have them; `SOA` alone for a "no". */
function told(reply: DnsReply): readonly string[] {
  const sections = [...reply.answers.map(shown), ...reply.additionals.map((each) => `+ ${shown(each)}`)];
  const soa = reply.authorities.map(({ name, type, ttl }) => `${name} ${ttl} ${type}`);
  return [...(reply.rcode === "NOERROR" ? [] : [reply.rcode]), ...sections.sort(), ...soa];
}

function shown({ name, type, ttl, data }: DnsRecord): string {
  const text = typeof data === "object" ? Object.values(data).join(" ") : data;
  return `${name} ${ttl} ${type} ${text}`;
}

const no = "cluster.local 5 SOA";
const nx = ["NXDOMAIN", no];
const t = "testns.svc.cluster.local";

/** Question, then what is told. */
const table: readonly [question: string, told: readonly string[]][] = [
  // Services with a cluster IP.
  [`svc1.${t} A`, [`svc1.${t} 30 A 10.96.0.1`]],
  [`svc1.${t} AAAA`, [no]],
  [`svc6.${t} AAAA`, [`svc6.${t} 30 AAAA 1234:abcd::1`]],
  [`svc6.${t} A`, [no]],
  [`dual.${t} A`, [`dual.${t} 30 A 10.96.0.3`]],
  [`dual.${t} AAAA`, [`dual.${t} 30 AAAA 10::3`]],
  [`portless.${t} A`, [`portless.${t} 30 A 10.96.0.4`]],
  [`portless.${t} SRV`, [no]],
  [`pending.${t} A`, [no]],
  [`svc1.${t} MX`, [no]],
  [`svc1.${t} TYPE65`, [no]],
  [`svc1.${t} SOA`, [no]],
  [`svc1.${t} NS`, [no]],
  [`svc0.${t} A`, nx],
  [`svc0.${t} AAAA`, nx],
  ["svc1.elsewhere.svc.cluster.local A", nx],
  // Names are compared without regard to case, and answered as they were asked.
  ["SVC1.TestNS.svc.Cluster.LOCAL A", ["SVC1.TestNS.svc.Cluster.LOCAL 30 A 10.96.0.1"]],
  // No wildcards.
  [`*.${t} A`, nx],
  ["svc1.*.svc.cluster.local A", nx],
  // Ports of Services.
  [`_http._tcp.svc1.${t} SRV`, [`+ svc1.${t} 30 A 10.96.0.1`, `_http._tcp.svc1.${t} 30 SRV 0 100 80 svc1.${t}`]],
  [
    `svc1.${t} SRV`,
    [`+ svc1.${t} 30 A 10.96.0.1`, `svc1.${t} 30 SRV 0 50 53 svc1.${t}`, `svc1.${t} 30 SRV 0 50 80 svc1.${t}`],
  ],
  [`dual.${t} SRV`, [`+ dual.${t} 30 A 10.96.0.3`, `+ dual.${t} 30 AAAA 10::3`, `dual.${t} 30 SRV 0 50 80 dual.${t}`]],
  [`_HTTP._TCP.svc6.${t} SRV`, [`+ svc6.${t} 30 AAAA 1234:abcd::1`, `_HTTP._TCP.svc6.${t} 30 SRV 0 100 80 svc6.${t}`]],
  [`_http._udp.svc1.${t} SRV`, nx],
  [`_nope._tcp.svc1.${t} SRV`, nx],
  // Headless Services: their ready endpoints.
  [`headless.${t} A`, ["10.244.0.2", "10.244.0.3", "10.244.0.4", "10.244.1.5"].map((ip) => `headless.${t} 30 A ${ip}`)],
  [`headless.${t} AAAA`, [`headless.${t} 30 AAAA 5678:abcd::1`]],
  [`nobody.${t} A`, nx],
  [`early.${t} A`, [`early.${t} 30 A 10.244.2.1`]],
  [`late.early.${t} A`, [`late.early.${t} 30 A 10.244.2.1`]],
  [`10-244-0-2.headless.${t} A`, [`10-244-0-2.headless.${t} 30 A 10.244.0.2`]],
  [`10-244-0-2.headless.${t} AAAA`, [no]],
  [`5678-abcd--1.headless.${t} AAAA`, [`5678-abcd--1.headless.${t} 30 AAAA 5678:abcd::1`]],
  [`twin.headless.${t} A`, [`twin.headless.${t} 30 A 10.244.0.4`, `twin.headless.${t} 30 A 10.244.1.5`]],
  [`10-244-0-4.headless.${t} A`, nx],
  [`shy.headless.${t} A`, nx],
  [`bogus.headless.${t} A`, nx],
  [`10-244-0-9.svc1.${t} A`, [`10-244-0-9.svc1.${t} 30 A 10.244.0.9`]],
  [
    `_http._tcp.headless.${t} SRV`,
    [
      `+ 10-244-0-2.headless.${t} 30 A 10.244.0.2`,
      `+ 10-244-0-3.headless.${t} 30 A 10.244.0.3`,
      `+ 5678-abcd--1.headless.${t} 30 AAAA 5678:abcd::1`,
      `+ twin.headless.${t} 30 A 10.244.0.4`,
      `+ twin.headless.${t} 30 A 10.244.1.5`,
      `_http._tcp.headless.${t} 30 SRV 0 20 8080 10-244-0-2.headless.${t}`,
      `_http._tcp.headless.${t} 30 SRV 0 20 8080 10-244-0-3.headless.${t}`,
      `_http._tcp.headless.${t} 30 SRV 0 20 8080 5678-abcd--1.headless.${t}`,
      `_http._tcp.headless.${t} 30 SRV 0 20 8080 twin.headless.${t}`,
    ],
  ],
  // ExternalName.
  [`external.${t} CNAME`, [`external.${t} 30 CNAME ext.interwebs.test`]],
  [`external.${t} A`, [`external.${t} 30 CNAME ext.interwebs.test`]],
  [`dotted.${t} A`, [`dotted.${t} 30 CNAME ext.interwebs.test`]],
  [`external.${t} SRV`, [no]],
  [`endpoint.external.${t} CNAME`, nx],
  [`numbered.${t} A`, nx],
  [`long.${t} A`, nx],
  [`inside.${t} A`, [`inside.${t} 30 CNAME svc1.${t}`, `svc1.${t} 30 A 10.96.0.1`]],
  [`inside.${t} AAAA`, [no]],
  [`lost.${t} A`, [no]],
  [`loop1.${t} A`, [no]],
  // Pods.
  ["10-244-0-2.testns.pod.cluster.local A", ["10-244-0-2.testns.pod.cluster.local 30 A 10.244.0.2"]],
  ["10-9-9-9.testns.pod.cluster.local A", ["10-9-9-9.testns.pod.cluster.local 30 A 10.9.9.9"]],
  ["5678-abcd--1.testns.pod.cluster.local AAAA", ["5678-abcd--1.testns.pod.cluster.local 30 AAAA 5678:abcd::1"]],
  ["10-9-9-9.nowhere.pod.cluster.local A", nx],
  ["blah.testns.pod.cluster.local A", nx],
  ["10-9-9-999.testns.pod.cluster.local A", nx],
  ["x.10-9-9-9.testns.pod.cluster.local A", nx],
  // What is between.
  ["svc.cluster.local A", [no]],
  ["pod.cluster.local A", [no]],
  [`${t} A`, [no]],
  ["testns.pod.cluster.local A", [no]],
  ["elsewhere.svc.cluster.local A", nx],
  ["foo.cluster.local NS", nx],
  ["dns.cluster.local A", nx],
  [`a.b.c.svc1.${t} A`, nx],
  // The zone itself.
  ["cluster.local A", [no]],
  ["cluster.local SOA", ["cluster.local 30 SOA ns.dns.cluster.local hostmaster.cluster.local 42 7200 1800 86400 5"]],
  ["cluster.local NS", ["+ ns.dns.cluster.local 30 A 10.96.0.10", "cluster.local 30 NS ns.dns.cluster.local"]],
  ["ns.dns.cluster.local A", ["ns.dns.cluster.local 30 A 10.96.0.10"]],
  ["dns-version.cluster.local TXT", ["dns-version.cluster.local 28800 TXT 1.1.0"]],
  ["dns-version.cluster.local A", [no]],
  // Reverse names.
  ["1.0.96.10.in-addr.arpa PTR", [`1.0.96.10.in-addr.arpa 30 PTR svc1.${t}`]],
  ["2.0.244.10.in-addr.arpa PTR", [`2.0.244.10.in-addr.arpa 30 PTR 10-244-0-2.headless.${t}`]],
  ["4.0.244.10.in-addr.arpa PTR", [`4.0.244.10.in-addr.arpa 30 PTR twin.headless.${t}`]],
  ["9.0.244.10.in-addr.arpa PTR", [`9.0.244.10.in-addr.arpa 30 PTR 10-244-0-9.svc1.${t}`]],
  ["1.0.96.10.in-addr.arpa A", ["in-addr.arpa 5 SOA"]],
  ["6.1.244.10.in-addr.arpa PTR", ["NXDOMAIN", "in-addr.arpa 5 SOA"]],
  ["9.9.9.9.in-addr.arpa PTR", ["NXDOMAIN", "in-addr.arpa 5 SOA"]],
  ["96.10.in-addr.arpa PTR", ["NXDOMAIN", "in-addr.arpa 5 SOA"]],
  [
    `1.${"0.".repeat(23)}d.c.b.a.4.3.2.1.ip6.arpa PTR`,
    [`1.${"0.".repeat(23)}d.c.b.a.4.3.2.1.ip6.arpa 30 PTR svc6.${t}`],
  ],
  // Outside.
  ["example.com A", ["REFUSED"]],
  ["mycluster.local A", ["REFUSED"]],
];

test("answerQuestion() answers as the specification and CoreDNS do", () => {
  for (const [question, expected] of table) {
    const [name = "", type = ""] = question.split(" ");
    assert.deepEqual(told(answerQuestion(zone, { name, type }, options).reply), [...expected], question);
  }
});

test("answerQuestion() in verified mode knows only pods that live, in their namespace", () => {
  const verified = { ...options, pods: "verified" } as const;
  const rcode = (name: string) =>
    answerQuestion(zone, { name: `${name}.pod.cluster.local`, type: "A" }, verified).reply.rcode;
  assert.equal(rcode("10-244-0-2.testns"), "NOERROR");
  assert.equal(rcode("10-244-0-2.default"), "NXDOMAIN");
  assert.equal(rcode("10-244-0-7.testns"), "NXDOMAIN");
  assert.equal(rcode("10-9-9-9.testns"), "NXDOMAIN");
  const disabled = { ...options, pods: "disabled" } as const;
  const name = "10-244-0-2.testns.pod.cluster.local";
  assert.equal(answerQuestion(zone, { name, type: "A" }, disabled).reply.rcode, "NXDOMAIN");
});

test("answerQuestion() says what another server could add", () => {
  const asked = (name: string, type: string) => answerQuestion(zone, { name, type }, options).outside;
  assert.deepEqual(asked("example.com", "A"), { name: "example.com", type: "A" });
  assert.deepEqual(asked(`external.${t}`, "A"), { name: "ext.interwebs.test", type: "A" });
  assert.equal(asked(`external.${t}`, "CNAME"), undefined);
  assert.deepEqual(asked("9.9.9.9.in-addr.arpa", "PTR"), { name: "9.9.9.9.in-addr.arpa", type: "PTR" });
  assert.equal(asked(`svc0.${t}`, "A"), undefined);
});

test("answerQuestion() refuses other classes, and is authoritative only for what is its own", () => {
  assert.equal(answerQuestion(zone, { name: `svc1.${t}`, type: "A", class: "CH" }, options).reply.rcode, "REFUSED");
  const isOwn = (name: string) => answerQuestion(zone, { name, type: "A" }, options).reply.authoritative;
  assert.deepEqual([isOwn(`svc1.${t}`), isOwn(`svc0.${t}`), isOwn("example.com")], [true, true, false]);
});

property(
  "the addresses of a headless service come in any order, all of them",
  [fc.infiniteStream(fc.nat(1_000))],
  (luck) => {
    const int = (below: number) => luck.next().value % below;
    const { answers } = answerQuestion(zone, { name: `headless.${t}`, type: "A" }, { ...options, int }).reply;
    const ips = answers.map(({ data }) => data as string);
    assert.deepEqual(ips.sort(), ["10.244.0.2", "10.244.0.3", "10.244.0.4", "10.244.1.5"]);
  },
);

test("answerQuestion() puts every address first now and then", () => {
  const first = new Set<string>();
  for (let draw = 0; draw < 4; draw++) {
    const int = (below: number) => draw % below;
    const { answers } = answerQuestion(zone, { name: `headless.${t}`, type: "A" }, { ...options, int }).reply;
    first.add(answers[0]?.data as string);
  }
  assert.ok(first.size >= 3, [...first].join());
});
