import { assert, fc, property, test } from "../../properties/house/test.ts";
import {
  namespaceOf,
  podOf,
  type ServiceShape,
  type SliceShape,
  serviceOf,
  sliceOf,
} from "../../properties/stages/dns/objects.ts";
import { type AnswerOptions, answerQuestion } from "./records.ts";
import { createZone, type Zone } from "./zone.ts";

/** One change of one of a few objects; `undefined` deletes it. */
type Change =
  | {
      readonly of: "service";
      readonly slot: number;
      readonly shape: Omit<ServiceShape, "name" | "namespace"> | undefined;
    }
  | { readonly of: "slice"; readonly slot: number; readonly shape: Omit<SliceShape, "name" | "namespace"> | undefined }
  | { readonly of: "namespace"; readonly slot: number; readonly shape: true | undefined }
  | {
      readonly of: "pod";
      readonly slot: number;
      readonly shape: { readonly ip: string; readonly phase: string } | undefined;
    };

const namespaces = ["default", "shop"];
const names = ["web", "db"];
const ips = ["10.244.0.1", "10.244.0.2", "10.244.1.1", "fd00::1"];
const port = { name: "http", protocol: "TCP", port: 80 };

const endpoint = fc.record(
  { ip: fc.constantFrom(...ips), hostname: fc.constantFrom("a", "b"), ready: fc.boolean() },
  { requiredKeys: ["ip"] },
);
const serviceShape = fc.oneof(
  // An address has one holder: the API server sees to it, and the slot decides here.
  fc.constant({ clusterIPs: ["own"], ports: [port] }),
  fc.constant({ clusterIPs: ["None"], ports: [port] }),
  fc.constant({ clusterIPs: ["None"], publishNotReadyAddresses: true }),
  fc.constant({ externalName: "db.default.svc.cluster.local" }),
);
const sliceShape = fc.record({
  service: fc.constantFrom(...names),
  endpoints: fc.array(endpoint, { maxLength: 4 }),
  ports: fc.constantFrom([], [port]),
});
const optional = <T>(shape: fc.Arbitrary<T>) => fc.option(shape, { nil: undefined, freq: 3 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ of: fc.constant("service" as const), slot: fc.nat(3), shape: optional(serviceShape) }),
  fc.record({ of: fc.constant("slice" as const), slot: fc.nat(3), shape: optional(sliceShape) }),
  fc.record({ of: fc.constant("namespace" as const), slot: fc.nat(1), shape: optional(fc.constant(true as const)) }),
  fc.record({
    of: fc.constant("pod" as const),
    slot: fc.nat(3),
    shape: optional(fc.record({ ip: fc.constantFrom(...ips), phase: fc.constantFrom("Running", "Failed") })),
  }),
);

const at = (slot: number) => ({ namespace: namespaces[slot & 1] ?? "", name: names[slot >> 1] ?? "" });

/** Applies a change to a zone, as an informer tells of it: what is deleted is told with its last state. */
function apply(zone: Zone, { of, slot, shape }: Change, last: Change | undefined) {
  if (shape === undefined && last?.shape === undefined) return;
  const present = (shape ?? last?.shape) as never;
  const place = at(slot);
  switch (of) {
    case "service": {
      const given = present as Omit<ServiceShape, "name">;
      const clusterIPs = given.clusterIPs?.map((ip) => (ip === "own" ? `10.96.0.${slot + 1}` : ip));
      const service = serviceOf({ ...given, ...place, ...(clusterIPs ? { clusterIPs } : {}) });
      return shape ? zone.putService(service) : zone.dropService(service);
    }
    case "slice": {
      const slice = sliceOf({ ...(present as Omit<SliceShape, "name">), ...place, name: `slice-${slot}` });
      return shape ? zone.putSlice(slice) : zone.dropSlice(slice);
    }
    case "namespace": {
      const object = namespaceOf(namespaces[slot] ?? "");
      return shape ? zone.putNamespace(object) : zone.dropNamespace(object);
    }
    case "pod": {
      const object = podOf({ ...(present as { ip: string; phase: string }), ...place, name: `pod-${slot}` });
      return shape ? zone.putPod(object) : zone.dropPod(object);
    }
  }
}

