import { assert, test } from "../../../properties/house/test.ts";
import { rehearsedAuthority } from "../rehearsed_authority.ts";
import { signerNameErrors } from "./signer_name.ts";
import { trustBundleErrors, trustBundleNameErrors } from "./trust_bundle.ts";

const problemsOf = (pem: string) => trustBundleErrors(pem, "spec.trustBundle").map(({ detail }) => detail);
const block = (type: string, body: string) => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`;

test("trustBundleErrors() takes certificates of authorities, whatever stands between them, and each once", () => {
  assert.deepEqual(problemsOf(`Ours:\n${rehearsedAuthority}`), []);
  assert.deepEqual(problemsOf(""), ["at least one trust anchor must be provided"]);
  const all = [block("PRIVATE KEY", "AAAA"), block("CERTIFICATE", "A: b\n\nAAAA"), block("CERTIFICATE", "AAAA")];
  assert.deepEqual(problemsOf(`${all.join("")}${rehearsedAuthority}${rehearsedAuthority}`), [
    "entry 0 has bad block type: PRIVATE KEY",
    "entry 1 has PEM block headers",
    "entry 2 does not parse as X.509",
  ]);
  assert.deepEqual(problemsOf(`${rehearsedAuthority}${rehearsedAuthority}`), [
    "duplicate trust anchor (indices [0 1])",
  ]);
  // Its basic constraints are no longer those, so that nothing says that it is an authority's.
  const servers = rehearsedAuthority.replace("AQH/MA4G", "AQEAMA4G");
  assert.deepEqual(problemsOf(servers), ["entry 0 does not have the CA bit set"]);
  assert.deepEqual(problemsOf("x".repeat(2 ** 20 + 1)), ["may not be more than 1048576 bytes"]);
});

test("trustBundleNameErrors() wants the signer's name before that of its bundle, and no colon without one", () => {
  assert.deepEqual(trustBundleNameErrors("example.com:s:live", "example.com/s"), []);
  assert.deepEqual(trustBundleNameErrors("live", "example.com/s"), [
    "ClusterTrustBundle for signerName example.com/s must be named with prefix example.com:s:",
  ]);
  assert.deepEqual(trustBundleNameErrors("a:b", ""), [
    'ClusterTrustBundle without signer name must not have ":" in its name',
  ]);
  assert.match(trustBundleNameErrors("Live", "")[0] ?? "", /^a lowercase RFC 1123 subdomain/);
});

test("signerNameErrors() tells what of a signer's name is none", () => {
  const wrong = (name: string) => signerNameErrors(name, "f").map(({ detail }) => detail.slice(0, 40));
  assert.deepEqual(wrong("example.com/s"), []);
  assert.deepEqual(wrong("example.com"), ["must be a fully qualified domain and pat"]);
  assert.deepEqual(wrong("example/s"), ["should be a domain with at least two seg"]);
  assert.deepEqual(wrong("Ex.com/s"), ['validating label "Ex": a lowercase RFC 1']);
});
