import { assert, test } from "../../../properties/house/test.ts";
import { createLab, type LabAnswer } from "../../../properties/stages/apiserver/lab.ts";
import { familyOf } from "../../kit/ip_number.ts";

const inDefault = { namespace: "default" };
const ports = [{ port: 80 }];

/** API servers that give addresses of two families, and what they do for the Service `web`. */
function dualLab(serviceCidr = "10.96.0.0/16,fd00:10:96::/112") {
  const lab = createLab({ input: { serviceCidr } });
  const named = (name: string, spec: object) => ({ metadata: { name }, spec: { ports, ...spec } });
  return {
    lab,
    create: (spec: object, name = "web") =>
      lab.call("create", "services", {
        ...inDefault,
        body: { apiVersion: "v1", kind: "Service", ...named(name, spec) },
      }),
    patch: (spec: object, name = "web") =>
      lab.call("patch", "services", {
        ...{ ...inDefault, name, body: { spec }, contentType: "application/merge-patch+json" },
      }),
    addresses: (): string[] =>
      lab
        .call("list", "ipaddresses")
        .body.items.map(({ metadata }: { metadata: { name: string; labels: Record<string, string> } }) => {
          return `${metadata.name} ${metadata.labels["ipaddress.kubernetes.io/ip-family"]}`;
        })
        .filter((text: string) => !/^(10\.96\.0\.1|fd00:10:96::1) /.test(text)),
  };
}

function shown({ code, body }: LabAnswer): string {
  if (code >= 300) return body.message;
  const { ipFamilyPolicy, ipFamilies, clusterIPs, clusterIP } = body.spec;
  assert.equal(clusterIPs?.[0], clusterIP);
  if (clusterIP !== "None") assert.deepEqual(clusterIPs.map(familyOf), ipFamilies);
  return `${ipFamilyPolicy} ${ipFamilies}`;
}

test("a Service gets and gives back an address of each family as its policy changes, each with an object of its own", () => {
  const { create, patch, addresses, lab } = dualLab();
  const made = create({});
  assert.equal(shown(made), "SingleStack IPv4");
  const { clusterIP } = made.body.spec;
  assert.deepEqual(addresses(), [`${clusterIP} IPv4`]);
  const grown = patch({ ipFamilyPolicy: "RequireDualStack" });
  assert.equal(shown(grown), "RequireDualStack IPv4,IPv6");
  const [kept, added] = grown.body.spec.clusterIPs;
  assert.equal(kept, clusterIP);
  assert.deepEqual(addresses().sort(), [`${kept} IPv4`, `${added} IPv6`].sort());
  assert.match(
    shown(patch({ clusterIPs: [kept] })),
    /spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be 'SingleStack' to release the secondary cluster IP/,
  );
  const shrunk = patch({ ipFamilyPolicy: "SingleStack" });
  assert.equal(shown(shrunk), "SingleStack IPv4");
  assert.deepEqual(addresses(), [`${clusterIP} IPv4`], "the second one is free again");
  // An older client, which knows one address only, writes the whole object.
  patch({ ipFamilyPolicy: "PreferDualStack" });
  const read = lab.call("get", "services", { ...inDefault, name: "web" }).body;
  const { clusterIPs: _both, ...spec } = read.spec;
  const put = lab.call("update", "services", { ...inDefault, name: "web", body: { ...read, spec } });
  assert.equal(shown(put), "PreferDualStack IPv4,IPv6");
  lab.call("delete", "services", { ...inDefault, name: "web" });
  assert.deepEqual(addresses(), []);
});

