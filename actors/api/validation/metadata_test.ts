import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { ObjectMeta } from "../types.ts";
import { isIpv4, isIpv6 } from "./addresses.ts";
import { keepSystemMetadata, validateMetadata, validateMetadataUpdate } from "./metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors, labelValueErrors, portNameErrors } from "./names.ts";

const rules = { namespaced: true, nameErrors: dnsSubdomainErrors };
const texts = (metadata: ObjectMeta): string[] => validateMetadata(metadata, rules).map(fieldErrorText);

test("validateMetadata() says what a real server says", () => {
  assert.deepEqual(texts({ name: "" }), [
    "metadata.name: Required value: name or generateName is required",
    "metadata.namespace: Required value",
  ]);
  assert.deepEqual(texts({ name: "a", namespace: "n", finalizers: ["mine"] }), [
    'metadata.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
  ]);
  assert.match(
    texts({ name: "A_b", namespace: "n" }).join(),
    /^metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character \(e.g. 'example.com', regex used for validation is '\[a-z0-9\]/,
  );
  const owner = { apiVersion: "v1", kind: "Node", name: "a", uid: "1", controller: true };
  assert.match(
    texts({ name: "a", namespace: "n", ownerReferences: [owner, { ...owner, name: "b" }] }).join(),
    /Only one reference can have Controller set to true. Found "true" in references for Node\/a and Node\/b$/,
  );
  const notNamespaced = { namespaced: false, nameErrors: dnsSubdomainErrors };
  assert.deepEqual(validateMetadata({ name: "a", namespace: "n" }, notNamespaced).map(fieldErrorText), [
    "metadata.namespace: Forbidden: not allowed on this type",
  ]);
});

test("validateMetadataUpdate() keeps identity, and finalizers of what is being deleted", () => {
  const old = { name: "a", uid: "1", deletionTimestamp: "t", finalizers: ["a/b"] };
  assert.deepEqual(validateMetadataUpdate({ ...old, uid: "2", finalizers: ["a/b", "c/d"] }, old).map(fieldErrorText), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d"}',
    'metadata.uid: Invalid value: "2": field is immutable',
  ]);
  assert.deepEqual(validateMetadataUpdate({ ...old, finalizers: [] }, old), []);
});

test("keepSystemMetadata() fills in what a client may leave out", () => {
  const old = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", uid: "1", creationTimestamp: "t", generation: 4 },
  };
  const draft: typeof old = { ...old, metadata: { name: "a", generation: 9 } as typeof old.metadata };
  keepSystemMetadata(draft, old);
  assert.deepEqual(draft, old);
});

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/);

property(
  "names of labels joined by dots are subdomains, and values",
  [fc.array(label, { minLength: 1, maxLength: 4 })],
  (labels) => {
    const name = labels.join(".");
    assert.deepEqual(dnsSubdomainErrors(name), []);
    assert.deepEqual(labelKeyErrors(`${name}/Key_1.x`), []);
    assert.deepEqual(labelValueErrors(name), []);
    assert.equal(dnsLabelErrors(name).length, labels.length > 1 ? 1 : 0);
    assert.notDeepEqual(dnsSubdomainErrors(`${name}-`), []);
    assert.notDeepEqual(dnsSubdomainErrors(name.toUpperCase().replace(/[0-9.-]/g, "A")), []);
  },
);

test("portNameErrors() and labelKeyErrors() name each broken rule", () => {
  assert.deepEqual(portNameErrors("http-2"), []);
  assert.deepEqual(portNameErrors("-80--"), [
    "must contain at least one letter (a-z)",
    "must not contain consecutive hyphens",
    "must not begin or end with a hyphen",
  ]);
  assert.deepEqual(labelKeyErrors("/a"), ["prefix part must be non-empty"]);
  assert.equal(labelKeyErrors("a/b/c").length, 1);
});

property("addresses are told apart", [fc.ipV4(), fc.ipV6()], (four, six) => {
  assert.ok(isIpv4(four) && !isIpv6(four));
  assert.ok(isIpv6(six) && !isIpv4(six));
  assert.ok(!isIpv4(`${four}.1`) && !isIpv6(`${six}:1:2:3:4:5:6:7:8`));
});
