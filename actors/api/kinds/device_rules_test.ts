import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { KindDefinition } from "../kind.ts";
import { registry } from "../registry.ts";
import type { Fields, KubeObject } from "../types.ts";

const kindOf = (name: string): KindDefinition =>
  registry.kinds.find((each) => each.kind === name && each.version === "v1") as KindDefinition;

function prepared(name: string, spec: Fields): KubeObject & Fields {
  const kind = kindOf(name);
  const metadata = { name: "a", ...(kind.namespaced ? { namespace: "default" } : {}) };
  const draft = { apiVersion: "resource.k8s.io/v1", kind: name, metadata, spec: structuredClone(spec), status: {} };
  const made = draft as unknown as KubeObject & Fields;
  kind.applyDefaults(made);
  kind.prepareForCreate(made);
  return made;
}

const errorsOf = (name: string, spec: Fields): string[] =>
  kindOf(name).validate(prepared(name, spec)).map(fieldErrorText);
const request = (name: string, more: object = {}) => ({ name, exactly: { deviceClassName: "gpu", ...more } });
const reference =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
const identifier =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";

test("claims of devices are judged in Kubernetes' words", () => {
  const at = "spec.devices";
  const cases: readonly (readonly [devices: object, texts: readonly string[]])[] = [
    [{ requests: [request("a"), request("b", { allocationMode: "All" })] }, []],
    [{ requests: [request("a"), request("a")] }, [`${at}.requests[1].name: Duplicate value: "a"`]],
    [
      {
        requests: [
          {
            name: "a",
            firstAvailable: [
              { name: "x", deviceClassName: "gpu" },
              { name: "x", deviceClassName: "gpu" },
            ],
          },
        ],
      },
      [`${at}.requests[0].firstAvailable[1].name: Duplicate value: "x"`],
    ],
    [
      { requests: [request("a")], constraints: [{ requests: ["a", "a", "b", "a/b/c"], matchAttribute: "x" }] },
      [
        `${at}.constraints[0].requests[2]: Invalid value: "b": ${reference}`,
        `${at}.constraints[0].requests[3]: Invalid value: "a/b/c": ${reference}`,
        `${at}.constraints[0].requests[1]: Duplicate value: "a"`,
        `${at}.constraints[0].matchAttribute: Invalid value: "x": must include a domain`,
      ],
    ],
    [
      { requests: [request("a")], config: [{ opaque: { driver: "a.com", parameters: [] } }] },
      [`${at}.config[0].opaque.parameters: Invalid value: "<value omitted>": parameters must be a valid JSON object`],
    ],
    [
      { requests: [request("a", { selectors: [{ cel: { expression: "'x'" } }] })] },
      [
        `${at}.requests[0].exactly.selectors[0].cel.expression: Invalid value: "'x'": must evaluate to bool or the unknown type, not string`,
      ],
    ],
  ];
  for (const [devices, texts] of cases) assert.deepEqual(errorsOf("ResourceClaim", { devices }), texts);
  const spec = { metadata: { labels: { a: "b c" } }, spec: { devices: { requests: [request("a")] } } };
  assert.match(
    errorsOf("ResourceClaimTemplate", spec)[0] ?? "",
    /^spec\.metadata\.labels: Invalid value: "b c": a valid label must/,
  );
});

test("what a driver offers, and what a claim has of it, is judged in Kubernetes' words", () => {
  const slice = (device: object, more: object = {}) => ({
    driver: "a.com",
    pool: { name: "p", resourceSliceCount: 1 },
    nodeName: "n",
    devices: [{ name: "d", ...device }],
    ...more,
  });
  const long = "a".repeat(120);
  const shown = `${"a".repeat(47)}...${"a".repeat(46)}`;
  const at = "spec.devices[0]";
  const cases: readonly (readonly [spec: object, texts: readonly string[]])[] = [
    [slice({ attributes: { kind: { string: "x" }, "b.com/v": { version: "1.2.3" } } }), []],
    [slice({}, { devices: [{ name: "d" }, { name: "d" }] }), ['spec.devices[1].name: Duplicate value: "d"']],
    [slice({ attributes: { "9": { int: 1 } } }), [`${at}.attributes[9]: Invalid value: "9": ${identifier}`]],
    [
      slice({ attributes: { [long]: { int: 1 } } }),
      [`${at}.attributes[${shown}]: Too long: may not be more than 32 bytes`],
    ],
    [
      slice({ attributes: { a: { int: 1, version: "x" } } }),
      [
        `${at}.attributes[a].version: Invalid value: "x": must be a string compatible with semver.org spec 2.0.0`,
        `${at}.attributes[a]: Invalid value: {"int":1,"version":"x"}: exactly one value must be specified`,
      ],
    ],
    [
      slice({}, { nodeName: undefined, nodeSelector: { nodeSelectorTerms: [] } }),
      [
        "spec.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term",
        "spec.nodeSelector.nodeSelectorTerms: Invalid value: []: must have exactly one node selector term",
      ],
    ],
  ];
  for (const [spec, texts] of cases) assert.deepEqual(errorsOf("ResourceSlice", spec as Fields), texts);

  const claim = prepared("ResourceClaim", { devices: { requests: [request("a")] } });
  const result = { request: "a", driver: "a.com", pool: "p", device: "d" };
  const device = { driver: "a.com", pool: "p", device: "d" };
  const statusErrors = (status: object) =>
    kindOf("ResourceClaim")
      .validateStatusUpdate({ ...claim, status } as unknown as KubeObject, claim)
      .map(fieldErrorText);
  const allocation = { devices: { results: [result] } };
  const consumer = { resource: "pods", name: "x", uid: "u" };
  assert.deepEqual(statusErrors({ allocation, reservedFor: [consumer], devices: [device] }), []);
  assert.deepEqual(statusErrors({ reservedFor: [consumer, consumer] }), [
    'status.reservedFor[1].uid: Duplicate value: "u"',
    "status.reservedFor: Forbidden: may not be specified when `allocated` is not set",
  ]);
  assert.deepEqual(statusErrors({ allocation: { devices: { results: [{ ...result, request: "b" }] } } }), [
    `status.allocation.devices.results[0].request: Invalid value: "b": ${reference}`,
  ]);
  assert.deepEqual(statusErrors({ allocation, devices: [{ ...device, networkData: { ips: ["1.2.3.4"] } }] }), [
    'status.devices[0].networkData.ips[0]: Invalid value: "1.2.3.4": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
  ]);
});
