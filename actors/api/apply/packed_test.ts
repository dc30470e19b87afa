import { createHash } from "node:crypto";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { decodeEntries, encodeEntries, type Managers } from "./managers.ts";
import { isSameButTimes, packManagers, shownManagers, unpackManagers } from "./packed.ts";
import { dictionary } from "./packed_dictionary.ts";
import { createShortener } from "./short_text.ts";

const uid = "2ec7da06-462b-46e5-ad2b-92823e213811";
const entries = [
  {
    manager: "kubectl",
    operation: "Apply",
    apiVersion: "apps/v1",
    time: "2026-01-01T00:00:00Z",
    fieldsType: "FieldsV1",
    fieldsV1: {
      "f:spec": { "f:replicas": {}, "f:template": { "f:metadata": { "f:labels": { "f:a;b~c`d'e^f": {} } } } },
    },
  },
  {
    manager: "kubelet",
    operation: "Update",
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:metadata": { "f:ownerReferences": { ".": {}, [`k:{"uid":"${uid}"}`]: {} } } },
    subresource: "status",
  },
];

function managersOf(list: readonly object[]): Managers {
  const read = decodeEntries(list);
  assert.ok(read.ok);
  return read.value;
}

const anything = fc.string({ unit: fc.constantFrom(..."ab'^~`;\\\"{}:\n\u00e9\u{1f600}"), maxLength: 30 });

property(
  "createShortener() lengthens what it shortened, whatever is in it, without quotes, backslashes and semicolons",
  [anything, anything],
  (text, between) => {
    const { shorten, lengthen } = createShortener(dictionary);
    for (const each of [
      text,
      JSON.stringify(text),
      `${dictionary.slice(50, 90)}${text}${uid}${between}${dictionary.slice(-40)}`,
    ]) {
      const short = shorten(JSON.stringify(each));
      assert.equal(lengthen(short), JSON.stringify(each));
      assert.doesNotMatch(short, /["\\;]/);
    }
  },
);

test("the dictionary of packed managers is what data directories were written with", () => {
  const digest = createHash("sha256").update(dictionary).digest("hex");
  assert.equal(digest, "e29bb1e4b69ed5871a5a2c2911bc41ccb703b7951596ebf012156a9eede6f16e");
});

test("unpackManagers() reads what packManagers() wrote, and clients are shown the same entries", () => {
  const managers = managersOf(entries);
  const packed = packManagers(managers);
  assert.deepEqual(encodeEntries(unpackManagers(packed)), entries);
  assert.deepEqual(JSON.parse(shownManagers(packed)), entries);
  assert.equal(packManagers(unpackManagers(packed)), packed);
  assert.equal(packManagers(unpackManagers("")), "");
});

test("packManagers() makes what a pod has to say of its owners less than an eighth of what clients are shown", () => {
  const container = { ".": {}, "f:image": {}, "f:imagePullPolicy": {}, "f:name": {}, "f:resources": {} };
  const spec = {
    "f:containers": {
      'k:{"name":"web"}': { ...container, "f:terminationMessagePath": {}, "f:terminationMessagePolicy": {} },
    },
    ...{ "f:dnsPolicy": {}, "f:enableServiceLinks": {}, "f:restartPolicy": {}, "f:schedulerName": {} },
    ...{ "f:securityContext": {}, "f:terminationGracePeriodSeconds": {} },
  };
  const labels = { ".": {}, "f:app": {}, "f:pod-template-hash": {} };
  const metadata = {
    "f:generateName": {},
    "f:labels": labels,
    "f:ownerReferences": { ".": {}, [`k:{"uid":"${uid}"}`]: {} },
  };
  const fieldsV1 = { "f:metadata": metadata, "f:spec": spec };
  const packed = packManagers(
    managersOf([
      { ...entries[0], manager: "kube-controller-manager", operation: "Update", apiVersion: "v1", fieldsV1 },
    ]),
  );
  const shown = shownManagers(packed);
  assert.ok(packed.length < 80, packed);
  assert.ok(shown.length > 600, shown);
});

test("isSameButTimes() sees no difference in when something was changed, and each in who owns what", () => {
  const packed = packManagers(managersOf(entries));
  const later = packManagers(managersOf(entries.map((each) => ({ ...each, time: "2026-02-01T00:00:00Z" }))));
  const other = packManagers(managersOf(entries.map((each) => ({ ...each, manager: "x" }))));
  assert.ok(isSameButTimes(packed, later));
  assert.ok(!isSameButTimes(packed, other));
});

test("decodeEntries() refuses what is no list of managers", () => {
  const wrong: readonly [object, RegExp][] = [
    [{ ...entries[0], operation: "Patch" }, /operation must be `Apply` or `Update`/],
    [{ ...entries[0], apiVersion: "" }, /apiVersion must not be empty/],
    [{ ...entries[0], fieldsType: "" }, /missing fieldsType in managed fields entry 0/],
    [{ ...entries[0], fieldsType: "FieldsV2" }, /invalid fieldsType "FieldsV2" in managed fields entry 0/],
    [{ ...entries[0], fieldsV1: { spec: {} } }, /error decoding set: missing colon: spec/],
  ];
  for (const [entry, why] of wrong) {
    const read = decodeEntries([entry]);
    assert.match(read.ok ? "" : read.failure, why);
  }
});
