import type { Table } from "./row.ts";

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
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
    [
      { "endpoints.0.nodeName": "N", "endpoints.0.hostname": "a.b" },
      `endpoints[0].nodeName: Invalid value: "N": ${subdomain}`,
      'endpoints[0].hostname: Invalid value: "a.b": must not contain dots',
    ],
    [
      { "endpoints.0.hints": { forZones: [{ name: "a" }, { name: "a" }] } },
      'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
    ],
    [
      { addressType: "FQDN", "endpoints.0.addresses": ["a"] },
      'endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two segments separated by dots',
    ],
    [
      { ports: [{ name: "a", port: 1, appProtocol: "/a" }] },
      'ports[0].appProtocol: Invalid value: "/a": prefix part must be non-empty',
    ],
  ],
};

const wildcard =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

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
      "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified",
    ],
    [
      { "spec.defaultBackend": { resource: { kind: "", name: "a/b" } } },
      "spec.defaultBackend.resource.kind: Required value: kind is required",
      "spec.defaultBackend.resource.name: Invalid value: \"a/b\": may not contain '/'",
    ],
    [{ "spec.defaultBackend": {} }, 'spec.defaultBackend: Invalid value: "": resource or service backend is required'],
    [
      { "spec.tls": [{ hosts: ["a*"], secretName: "A" }] },
      `spec.tls[0].hosts[0]: Invalid value: "a*": ${wildcard}`,
      `spec.tls[0].secretName: Invalid value: "A": ${subdomain}`,
    ],
    [
      { "metadata.annotations": { "kubernetes.io/ingress.class": "a" }, "spec.ingressClassName": "b" },
      'annotations.kubernetes.io/ingress.class: Invalid value: "a": must match `ingressClassName` when both are specified',
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
      'spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"',
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
      "spec.egress[0].ports[0].endPort: Invalid value: 5: may not be specified when `port` is not specified",
    ],
    [
      { "spec.egress": [{ ports: [{ port: 6, endPort: 5 }] }] },
      "spec.egress[0].ports[0].endPort: Invalid value: 6: must be greater than or equal to `port`",
    ],
    [
      { "spec.egress": [{ ports: [{ port: 6, protocol: "X" }] }] },
      'spec.egress[0].ports[0].protocol: Unsupported value: "X": supported values: "TCP", "UDP", "SCTP"',
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

const ingressClasses: Table = {
  plural: "ingressclasses",
  namespaced: false,
  base: {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name: "x" } },
    spec: { controller: "a.b/c", parameters: { kind: "a", name: "b" } },
  },
  rows: [
    [
      { "spec.parameters.scope": "Namespace", "spec.parameters.name": "" },
      "spec.parameters.name: Required value: name is required",
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
    ],
    [
      { "spec.parameters.namespace": "a" },
      "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
    ],
    [
      { "spec.parameters.apiGroup": "A", "spec.parameters.scope": "World" },
      `spec.parameters.apiGroup: Invalid value: "A": ${subdomain}`,
      'spec.parameters.scope: Unsupported value: "World": supported values: "Cluster", "Namespace"',
    ],
  ],
};

const addresses: Table = {
  plural: "ipaddresses",
  namespaced: false,
  base: {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "IPAddress", metadata: { name: "10.96.0.77" } },
    spec: { parentRef: { resource: "services", namespace: "default", name: "a" } },
  },
  rows: [
    [
      { "spec.parentRef": { group: "A", name: "a/b", namespace: "%" } },
      `spec.parentRef.group: Invalid value: "A": ${subdomain}`,
      "spec.parentRef.resource: Required value",
      "spec.parentRef.name: Invalid value: \"a/b\": may not contain '/'",
      "spec.parentRef.namespace: Invalid value: \"%\": may not contain '%'",
    ],
  ],
};

/** Objects about networks that are wrong. */
export const networks: readonly Table[] = [
  ...[services, endpointSlices, ingresses, ingressClasses, networkPolicies, addresses],
];
