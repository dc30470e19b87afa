import type { Row, Table } from "./row.ts";

const ip = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const cidr = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const schema = "spec.validation.openAPIV3Schema";
const open = { type: "object" };
const property = (own: object, ...errors: string[]): Row => [
  { "spec.versions.0.schema.openAPIV3Schema.properties": { a: own } },
  ...errors.map((each) => `${schema}.properties[a]${each}`),
];

const definitions: Table = {
  plural: "customresourcedefinitions",
  namespaced: false,
  base: {
    ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    metadata: { name: "xs.example.com" },
    spec: {
      ...{ group: "example.com", scope: "Namespaced", names: { plural: "xs", kind: "X" } },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: open } }],
    },
  },
  rows: [
    [
      { "metadata.name": "ys.example.com" },
      'metadata.name: Invalid value: "ys.example.com": must be spec.names.plural+"."+spec.group',
    ],
    [{ "spec.scope": "World" }, 'spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"'],
    [
      { "spec.versions.0.storage": false },
      'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
    ],
    [
      { "spec.versions.1": { name: "v1", served: true, storage: false, schema: { openAPIV3Schema: open } } },
      'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":true,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null},{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must contain unique version names',
    ],
    [
      { "spec.versions.0.schema": undefined },
      "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required",
    ],
    [
      { "spec.versions.0.schema.openAPIV3Schema.type": "array" },
      `${schema}.items: Required value: must be specified`,
      `${schema}.type: Invalid value: "array": must be object at the root`,
    ],
    property({}, ".type: Required value: must not be empty for specified object fields"),
    property(
      { type: "date" },
      '.type: Unsupported value: "date": supported values: "array", "boolean", "integer", "number", "object", "string"',
    ),
    property({ type: "array" }, ".items: Required value: must be specified"),
    property(
      { type: "object", properties: { b: { type: "string" } }, additionalProperties: { type: "string" } },
      ".additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive",
    ),
    property(
      { type: "array", items: { type: "string" }, uniqueItems: true },
      ".uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
    ),
    property(
      { type: "array", items: { type: "object" }, "x-kubernetes-list-type": "map" },
      ".x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map",
    ),
    [
      { "spec.versions.0.additionalPrinterColumns": [{ name: "A", type: "word", jsonPath: ".a" }] },
      'spec.additionalPrinterColumns[0].type: Invalid value: "word": must be one of boolean,date,integer,number,string',
    ],
    [
      { "spec.conversion": { strategy: "Magic" } },
      'spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"',
    ],
  ],
};

const endpoints: Table = {
  plural: "endpoints",
  namespaced: true,
  base: {
    ...{ apiVersion: "v1", kind: "Endpoints", metadata: { name: "x" } },
    subsets: [{ addresses: [{ ip: "1.2.3.4" }], ports: [{ port: 80 }] }],
  },
  rows: [
    [{ "subsets.0.addresses": [] }, "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"],
    [
      { "subsets.0.addresses.0.ip": "a" },
      `subsets[0].addresses[0].ip: Invalid value: "a": ${ip}`,
      'subsets[0].addresses[0].ip: Invalid value: "a": must be a valid IP address',
    ],
    [{ "subsets.0.ports": [{ port: 1, name: "a" }, { port: 2 }] }, "subsets[0].ports[1].name: Required value"],
    [
      { "subsets.0.ports.0.protocol": "X" },
      'subsets[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      { "subsets.0.ports.0.port": 0 },
      "subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
    ],
  ],
};

const capacities: Table = {
  plural: "csistoragecapacities",
  namespaced: true,
  base: {
    ...{ apiVersion: "storage.k8s.io/v1", kind: "CSIStorageCapacity", metadata: { name: "x" } },
    storageClassName: "a",
  },
  rows: [
    [{ storageClassName: "" }, `storageClassName: Invalid value: "": ${subdomain}`],
    [{ capacity: "-1" }, 'capacity: Invalid value: "-1": must be greater than or equal to 0'],
    [{ maximumVolumeSize: "-1" }, 'maximumVolumeSize: Invalid value: "-1": must be greater than or equal to 0'],
  ],
};

const ranges: Table = {
  plural: "servicecidrs",
  namespaced: false,
  base: {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR", metadata: { name: "x" } },
    spec: { cidrs: ["10.97.0.0/24"] },
  },
  rows: [
    [{ "spec.cidrs": [] }, "spec.cidrs: Required value: at least one CIDR required"],
    [{ "spec.cidrs": ["a"] }, `spec.cidrs[0]: Invalid value: "a": ${cidr}`],
    [
      { "spec.cidrs": ["10.97.0.0/24", "10.98.0.0/24"] },
      'spec.cidrs: Invalid value: {"CIDRs":["10.97.0.0/24","10.98.0.0/24"]}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  ],
};

const webhooks: Table = {
  plural: "validatingwebhookconfigurations",
  namespaced: false,
  base: {
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" },
    ...{ metadata: { name: "x" }, webhooks: [] },
  },
  rows: [
    [
      {
        webhooks: [
          {
            ...{ name: "a", sideEffects: "None", admissionReviewVersions: ["v1"] },
            ...{ clientConfig: { url: "https://a/b" }, rules: [] },
          },
        ],
      },
      'webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots',
    ],
    [
      {
        webhooks: [
          {
            ...{ name: "a.b.c", sideEffects: "None", admissionReviewVersions: ["v1"] },
            ...{ clientConfig: { url: "http://a/b" }, rules: [] },
          },
        ],
      },
      "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]",
    ],
  ],
};

/** Objects that extend or describe a cluster and are wrong. */
export const extensions: readonly Table[] = [definitions, endpoints, capacities, ranges, webhooks];
