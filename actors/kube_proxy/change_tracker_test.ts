import { assert, fc, property, test } from "../../properties/house/test.ts";
import { serviceNamed, sliceOf } from "../../properties/stages/kube_proxy/objects.ts";
import type { EndpointSlice, Service } from "../api/types.ts";
import { createRuleTable } from "../network/rule_table.ts";
import { createChangeTracker } from "./change_tracker.ts";
import type { ServicePortRule } from "./messages.ts";

test("createChangeTracker() makes rules again only where something has changed", () => {
  const tracker = createChangeTracker("a");
  for (let index = 0; index < 1_000; index++) {
    const place = `ns/svc-${index}`;
    tracker.setService(serviceNamed(place, { clusterIP: `10.96.${index >> 8}.${index & 255}` }));
    const ips = Array.from({ length: 10 }, (_each, at) => ({ ip: `10.${128 + at}.${index >> 8}.${index & 255}` }));
    tracker.setSlice(sliceOf(place, ips));
  }
  assert.equal(tracker.take().set.length, 1_000);
  tracker.setSlice(sliceOf("ns/svc-7", [{ ip: "10.1.1.1" }]));
  assert.equal(tracker.pending(), 1);
  assert.deepEqual(
    tracker.take().set.map(({ name, cluster }) => [name, cluster.length]),
    [["ns/svc-7:p80", 1]],
  );
  tracker.setSlice(sliceOf("ns/svc-7", [{ ip: "10.1.1.1" }]));
  assert.deepEqual(tracker.take(), { set: [], remove: [] }, "what comes out the same is left out");
});

test("createChangeTracker() takes rules back with the port, the Service, or the slice", () => {
  const tracker = createChangeTracker("a");
  const service = serviceNamed("ns/svc");
  tracker.setService(service);
  tracker.setSlice(sliceOf("ns/svc", [{ ip: "10.1.1.1" }]));
  tracker.take();
  tracker.setService(serviceNamed("ns/svc", { ports: [{ name: "p81", port: 81, protocol: "TCP" }] }));
  const changed = tracker.take();
  assert.deepEqual([changed.remove, changed.set.map(({ name }) => name)], [["ns/svc:p80"], ["ns/svc:p81"]]);
  tracker.setService(service);
  tracker.take();
  tracker.removeSlice(sliceOf("ns/svc", []));
  assert.equal(tracker.take().set[0]?.hasEndpoints, false);
  tracker.removeService(service);
  assert.deepEqual(tracker.take(), { set: [], remove: ["ns/svc:p80"] });
});

type Event =
  | { readonly kind: "service"; readonly service: number; readonly shape: number }
  | { readonly kind: "slice"; readonly service: number; readonly slice: number; readonly ips: readonly number[] }
  | { readonly kind: "dropService"; readonly service: number }
  | { readonly kind: "dropSlice"; readonly service: number; readonly slice: number }
  | { readonly kind: "zone"; readonly zone: string | undefined }
  | { readonly kind: "take" };

const small = fc.nat(2);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant("service" as const), service: small, shape: small }),
  fc.record({
    kind: fc.constant("slice" as const),
    service: small,
    slice: small,
    ips: fc.array(fc.nat(5), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("dropService" as const), service: small }),
  fc.record({ kind: fc.constant("dropSlice" as const), service: small, slice: small }),
  fc.record({ kind: fc.constant("zone" as const), zone: fc.constantFrom(undefined, "z1", "z2") }),
  fc.constant({ kind: "take" as const }),
);

function shaped(service: number, shape: number): Service {
  const shapes = [
    {},
    { clusterIP: "None" },
    { ports: [{ name: "p80", port: 80, protocol: "TCP", nodePort: 3000 + service }] },
  ];
  return serviceNamed(`ns/svc-${service}`, { clusterIP: `10.96.0.${service}`, ...shapes[shape] });
}

function sliced(service: number, slice: number, ips: readonly number[]): EndpointSlice {
  const endpoints = [...new Set(ips)].map((last) => ({ ip: `10.0.0.${last}`, zones: [last % 2 === 0 ? "z1" : "z2"] }));
  return sliceOf(`ns/svc-${service}`, endpoints, { name: `slice-${slice}` });
}

property(
  "createChangeTracker() and what applies its changes end at the rules that are made of everything at once",
  [fc.array(event, { maxLength: 30 })],
  (events) => {
    const tracker = createChangeTracker("a");
    const table = createRuleTable("a");
    const services = new Map<number, Service>();
    const slices = new Map<string, EndpointSlice>();
    let zone: string | undefined;
    const take = () => {
      const base = table.generation();
      const request = { op: "apply", full: false, generation: base + 1, node: "a", base, ...tracker.take() } as const;
      assert.equal(table.apply(request).ok, true);
    };
    for (const each of events) {
      if (each.kind === "service") {
        services.set(each.service, shaped(each.service, each.shape));
        tracker.setService(shaped(each.service, each.shape));
      } else if (each.kind === "slice") {
        // A slice of a name may come to be another Service's.
        const before = slices.get(`${each.slice}`);
        const after = sliced(each.service, each.slice, each.ips);
        slices.set(`${each.slice}`, after);
        tracker.setSlice(after, before);
      } else if (each.kind === "dropService") {
        services.delete(each.service);
        tracker.removeService(shaped(each.service, 0));
      } else if (each.kind === "dropSlice") {
        const gone = slices.get(`${each.slice}`);
        slices.delete(`${each.slice}`);
        if (gone) tracker.removeSlice(gone);
      } else if (each.kind === "zone") {
        zone = each.zone;
        tracker.setZone(each.zone);
      } else take();
    }
    take();
    const fresh = createChangeTracker("a");
    fresh.setZone(zone);
    for (const service of services.values()) fresh.setService(service);
    for (const slice of slices.values()) fresh.setSlice(slice);
    fresh.take();
    assert.deepEqual(sorted(table.rules), sorted(fresh.rules));
  },
);

function sorted(rules: ReadonlyMap<string, ServicePortRule>) {
  return [...rules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

test("createRuleTable() refuses changes to rules that it does not have, and gives a shared address to the first by name", () => {
  const table = createRuleTable("a");
  const change = { op: "apply", full: false, generation: 9, node: "a", base: 5, set: [], remove: [] } as const;
  const answer = table.apply(change);
  assert.equal(answer.ok === false && answer.reason, "unknownBase");
  const tracker = createChangeTracker("a");
  for (const name of ["ns/b", "ns/a"])
    tracker.setService(serviceNamed(name, { externalIPs: ["1.1.1.1"], clusterIP: `ip-${name}` }));
  const { set } = tracker.take();
  table.apply({ op: "apply", full: true, generation: 1, settings: { node: "a", nodeIps: [] }, set });
  const find = () => table.find({ protocol: "tcp", ip: "1.1.1.1", port: 80 })?.rule.name;
  assert.equal(find(), "ns/a:p80");
  table.apply({ ...change, base: 1, generation: 2, remove: ["ns/a:p80"] });
  assert.equal(find(), "ns/b:p80");
});
