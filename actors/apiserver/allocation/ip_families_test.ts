import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../../api/field_error.ts";
import type { Service, ServiceSpec } from "../../api/types.ts";
import type { IpFamily } from "../../kit/ip_number.ts";
import { settleFamilies } from "./ip_families.ts";

const service = (spec: ServiceSpec): Service => ({
  ...{ apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "default" }, status: {} },
  spec: { type: "ClusterIP", ...spec },
});

/** What comes of a Service's wishes: its policy and families, or what is wrong with them. */
function settled(spec: ServiceSpec, old?: ServiceSpec, configured: readonly IpFamily[] = ["IPv4"]): string {
  const wished = service(spec);
  const errors = settleFamilies(wished, { configured, old: old && service(old) });
  if (errors.length > 0) return errors.map(fieldErrorText).join("; ");
  const { ipFamilyPolicy, ipFamilies } = wished.spec;
  return `${ipFamilyPolicy} ${ipFamilies}`;
}

test("settleFamilies() gives a new Service the cluster's one family, and refuses those that it has not", () => {
  assert.equal(settled({}), "SingleStack IPv4");
  assert.equal(settled({ ipFamilyPolicy: "PreferDualStack" }), "PreferDualStack IPv4");
  assert.equal(settled({ clusterIP: "None", clusterIPs: ["None"], selector: { a: "b" } }), "SingleStack IPv4");
  const notHere = "this cluster is not configured for dual-stack services";
  assert.equal(
    settled({ ipFamilyPolicy: "RequireDualStack" }),
    `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": ${notHere}`,
  );
  assert.equal(
    settled({ ipFamilies: ["IPv6"] }),
    'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  );
  assert.equal(
    settled({ ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4", "IPv6"] }),
    'spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster',
  );
  assert.equal(
    settled({ ipFamilies: ["IPv4", "IPv6"] }),
    `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`,
  );
  assert.equal(
    settled({ clusterIP: "fd00::1", clusterIPs: ["fd00::1"] }),
    'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
  );
  assert.equal(settled({ type: "ExternalName" }), "undefined undefined");
});

test("settleFamilies() lets a Service without addresses and selector say of both families that it has endpoints", () => {
  const headless = { clusterIP: "None", clusterIPs: ["None"] };
  assert.equal(settled(headless), "RequireDualStack IPv4,IPv6");
  assert.equal(settled({ ...headless, ipFamilies: ["IPv6"] }), "RequireDualStack IPv6,IPv4");
  assert.equal(settled({ ...headless, ipFamilyPolicy: "SingleStack" }), "SingleStack IPv4");
});

test("settleFamilies() keeps what a Service was, unless a change says otherwise", () => {
  const dual = {
    ...{ clusterIP: "None", clusterIPs: ["None"], ipFamilies: ["IPv4", "IPv6"] },
    ipFamilyPolicy: "RequireDualStack",
  };
  assert.equal(settled({ ...dual, ipFamilyPolicy: "SingleStack" }, dual), "SingleStack IPv4");
  assert.equal(
    settled({ ...dual, ipFamilies: ["IPv4"] }, dual),
    `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be 'SingleStack' to release the secondary IP family`,
  );
  const one = { clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"] };
  assert.equal(
    settled({ ...one, ipFamilies: ["IPv6"] }, { ...one, ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" }),
    'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
  );
  // Without addresses there is nothing that would have to stay: their endpoints may be of the other family.
  assert.equal(settled({ ...dual, ipFamilies: ["IPv6", "IPv4"] }, dual), "RequireDualStack IPv6,IPv4");
  const prefers = { ...one, ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4"] };
  assert.equal(settled({ ...prefers }, prefers), "PreferDualStack IPv4");
  assert.equal(settled(one, prefers), "PreferDualStack IPv4");
});

test("settleFamilies() gives a Service of a cluster with two families what it wants of them, the cluster's first first", () => {
  const both = ["IPv6", "IPv4"] as const;
  const inBoth = (spec: ServiceSpec, old?: ServiceSpec) => settled(spec, old, both);
  assert.equal(inBoth({}), "SingleStack IPv6");
  assert.equal(inBoth({ ipFamilyPolicy: "PreferDualStack" }), "PreferDualStack IPv6,IPv4");
  assert.equal(inBoth({ ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4"] }), "RequireDualStack IPv4,IPv6");
  assert.equal(inBoth({ ipFamilies: ["IPv4"] }), "SingleStack IPv4");
  assert.equal(inBoth({ clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"] }), "SingleStack IPv4");
  assert.equal(inBoth({ clusterIP: "None", clusterIPs: ["None"] }), "RequireDualStack IPv6,IPv4");
  const grown = { clusterIP: "fd00::9", clusterIPs: ["fd00::9"], ipFamilies: ["IPv6"] };
  const single = { ...grown, ipFamilyPolicy: "SingleStack" };
  assert.equal(inBoth({ ...grown, ipFamilyPolicy: "PreferDualStack" }, single), "PreferDualStack IPv6,IPv4");
  // What preferred two families when there was one stays as it is, until it says something else.
  const prefers = { ...grown, ipFamilyPolicy: "PreferDualStack" };
  assert.equal(inBoth(prefers, prefers), "PreferDualStack IPv6");
  assert.equal(inBoth({ ...prefers, ipFamilyPolicy: "RequireDualStack" }, prefers), "RequireDualStack IPv6,IPv4");
});
