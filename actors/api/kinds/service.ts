import { nameKind, withRules } from "../kind.ts";
import { type Frozen, jsonEqual, type Service, type ServicePort, type ServiceSpec } from "../types.ts";
import { balancerErrors } from "../validation/load_balancer_status.ts";
import { dns1035LabelErrors } from "../validation/names.ts";
import { validateServiceSpec, validateServiceUpdate } from "../validation/service_spec.ts";
import { serviceWarnings } from "../warnings/service.ts";

const affinityTimeoutSeconds = 10_800;

/** Services: their addresses and node ports come from the API server, which alone knows which are free. */
export const service = nameKind<Service>({
  kind: "Service",
  plural: "services",
  shortNames: ["svc"],
  categories: ["all"],
  storagePrefix: "/registry/services/specs",
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const serviceRules = /* @__PURE__ */ withRules(service, {
  schema: "io.k8s.api.core.v1.Service",
  countsGenerations: false,
  nameErrors: dns1035LabelErrors,

  applyDefaults({ spec }) {
    spec.sessionAffinity ||= "None";
    if (spec.sessionAffinity === "ClientIP") {
      spec.sessionAffinityConfig ??= {};
      spec.sessionAffinityConfig.clientIP ??= {};
      spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= affinityTimeoutSeconds;
    } else delete spec.sessionAffinityConfig;
    spec.type ||= "ClusterIP";
    for (const port of spec.ports ?? []) {
      port.protocol ||= "TCP";
      if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === "") port.targetPort = port.port;
    }
    const isExternal = spec.type === "ClusterIP" && (spec.externalIPs ?? []).length > 0;
    if (spec.type === "NodePort" || spec.type === "LoadBalancer" || isExternal)
      spec.externalTrafficPolicy ||= "Cluster";
    if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
    if (spec.type === "ExternalName") return;
    spec.internalTrafficPolicy ??= "Cluster";
  },

  prepareForCreate(draft) {
    const { spec } = draft;
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    draft.status = { loadBalancer: {} };
  },

  prepareForUpdate(draft, old) {
    followClusterIp(draft, old);
    keepAllocated(draft, old);
    dropUnused(draft, old);
  },

  validate: ({ spec }) => validateServiceSpec(spec, "spec"),
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: ({ status }) => balancerErrors(status.loadBalancer, "status.loadBalancer"),
  warnings: (object) => serviceWarnings(object),
});

const needsClusterIp = (type: string | undefined): boolean => type !== "ExternalName";
const needsNodePort = (type: string | undefined): boolean => type === "NodePort" || type === "LoadBalancer";

/** Whether balancers ask each node if it has endpoints. */
export function needsHealthPort({ type, externalTrafficPolicy }: Frozen<ServiceSpec>): boolean {
  return type === "LoadBalancer" && externalTrafficPolicy === "Local";
}

/** Who only knows `clusterIP` changes that field alone, and means `clusterIPs` as well. */
function followClusterIp({ spec }: Service, { spec: old }: Frozen<Service>): void {
  const { clusterIP = "", clusterIPs = [] } = spec;
  const isSameList = jsonEqual(clusterIPs, old.clusterIPs ?? []);
  if (clusterIP === "" && old.clusterIP && isSameList) delete spec.clusterIPs;
  else if (clusterIP !== "" && !old.clusterIP && clusterIPs.length === 0) spec.clusterIPs = [clusterIP];
  else if (clusterIP !== "" && clusterIP !== old.clusterIP && isSameList) {
    spec.clusterIPs = [clusterIP, ...clusterIPs.slice(1)];
  }
}

/** Takes over what was allocated, where the client has left it out and still needs it. */
function keepAllocated({ spec }: Service, { spec: old }: Frozen<Service>): void {
  if (needsClusterIp(spec.type) && needsClusterIp(old.type)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsNodePort(spec.type) && needsNodePort(old.type)) {
    const ports = new Map((old.ports ?? []).map((port) => [portKey(port), port.nodePort]));
    for (const port of spec.ports ?? []) {
      const known = ports.get(portKey(port));
      if (!port.nodePort && known !== undefined) port.nodePort = known;
    }
  }
  if (needsHealthPort(spec) && needsHealthPort(old) && !spec.healthCheckNodePort && old.healthCheckNodePort)
    spec.healthCheckNodePort = old.healthCheckNodePort;
}

function portKey(port: Frozen<ServicePort>): string {
  return `${port.protocol ?? "TCP"}/${port.port}`;
}

/** Drops what the new type has no use for, if the client did not set it anew. */
function dropUnused({ spec }: Service, { spec: old }: Frozen<Service>): void {
  if (!needsNodePort(spec.type) && needsNodePort(old.type)) {
    const ports = new Map((old.ports ?? []).map((port) => [portKey(port), port.nodePort]));
    for (const port of spec.ports ?? []) if (port.nodePort === ports.get(portKey(port))) delete port.nodePort;
    delete spec.externalTrafficPolicy;
  }
  const isOldHealth = spec.healthCheckNodePort === old.healthCheckNodePort;
  if (needsHealthPort(old) && !needsHealthPort(spec) && isOldHealth) delete spec.healthCheckNodePort;
  if (spec.type !== "LoadBalancer" && old.type === "LoadBalancer") delete spec.allocateLoadBalancerNodePorts;
  if (needsClusterIp(old.type) && !needsClusterIp(spec.type)) {
    if (spec.clusterIP === old.clusterIP && jsonEqual(spec.clusterIPs, old.clusterIPs)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (jsonEqual(spec.ipFamilies, old.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === old.ipFamilyPolicy) delete spec.ipFamilyPolicy;
    delete spec.internalTrafficPolicy;
  }
}
