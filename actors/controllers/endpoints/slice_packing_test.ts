import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { Endpoint, EndpointSlice } from "../../api/types.ts";
import { endpointId, type Group, type PackingOptions, packSlices } from "./slice_packing.ts";

const owner = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "default", uid: "u1" } };
const labels = { "kubernetes.io/service-name": "web" };
const ports = [{ name: "", port: 80, protocol: "TCP" }];

function endpointNumber(index: number, ready = true): Endpoint {
  return { addresses: [`10.0.${index >> 8}.${index & 255}`], conditions: { ready } };
}

function packed(existing: readonly EndpointSlice[], wanted: readonly Endpoint[], rest: Partial<PackingOptions> = {}) {
  const endpoints = new Map(wanted.map((each) => [endpointId(each), each]));
  const groups = new Map<string, Group>(wanted.length > 0 ? [["/TCP/80/", { ports, endpoints }]] : []);
  const names = new Set(existing.map(({ metadata }) => metadata.name));
  const isTaken = (name: string) => names.has(name);
  const addressType = "IPv4";
  return packSlices({
    owner,
    baseName: "web",
    labels,
    addressType,
    groups,
    existing,
    isTaken,
    keepsPlaceholder: true,
    ...rest,
  });
}

/** The slices after the writes were carried out. */
function after(existing: readonly EndpointSlice[], wanted: readonly Endpoint[], rest: Partial<PackingOptions> = {}) {
  const { create, update, remove } = packed(existing, wanted, rest);
  const gone = new Set(remove.map(({ metadata }) => metadata.name));
  const written = new Map(update.map((each) => [each.metadata.name, each]));
  const kept = existing.filter(({ metadata }) => !gone.has(metadata.name));
  const slices = [...kept.map((each) => written.get(each.metadata.name) ?? each), ...create] as EndpointSlice[];
  return { slices, writes: create.length + update.length + remove.length };
}

const upTo = (count: number) => Array.from({ length: count }, (_each, index) => endpointNumber(index));
const sizes = (slices: readonly EndpointSlice[]) => slices.map(({ endpoints }) => endpoints.length);

test("packSlices() fills new slices with a hundred endpoints each", () => {
  const { slices } = after([], upTo(250));
  assert.deepEqual(sizes(slices), [100, 100, 50]);
  assert.equal(new Set(slices.map(({ metadata }) => metadata.name)).size, 3);
});

test("packSlices() writes one slice when one endpoint changes, and none when nothing does", () => {
  const { slices } = after([], upTo(250));
  assert.equal(after(slices, upTo(250)).writes, 0);
  const changed = upTo(250).map((each, index) => (index === 120 ? endpointNumber(index, false) : each));
  assert.equal(after(slices, changed).writes, 1);
});

test("packSlices() puts what is new where something has to be written anyway, else where it fits best", () => {
  const { slices } = after([], upTo(250));
  const removed = upTo(250).filter((_each, index) => index !== 120);
  const swapped = after(slices, [...removed, endpointNumber(900)]);
  assert.deepEqual([sizes(swapped.slices), swapped.writes], [[100, 100, 50], 1]);
  const added = after(slices, upTo(260));
  assert.deepEqual([sizes(added.slices), added.writes], [[100, 100, 60], 1]);
  assert.deepEqual(sizes(after(slices, upTo(310)).slices), [100, 100, 50, 60]);
});

test("packSlices() keeps an empty slice rather than none, and writes over what it would delete", () => {
  const { slices } = after([], upTo(3));
  const empty = after(slices, []);
  assert.deepEqual([sizes(empty.slices), empty.writes], [[0], 1]);
  assert.equal(empty.slices[0]?.metadata.name, slices[0]?.metadata.name);
  assert.equal(after(empty.slices, []).writes, 0);
  const mirrored = after(slices, [], { keepsPlaceholder: false });
  assert.deepEqual([sizes(mirrored.slices), mirrored.writes], [[], 1]);
});

test("packSlices() names a slice the same as long as it does not see it, and never as one that it sees", () => {
  const [first] = packed([], upTo(1)).create;
  assert.deepEqual(packed([], upTo(1)).create[0]?.metadata.name, first?.metadata.name);
  const foreign = { ...first, metadata: { ...first?.metadata, ownerReferences: [] } } as unknown as EndpointSlice;
  const { create, remove } = packed([foreign], upTo(1));
  assert.equal(remove.length, 1, "what is not the Service's own is not written over");
  assert.notEqual(create[0]?.metadata.name, first?.metadata.name);
});

const step = fc.uniqueArray(fc.nat(40), { maxLength: 40 });

property(
  "packSlices() tells each wanted endpoint once and no other, within the size of a slice, and then rests",
  [fc.array(step, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 10 })],
  (steps, endpointsMax) => {
    let slices: EndpointSlice[] = [];
    for (const wanted of steps) {
      const endpoints = wanted.map((index) => endpointNumber(index));
      slices = after(slices, endpoints, { endpointsMax }).slices;
      const told = slices.flatMap((each) => each.endpoints).map((each) => each.addresses[0]);
      assert.deepEqual([...told].sort(), endpoints.map(({ addresses }) => addresses[0]).sort());
      assert.ok(slices.length > 0 && slices.every((each) => each.endpoints.length <= endpointsMax));
      assert.equal(new Set(slices.map(({ metadata }) => metadata.name)).size, slices.length);
      assert.equal(after(slices, endpoints, { endpointsMax }).writes, 0);
    }
  },
);
