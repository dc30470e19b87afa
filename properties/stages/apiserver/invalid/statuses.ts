import type { Row } from "./row.ts";

/** What may not be said of the status of objects of a kind, made of what its table is made from. */
export interface StatusTable {
  readonly plural: string;
  /** What is written first. Default: nothing. */
  readonly first?: Record<string, unknown>;
  readonly rows: readonly Row[];
}

const least = "must be greater than or equal to 0";
const over = "cannot be greater than status.replicas";
const reason =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";
const ended = { terminated: { exitCode: 1 } };
const running = { running: {} };

/** Statuses that are wrong. */
export const statuses: readonly StatusTable[] = [
  {
    plural: "deployments",
    first: { "status.collisionCount": 2 },
    rows: [
      [
        { "status.observedGeneration": -1, "status.unavailableReplicas": -1 },
        ...lessThan("observedGeneration", "unavailableReplicas"),
      ],
      [
        { "status.replicas": 1, "status.readyReplicas": 2, "status.availableReplicas": 3 },
        `status.readyReplicas: Invalid value: 2: ${over}`,
        `status.availableReplicas: Invalid value: 3: ${over}`,
        "status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas",
      ],
      [{ "status.collisionCount": 1 }, "status.collisionCount: Invalid value: 1: cannot be decremented"],
    ],
  },
  {
    plural: "replicasets",
    rows: [[{ "status.fullyLabeledReplicas": 1 }, `status.fullyLabeledReplicas: Invalid value: 1: ${over}`]],
  },
  {
    plural: "replicationcontrollers",
    rows: [[{ "status.fullyLabeledReplicas": 1 }, `status.fullyLabeledReplicas: Invalid value: 1: ${over}`]],
  },
  {
    plural: "daemonsets",
    first: { "status.collisionCount": 2 },
    rows: [
      [{ "status.numberReady": -1 }, ...lessThan("numberReady")],
      [{ "status.collisionCount": undefined }, "status.collisionCount: Invalid value: 0: cannot be decremented"],
      [{ "metadata.labels": { "/a": "" } }, 'metadata.labels: Invalid value: "/a": prefix part must be non-empty'],
    ],
  },
  {
    plural: "statefulsets",
    rows: [
      [
        { "status.replicas": 1, "status.availableReplicas": 1 },
        "status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas",
      ],
      [{ "status.currentReplicas": 1 }, `status.currentReplicas: Invalid value: 1: ${over}`],
    ],
  },
  {
    plural: "ingresses",
    rows: [
      [
        { "status.loadBalancer": { ingress: [{ ip: "a", hostname: "1.2.3.4" }] } },
        'status.loadBalancer.ingress[0].ip: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      ],
    ],
  },
  {
    plural: "persistentvolumeclaims",
    rows: [
      [
        { "status.capacity": { storage: "-1Gi" }, "status.allocatedResourceStatuses": { memory: "Stuck" } },
        "status.capacity[storage]: Invalid value: -1073741824: must be a valid resource quantity",
        'status.allocatedResourceStatus: Unsupported value: "memory": supported values: "storage"',
        'status.allocatedResourceStatus: Unsupported value: "memory": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
      ],
    ],
  },
  {
    plural: "services",
    rows: [
      [
        {
          "status.loadBalancer": {
            ingress: [
              { ip: "a", ipMode: "Ghost" },
              { ipMode: "VIP", hostname: "A" },
            ],
          },
        },
        'status.loadBalancer.ingress[0].ip: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.loadBalancer.ingress[0].ipMode: Unsupported value: "Ghost": supported values: "Proxy", "VIP"',
        "status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when `ip` is not set",
        "status.loadBalancer.ingress[1].hostname: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
  },
  {
    plural: "certificatesigningrequests",
    first: { "status.conditions": [{ type: "Failed", status: "True" }] },
    rows: [
      [
        { "status.conditions": [{ type: "", status: "" }] },
        "status.conditions[0].type: Required value",
        "status.conditions[0].status: Required value",
        'status.conditions: Forbidden: updates may not remove a condition of type "Failed"',
      ],
      [
        {
          "status.conditions": [
            { type: "Failed", status: "False" },
            { type: "Mood", status: "Good" },
            { type: "Mood", status: "True" },
          ],
        },
        'status.conditions[0].status: Unsupported value: "False": supported values: "True"',
        'status.conditions[1].status: Unsupported value: "Good": supported values: "False", "True", "Unknown"',
        'status.conditions[2].type: Duplicate value: "Mood"',
      ],
    ],
  },
  {
    plural: "volumeattachments",
    rows: [
      [
        { "status.attachError": { message: "m".repeat(1_025) } },
        "status.attachError.message: Too long: may not be more than 262144 bytes",
      ],
    ],
  },
  {
    plural: "horizontalpodautoscalers",
    rows: [[{ "status.desiredReplicas": -1 }, ...lessThan("desiredReplicas")]],
  },
  {
    plural: "poddisruptionbudgets",
    rows: [
      [{ "status.expectedPods": -1 }, ...lessThan("expectedPods")],
      [
        { "status.conditions": [{ type: "a b", status: "Maybe", reason: "no no", observedGeneration: -1 }] },
        "status.conditions[0].type: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
        "status.conditions[0].observedGeneration: Invalid value: -1: must be greater than or equal to zero",
        "status.conditions[0].lastTransitionTime: Required value: must be set",
        `status.conditions[0].reason: Invalid value: "no no": ${reason}`,
      ],
    ],
  },
  {
    plural: "pods",
    first: {
      "status.containerStatuses": [{ name: "a", state: ended }],
      "status.ephemeralContainerStatuses": [{ name: "e", state: ended }],
    },
    rows: [
      [{ "status.qosClass": "Guaranteed" }, 'status.qosClass: Invalid value: "Guaranteed": field is immutable'],
      [
        { "status.nominatedNodeName": ".n" },
        "status.nominatedNodeName: Invalid value: \".n\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
      [
        { "status.conditions": [{ type: "/a", status: "True" }] },
        'metadata.conditions[0].Type: Invalid value: "/a": prefix part must be non-empty',
      ],
      [
        { "status.ephemeralContainerStatuses": [{ name: "e", state: running }] },
        "status.ephemeralContainerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state",
      ],
      [
        { "status.resourceClaimStatuses": [{ name: "c" }] },
        'status.resourceClaimStatuses[0].name: Invalid value: "c": must match the name of an entry in `spec.resourceClaims`',
      ],
      [
        { "metadata.annotations": { "kubernetes.io/config.mirror": "m" } },
        "metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not add mirror pod annotation",
        'metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "m": must set spec.nodeName if mirror pod annotation is set',
      ],
    ],
  },
];

function lessThan(...fields: string[]): string[] {
  return fields.map((field) => `status.${field}: Invalid value: -1: ${least}`);
}
