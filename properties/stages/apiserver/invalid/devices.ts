import type { Row, Table } from "./row.ts";

const apiVersion = "resource.k8s.io/v1";
const driver = "gpu.example.com";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const identifier =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";
const one = "exactly one of `exactly` or `firstAvailable` is required";
const reference =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
const place = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";

const devices = {
  requests: [{ name: "a", exactly: { deviceClassName: "gpu" } }],
  constraints: [{ requests: ["a"], matchAttribute: `${driver}/model` }],
  config: [{ requests: ["a"], opaque: { driver, parameters: { a: "b" } } }],
};
const deviceRows = (at: string): Row[] => {
  const request = `${at}.requests.0`;
  const shown = `${at}.requests[0]`;
  return [
    [{ [`${request}.exactly`]: undefined }, `${shown}: Required value: ${one}`],
    [
      { [`${request}.firstAvailable`]: [{ name: "x", deviceClassName: "gpu" }] },
      `${shown}: Invalid value: "null": ${one}, but multiple fields are set`,
    ],
    [{ [`${request}.exactly.deviceClassName`]: "" }, `${shown}.exactly.deviceClassName: Required value`],
    [
      { [`${request}.exactly.deviceClassName`]: "A" },
      `${shown}.exactly.deviceClassName: Invalid value: "A": ${subdomain}`,
    ],
    [
      { [`${request}.exactly.allocationMode`]: "Some" },
      `${shown}.exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"`,
    ],
    [
      { [`${request}.exactly.allocationMode`]: "All", [`${request}.exactly.count`]: 2 },
      `${shown}.exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'`,
    ],
    [{ [`${at}.constraints.0.requests`]: ["b"] }, `${at}.constraints[0].requests[0]: Invalid value: "b": ${reference}`],
    [{ [`${at}.constraints.0.matchAttribute`]: undefined }, `${at}.constraints[0].matchAttribute: Required value`],
    // Its gate is off: a constraint by it alone is none.
    [
      { [`${at}.constraints.0`]: { requests: ["a"], distinctAttribute: `${driver}/model` } },
      `${at}.constraints[0].matchAttribute: Required value`,
    ],
    [
      { [`${at}.constraints.0.matchAttribute`]: "model" },
      `${at}.constraints[0].matchAttribute: Invalid value: "model": must include a domain`,
    ],
    [{ [`${at}.config.0.opaque`]: undefined }, `${at}.config[0].opaque: Required value`],
    [{ [`${at}.config.0.opaque.driver`]: "" }, `${at}.config[0].opaque.driver: Required value`],
    [
      { [`${at}.config.0.opaque.parameters`]: { a: "x".repeat(10 * 1024) } },
      `${at}.config[0].opaque.parameters: Too long: may not be more than 10240 bytes`,
    ],
    [
      {
        [`${at}.requests`]: Array.from({ length: 33 }, (_each, index) => ({
          name: index === 0 ? "a" : `a${index}`,
          exactly: { deviceClassName: "gpu" },
        })),
      },
      `${at}.requests: Too many: 33: must have at most 32 items`,
    ],
  ];
};

const claims: Table = {
  ...{ plural: "resourceclaims", namespaced: true },
  base: { apiVersion, kind: "ResourceClaim", metadata: { name: "x" }, spec: { devices } },
  rows: [
    ...deviceRows("spec.devices"),
    [
      { "spec.devices.requests.0.exactly.adminAccess": true },
      "spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace",
    ],
  ],
};

const templates: Table = {
  ...{ plural: "resourceclaimtemplates", namespaced: true },
  base: { apiVersion, kind: "ResourceClaimTemplate", metadata: { name: "x" }, spec: { spec: { devices } } },
  rows: deviceRows("spec.spec.devices"),
};

const slices: Table = {
  ...{ plural: "resourceslices", namespaced: false },
  base: {
    ...{ apiVersion, kind: "ResourceSlice", metadata: { name: "x" } },
    spec: {
      ...{ driver, nodeName: "node-0", pool: { name: "node-0", generation: 1, resourceSliceCount: 1 } },
      devices: [{ name: "a", attributes: { model: { string: "x" } }, capacity: { memory: { value: "1Gi" } } }],
    },
  },
  rows: [
    [{ "spec.driver": "" }, "spec.driver: Required value"],
    [{ "spec.pool.name": "" }, "spec.pool.name: Required value"],
    [
      { "spec.pool.resourceSliceCount": 0 },
      "spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero",
    ],
    [{ "spec.nodeName": undefined }, `spec: Required value: ${place}`],
    // Its gate is off: a slice that says so says nothing.
    [{ "spec.nodeName": undefined, "spec.perDeviceNodeSelection": true }, `spec: Required value: ${place}`],
    [
      { "spec.allNodes": true },
      `spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${place}, but multiple fields are set`,
    ],
    [{ "spec.devices.1": { name: "a" } }, 'spec.devices[1].name: Duplicate value: "a"'],
    [
      { "spec.devices.0.attributes.model": {} },
      "spec.devices[0].attributes[model]: Required value: exactly one value must be specified",
    ],
    [
      { "spec.devices.0.attributes.model": { string: "x".repeat(65) } },
      "spec.devices[0].attributes[model].string: Too long: may not be more than 64 bytes",
    ],
    [
      { "spec.devices.0.attributes.model": { version: "one" } },
      'spec.devices[0].attributes[model].version: Invalid value: "one": must be a string compatible with semver.org spec 2.0.0',
    ],
    [
      { "spec.devices.0.attributes.a-b": { int: 1 } },
      `spec.devices[0].attributes[a-b]: Invalid value: "a-b": ${identifier}`,
    ],
    [
      { "spec.devices": Array.from({ length: 129 }, (_each, index) => ({ name: `a${index}` })) },
      "spec.devices: Too many: 129: must have at most 128 items",
    ],
  ],
};

/** What is wrong with devices, and with claims for them. */
export const devicesInvalid: readonly Table[] = [claims, templates, slices];