const options: AnswerOptions = {
  clusterDomain: "cluster.local",
  ttlSeconds: 30,
  negativeTtlSeconds: 5,
  pods: "verified",
  nameServerIps: ["10.96.0.10"],
  serial: 1,
  outside: "REFUSED",
  int: () => 0,
};

const questions = namespaces.flatMap((namespace) => [
  `${namespace}.svc A`,
  ...ips.map((ip) => `${ip.replaceAll(/[.:]/g, "-")}.${namespace}.pod A`),
  ...names.flatMap((name) => {
    const service = `${name}.${namespace}.svc`;
    const endpoints = ["a", "b", "10-244-0-1", "10-244-1-1"].map((each) => `${each}.${service} A`);
    return [`${service} A`, `${service} AAAA`, `${service} SRV`, `_http._tcp.${service} SRV`, ...endpoints];
  }),
]);
const reverse = ["1.0.96.10", "2.0.96.10", "1.0.244.10", "2.0.244.10", "1.1.244.10"].map(
  (ip) => `${ip}.in-addr.arpa PTR`,
);

/** All that a zone answers, records in one order: which endpoint is told first is nobody's promise. */
function answersOf(zone: Zone): readonly string[] {
  const all = [...questions.map((each) => each.replace(" ", ".cluster.local ")), ...reverse];
  return all.map((each) => {
    const [name = "", type = ""] = each.split(" ");
    const { rcode, answers, additionals } = answerQuestion(zone, { name, type }, options).reply;
    const records = [...answers, ...additionals].map((record) => JSON.stringify(record)).sort();
    return `${each}: ${rcode} ${records.join(" ")}`;
  });
}

property(
  "a zone that followed all changes answers as one that only saw the last state",
  [fc.array(change, { maxLength: 40 }), fc.nat(40)],
  (changes, lookAt) => {
    const zone = createZone();
    const state = new Map<string, Change>();
    changes.forEach((each, index) => {
      const key = `${each.of}/${each.slot}`;
      apply(zone, each, state.get(key));
      state.set(key, each);
      // What was asked in between must leave no trace.
      if (index === lookAt) answersOf(zone);
    });
    const fresh = createZone();
    for (const each of state.values()) apply(fresh, each, undefined);
    assert.deepEqual(answersOf(zone), answersOf(fresh));
  },
  { runs: 300 },
);

test("the zone is empty again when all is deleted", () => {
  const zone = createZone();
  const service = serviceOf({ name: "web", clusterIPs: ["10.96.0.1"] });
  const slice = sliceOf({ name: "web-1", service: "web", endpoints: [{ ip: "10.244.0.1" }] });
  zone.putSlice(slice);
  zone.putService(service);
  assert.equal(zone.serviceAt("10.96.0.1")?.name, "web");
  assert.deepEqual(
    zone.servicesBehind("10.244.0.1").map(({ name }) => name),
    ["web"],
  );
  zone.dropService(service);
  assert.equal(zone.serviceAt("10.96.0.1"), undefined);
  assert.deepEqual(zone.servicesBehind("10.244.0.1"), []);
  zone.dropSlice(slice);
  assert.deepEqual([...zone.services()], []);
});

test("a slice that changes hands leaves the service that had it", () => {
  const zone = createZone();
  for (const name of ["one", "two"]) zone.putService(serviceOf({ name, clusterIPs: ["None"] }));
  const endpoints = [{ ip: "10.244.0.1" }];
  const behind = () => zone.servicesBehind("10.244.0.1").map(({ name }) => name);
  zone.putSlice(sliceOf({ name: "s", service: "one", endpoints }));
  assert.deepEqual(behind(), ["one"]);
  zone.putSlice(sliceOf({ name: "s", service: "two", endpoints }));
  assert.deepEqual(behind(), ["two"]);
  assert.equal(zone.endpoints(zone.service("default", "one") as never).all.length, 0);
});
