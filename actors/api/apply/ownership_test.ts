/**
 * Random writers against a model of ownership that knows nothing of trees: an object is a list of paths with values, and
 * each path has owners.
 */
import { assert, fc, property } from "../../../properties/house/test.ts";
import type { Fields } from "../types.ts";
import { applyObject } from "./apply.ts";
import { shownPaths } from "./field_set.ts";
import { structShape } from "./kind_shape.ts";
import { idOf, type Managers } from "./managers.ts";
import { packManagers, unpackManagers } from "./packed.ts";
import { trackUpdate } from "./track.ts";
import type { Writer } from "./writer.ts";
import { zeroObject } from "./zero.ts";

const schema = "io.k8s.api.core.v1.ConfigMap";
const shape = structShape(schema);
const zero: Fields = { apiVersion: "v1", kind: "ConfigMap", ...zeroObject(schema) };

/** The values at paths such as `data.a`; a finalizer has no value but that it is there. */
type Values = Readonly<Record<string, string>>;

interface Write {
  readonly how: "apply" | "force" | "update";
  readonly who: string;
  readonly values: Values;
}

const places = ["data.a", "data.b", "data.c", "labels.a", "labels.b", "finalizers.a/x", "finalizers.b/x"];

const valuesOf: fc.Arbitrary<Values> = fc
  .array(fc.tuple(fc.constantFrom(...places), fc.constantFrom("1", "2")), { maxLength: 6 })
  .map((pairs) =>
    Object.fromEntries(pairs.map(([place, value]) => [place, place.startsWith("finalizers") ? "" : value])),
  );

const writes: fc.Arbitrary<Write[]> = fc.array(
  fc.record({
    how: fc.constantFrom<Write["how"]>("apply", "force", "update"),
    who: fc.constantFrom("x", "y", "z"),
    values: valuesOf,
  }),
  { minLength: 1, maxLength: 12 },
);

/** What every object of the run has, and nobody touches: an object of which nobody is remembered stays so. */
const pin: Values = { "labels.pin": "1" };

function objectOf(values: Values): Fields {
  const object: { metadata: Fields; data?: Fields } = { metadata: { name: "m" } };
  for (const [place, value] of Object.entries(values)) {
    const dot = place.indexOf(".");
    const [sort, name] = [place.slice(0, dot), place.slice(dot + 1)];
    if (sort === "finalizers") object.metadata.finalizers = [...((object.metadata.finalizers ?? []) as string[]), name];
    else if (sort === "labels") object.metadata.labels = { ...(object.metadata.labels as Fields), [name]: value };
    else object.data = { ...object.data, [name]: value };
  }
  return { apiVersion: "v1", kind: "ConfigMap", ...object };
}

function valuesIn(object: Fields): Values {
  const { metadata, data } = object as { metadata: { labels?: object; finalizers?: string[] }; data?: object };
  const of = (sort: string, fields: object | null | undefined) =>
    Object.entries(fields ?? {}).map(([name, value]) => [`${sort}.${name}`, value] as const);
  const finalizers = (metadata.finalizers ?? []).map((name) => [`finalizers.${name}`, ""] as const);
  return Object.fromEntries([...of("data", data), ...of("labels", metadata.labels), ...finalizers].sort());
}

/** Who owns which of the places, by what the managers' trees say. */
function ownersIn(managers: Managers): Record<string, string[]> {
  const owners: Record<string, string[]> = {};
  for (const { owner } of managers.values()) {
    for (const shown of shownPaths(owner.fields)) {
      const place = shown
        .replace(/^\.metadata\.finalizers\[="(.*)"\]$/, "finalizers.$1")
        .replace(/^\.metadata\.labels\./, "labels.")
        .replace(/^\.data\./, "data.");
      if (/^[a-z]+\.\w/.test(place))
        owners[place] = [...(owners[place] ?? []), `${owner.manager} ${owner.operation}`].sort();
    }
  }
  return owners;
}

/** The model: a value and the owners of each place. */
function createModel() {
  const values = new Map<string, string>(Object.entries(pin));
  const owners = new Map<string, Set<string>>([["labels.pin", new Set(["init Update"])]]);

  function remove(place: string): void {
    values.delete(place);
    owners.delete(place);
  }

  function update(self: string, wanted: Values): boolean {
    for (const place of [...values.keys()]) if (!(place in wanted)) remove(place);
    for (const [place, value] of Object.entries(wanted)) {
      if (values.get(place) === value) continue;
      values.set(place, value);
      owners.set(place, new Set([self]));
    }
    return true;
  }

  function apply(self: string, wanted: Values, force: boolean): boolean {
    const changed = Object.entries(wanted).filter(([place, value]) => values.get(place) !== value);
    const isOthers = (place: string) => [...(owners.get(place) ?? [])].some((each) => each !== self);
    if (!force && changed.some(([place]) => isOthers(place))) return false;
    for (const [place, value] of changed) {
      values.set(place, value);
      owners.set(place, new Set());
    }
    for (const [place, own] of [...owners]) {
      if (!(place in wanted) && own.delete(self) && own.size === 0) remove(place);
    }
    for (const place of Object.keys(wanted)) owners.set(place, (owners.get(place) ?? new Set()).add(self));
    return true;
  }

  return {
    /** Whether the write is taken. */
    write({ how, who, values: wanted }: Write): boolean {
      if (how === "update") return update(`${who} Update`, { ...wanted, ...pin });
      return apply(`${who} Apply`, wanted, how === "force");
    },
    shown() {
      const owned = [...owners].filter(([, own]) => own.size > 0);
      return {
        values: Object.fromEntries([...values].sort()),
        owners: Object.fromEntries(owned.map(([place, own]) => [place, [...own].sort()])),
      };
    },
  };
}

const runs = { runs: 40 };
property(
  "applyObject() and trackUpdate() agree with a model of owners by path, whoever writes what",
  [writes],
  (all) => {
    const model = createModel();
    let object = objectOf(pin);
    const writer = (manager: string, seconds: number): Writer => ({
      ...{ manager, apiVersion: "v1", seconds, shape, reset: {} },
      convert: (each) => ({ object: each, shape }),
    });
    let managers = trackUpdate(new Map(), { live: zero, now: object }, writer("init", 0));
    for (const [index, write] of all.entries()) {
      const isTaken = model.write(write);
      const self = writer(write.who, index + 1);
      if (write.how === "update") {
        const now = objectOf({ ...write.values, ...pin });
        managers = trackUpdate(managers, { live: object, now }, self);
        object = now;
      } else {
        const config = objectOf(write.values);
        const made = applyObject({ live: object, zero, config, managers, force: write.how === "force" }, self);
        assert.equal(made.ok, isTaken, JSON.stringify(write));
        if (made.ok) ({ object, managers } = made.value);
      }
      const packed = packManagers(managers);
      managers = unpackManagers(packed);
      for (const [id, { owner }] of managers) assert.equal(id, idOf(owner));
      const shown = model.shown();
      assert.deepEqual(valuesIn(object), shown.values, JSON.stringify(write));
      assert.deepEqual(ownersIn(managers), shown.owners, JSON.stringify(write));
    }
  },
  runs,
);
