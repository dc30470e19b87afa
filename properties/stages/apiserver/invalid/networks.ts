import type { Table } from "./row.ts";

const ports = "must be between 1 and 65535, inclusive";
const ip = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const cidr = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
const balanced = "may only be used when `type` is 'LoadBalancer'";

const services: Table = {
  plural: "services",
  namespaced: true,
  base: { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { ports: [{ port: 80 }] } },
  rows: [
    [{ "spec.ports": [] }, "spec.ports: Required value"],
    [
      { "spec.ports.0.port": 0 },
      `spec.ports[0].port: Invalid value: 0: ${ports}`,
      `spec.ports[0].targetPort: Invalid value: 0: ${ports}`,
    ],
    [{ "spec.ports.0.targetPort": 70_000 }, `spec.ports[0].targetPort: Invalid value: 70000: ${ports}`],
    [
      { "spec.ports.0.protocol": "ICMP" },
      'spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [{ "spec.ports.1": { port: 81, name: "b" } }, "spec.ports[0].name: Required value"],
    [
      {
        "spec.ports": [
          { port: 80, name: "a" },
          { port: 81, name: "a" },
        ],
      },
      'spec.ports[1].name: Duplicate value: "a"',
    ],
    [
      {
        "spec.ports": [
          { port: 80, name: "a" },
          { port: 80, name: "b" },
        ],
      },
      'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}',
    ],
    [
      { "spec.ports.0.nodePort": 30_000 },
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      {
        "spec.type": "NodePort",
        "spec.ports": [
          { port: 1, name: "a", nodePort: 30_001 },
          { port: 2, name: "b", nodePort: 30_001 },
        ],
      },
      "spec.ports[1].nodePort: Duplicate value: 30001",
    ],
    [
      { "spec.type": "LoadBalancer", "spec.ports.0.port": 10_250 },
      "spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet",
    ],
    [
      { "spec.sessionAffinity": "Cookie" },
      'spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"',
    ],
    [
      { "spec.sessionAffinity": "ClientIP", "spec.sessionAffinityConfig": { clientIP: { timeoutSeconds: 0 } } },
      "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400",
    ],
    [{ "spec.externalIPs": ["a"] }, `spec.externalIPs[0]: Invalid value: "a": ${ip}`],
    [
      { "spec.externalIPs": ["127.0.0.1"] },
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [{ "spec.loadBalancerSourceRanges": ["10.0.0.0/8"] }, `spec.LoadBalancerSourceRanges: Forbidden: ${balanced}`],
    [
      { "spec.type": "LoadBalancer", "spec.loadBalancerSourceRanges": ["x"] },
      `spec.LoadBalancerSourceRanges[0]: Invalid value: "x": ${cidr}`,
    ],
    [{ "spec.loadBalancerClass": "a" }, `spec.loadBalancerClass: Forbidden: ${balanced}`],
    [{ "spec.allocateLoadBalancerNodePorts": true }, `spec.allocateLoadBalancerNodePorts: Forbidden: ${balanced}`],
    [
      { "spec.externalTrafficPolicy": "Local" },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      { "spec.internalTrafficPolicy": "Near" },
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
    ],
    [
      { "spec.healthCheckNodePort": 30_000 },
      "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      { "spec.trafficDistribution": "Far" },
      'spec.trafficDistribution: Unsupported value: "Far": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
    [{ "spec.type": "ExternalName" }, "spec.externalName: Required value"],
  ],
};

const endpointSlices: Table = {
  plural: "endpointslices",
  namespaced: true,
  base: {
    ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { name: "x" } },
    ...{ addressType: "IPv4", endpoints: [{ addresses: ["1.2.3.4"] }] },
  },
  rows: [
    [{ addressType: "IPX" }, 'addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"'],
    [{ "endpoints.0.addresses": [] }, "endpoints[0].addresses: Required value: must contain at least 1 address"],
    [{ "endpoints.0.addresses": ["a"] }, `endpoints[0].addresses[0]: Invalid value: "a": ${ip}`],
    [
      { "endpoints.0.addresses": ["fd00::1"] },
      'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address',
    ],
    [
      { addressType: "IPv6", "endpoints.0.addresses": ["::1"] },
      'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [{ ports: [{ name: "a" }, { name: "a" }] }, 'ports[1].name: Duplicate value: "a"'],
    [
      { ports: [{ name: "a", protocol: "X" }] },
      'ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
    [{ ports: [{ name: "a", port: 0 }] }, `ports[0].port: Invalid value: 0: ${ports}`],
  ],
};

const ingresses: Table = {
  plural: "ingresses",
  namespaced: true,
  base: {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "x" } },
    spec: { defaultBackend: { service: { name: "s", port: { number: 80 } } } },
  },
  rows: [
    [
      { "spec.defaultBackend": undefined },
      "spec: Invalid value: []: either `defaultBackend` or `rules` must be specified",
    ],
    [{ "spec.defaultBackend.service.name": "" }, "spec.defaultBackend.service.name: Required value"],
    [
      { "spec.defaultBackend.service.port": {} },
      "spec.defaultBackend: Required value: port name or number is required",
    ],
    [
      { "spec.defaultBackend.service.port": { name: "a", number: 1 } },
      'spec.defaultBackend: Invalid value: "": cannot set both port name & port number',
    ],
    [
      { "spec.rules": [{ host: "1.2.3.4" }] },
      'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
    ],
    [{ "spec.rules": [{ http: { paths: [] } }] }, "spec.rules[0].http.paths: Required value"],
    [
      {
        "spec.rules": [
          {
            http: {
              paths: [{ path: "a", pathType: "Prefix", backend: { service: { name: "s", port: { number: 1 } } } }],
            },
          },
        ],
      },
      'spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path',
    ],
    [
      {
        "spec.rules": [
          {
            http: {
              paths: [{ path: "/a//b", pathType: "Exact", backend: { service: { name: "s", port: { number: 1 } } } }],
            },
          },
        ],
      },
      "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b\": must not contain '//'",
    ],
    [
      {
        "spec.rules": [
          {
            http: {
              paths: [{ path: "/", pathType: "Regex", backend: { service: { name: "s", port: { number: 1 } } } }],
            },
          },
        ],
      },
      'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"',
    ],
  ],
};

const networkPolicies: Table = {
  plural: "networkpolicies",
  namespaced: true,
  base: {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "x" } },
    spec: { podSelector: {} },
  },
  rows: [
    [
      { "spec.policyTypes": ["Sideways"] },
      'spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"',
    ],
    [{ "spec.ingress": [{ from: [{}] }] }, "spec.ingress[0].from[0]: Required value: must specify a peer"],
    [
      { "spec.ingress": [{ from: [{ ipBlock: { cidr: "" } }] }] },
      "spec.ingress[0].from[0].ipBlock.cidr: Required value",
    ],
    [
      { "spec.ingress": [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }] }] },
      "spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer",
    ],
    [
      { "spec.ingress": [{ from: [{ ipBlock: { cidr: "fd00::/64", except: ["fd00:1::/80"] } }] }] },
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "fd00:1::/80": must be a strict subset of `cidr`',
    ],
    [
      { "spec.egress": [{ ports: [{ endPort: 5 }] }] },
      "spec.egress[0].ports[0].port: Required value: must be specified when `endPort` is specified",
    ],
    [
      { "spec.egress": [{ ports: [{ port: 6, endPort: 5 }] }] },
      "spec.egress[0].ports[0].endPort: Invalid value: 5: must be greater than or equal to `port`",
    ],
    [
      { "spec.egress": [{ ports: [{ port: 6, protocol: "X" }] }] },
      'spec.egress[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      { "spec.podSelector": { matchExpressions: [{ key: "a", operator: "In" }] } },
      "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
    [
      { "spec.podSelector": { matchExpressions: [{ key: "a", operator: "Near" }] } },
      'spec.podSelector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
    ],
  ],
};

/** Objects about networks that are wrong. */
export const networks: readonly Table[] = [services, endpointSlices, ingresses, networkPolicies];