test("a Service may ask for addresses of its own in either family, once", () => {
  const { create, patch } = dualLab();
  const own = { clusterIP: "fd00:10:96::77", clusterIPs: ["fd00:10:96::77", "10.96.0.77"] };
  assert.equal(shown(create({ ...own, ipFamilyPolicy: "PreferDualStack" })), "PreferDualStack IPv6,IPv4");
  assert.match(
    shown(create({ clusterIP: "fd00:10:96::77" }, "second")),
    /spec.clusterIPs: Invalid value: \["fd00:10:96::77"\]: failed to allocate IP fd00:10:96::77: provided IP is already allocated/,
  );
  assert.match(
    shown(create({ clusterIP: "fd00:10:97::1" }, "second")),
    /the provided IP \(fd00:10:97::1\) is not in the valid range. The range of valid IPs is fd00:10:96::\/112/,
  );
  assert.match(
    shown(patch({ ipFamilies: ["IPv4", "IPv6"] })),
    /spec.clusterIPs\[0\]: Invalid value: "fd00:10:96::77": expected an IPv4 value as indicated by `ipFamilies\[0\]`/,
  );
  assert.match(
    shown(patch({ clusterIP: "fd00:10:96::78", clusterIPs: ["fd00:10:96::78", "10.96.0.77"] })),
    /spec.clusterIPs\[0\]: Invalid value: \["fd00:10:96::78","10.96.0.77"\]: may not change once set/,
  );
});

test("an address is one and the same however it is written, and has one object", () => {
  const { lab, create, addresses } = dualLab();
  const own = { clusterIP: "FD00:10:96:0:0::0077", ipFamilyPolicy: "SingleStack" };
  assert.equal(create(own).body.spec.clusterIP, own.clusterIP, "it is shown as it was asked for");
  assert.deepEqual(addresses(), ["fd00:10:96::77 IPv6"]);
  for (const clusterIP of ["fd00:10:96::77", "fd00:10:96:0::77", "fd00:10:96::0.0.0.119"])
    assert.match(shown(create({ clusterIP }, "second")), /provided IP is already allocated/);
  lab.call("delete", "services", { ...inDefault, name: "web" });
  assert.deepEqual(addresses(), []);
  assert.equal(create({ clusterIP: "fd00:10:96::77" }, "second").code, 201);
});

test("leading zeros of an address mean nothing, and who writes them is warned", () => {
  const { create, addresses } = dualLab();
  const { code, body, warnings } = create({ clusterIP: "010.096.000.077", ipFamilyPolicy: "SingleStack" });
  assert.deepEqual([code, body.spec.clusterIP, addresses()], [201, "010.096.000.077", ["10.96.0.77 IPv4"]]);
  assert.deepEqual(warnings, [
    'spec.clusterIPs[0]: non-standard IP address "010.096.000.077" will be considered invalid in a future Kubernetes release: use "10.96.0.77"',
  ]);
  assert.match(shown(create({ clusterIP: "10.96.0.77" }, "second")), /provided IP is already allocated/);
});

test("a cluster of IPv6 has the Service of the API there, and its range", () => {
  const { lab, create, patch, addresses } = dualLab("fd00:10:96::/112");
  const { spec } = lab.call("get", "services", { ...inDefault, name: "kubernetes" }).body;
  assert.deepEqual([spec.clusterIP, spec.ipFamilies, spec.ipFamilyPolicy], ["fd00:10:96::1", ["IPv6"], "SingleStack"]);
  assert.deepEqual(lab.call("get", "servicecidrs", { name: "kubernetes" }).body.spec.cidrs, ["fd00:10:96::/112"]);
  assert.equal(shown(create({ ipFamilyPolicy: "PreferDualStack" })), "PreferDualStack IPv6");
  assert.match(
    shown(create({ ipFamilies: ["IPv4"] }, "other")),
    /spec.ipFamilies\[0\]: Invalid value: "IPv4": not configured/,
  );
  const external = {
    type: "ExternalName",
    externalName: "example.org",
    ports: null,
    clusterIP: null,
    clusterIPs: null,
  };
  const named = patch({ ...external, ipFamilies: null, ipFamilyPolicy: null, internalTrafficPolicy: null });
  assert.deepEqual([named.body.spec.clusterIPs, named.body.spec.ipFamilies], [undefined, undefined]);
  assert.deepEqual(addresses(), []);
});
