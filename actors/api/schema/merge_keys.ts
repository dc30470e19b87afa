/**
 * How patches merge the fields that are special in it: the patch strategies and merge keys of strategic merge
 * patch, and the list types and keys of server-side apply. What is not listed here is replaced as a whole if it
 * is a list, and merged field by field if it is not.
 */

/** How one field is merged. */
export interface MergeRule {
  /** For strategic merge patch. */
  readonly strategies: readonly ("merge" | "replace" | "retainKeys")[];
  /** The field by which strategic merge patch tells list items apart. */
  readonly mergeKey?: string;
  /** For server-side apply. */
  readonly listType?: "atomic" | "set" | "map";
  readonly listKeys?: readonly string[];
  /** What a key is when an item does not say it. */
  readonly keyDefaults?: Readonly<Record<string, string>>;
  /** For a map that server-side apply takes or leaves as a whole. */
  readonly mapType?: "atomic";
}

/** A list whose items are told apart by a field; server-side apply may need more fields to do so. */
function byKey(mergeKey: string, listKeys: readonly string[] = [mergeKey]): MergeRule {
  return { strategies: ["merge"], mergeKey, listType: "map", listKeys };
}

/** A list that server-side apply tells apart by fields, and that strategic merge patch replaces. */
function applyByKey(...listKeys: string[]): MergeRule {
  return { strategies: [], listType: "map", listKeys };
}

const atomic: MergeRule = { strategies: [], listType: "atomic" };
const set: MergeRule = { strategies: [], listType: "set" };
const mergedSet: MergeRule = { strategies: ["merge"], listType: "set" };
const atomicMap: MergeRule = { strategies: [], mapType: "atomic" };
/** Ports are told apart by their protocol, too, which is TCP unless they say otherwise. */
const byPort = (mergeKey: string): MergeRule => ({
  ...byKey(mergeKey, [mergeKey, "protocol"]),
  keyDefaults: { protocol: "TCP" },
});
const retainKeys: MergeRule = { strategies: ["retainKeys"] };
const mergedAtomic = (mergeKey: string): MergeRule => ({ strategies: ["merge"], mergeKey, listType: "atomic" });

const core = "io.k8s.api.core.v1.";
const apps = "io.k8s.api.apps.v1.";
const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

const container: Readonly<Record<string, MergeRule>> = {
  args: atomic,
  command: atomic,
  env: byKey("name"),
  envFrom: atomic,
  ports: byPort("containerPort"),
  resizePolicy: atomic,
  restartPolicyRules: atomic,
  volumeDevices: byKey("devicePath"),
  volumeMounts: byKey("mountPath"),
};

/** By definition and field. */
export const mergeRules: Readonly<Record<string, Readonly<Record<string, MergeRule>>>> = {
  [`${core}PodSpec`]: {
    containers: byKey("name"),
    ephemeralContainers: byKey("name"),
    hostAliases: byKey("ip"),
    imagePullSecrets: byKey("name"),
    initContainers: byKey("name"),
    nodeSelector: atomicMap,
    readinessGates: atomic,
    resourceClaims: { strategies: ["merge", "retainKeys"], mergeKey: "name", listType: "map", listKeys: ["name"] },
    schedulingGates: byKey("name"),
    tolerations: atomic,
    topologySpreadConstraints: byKey("topologyKey", ["topologyKey", "whenUnsatisfiable"]),
    volumes: { strategies: ["merge", "retainKeys"], mergeKey: "name", listType: "map", listKeys: ["name"] },
  },
  [`${core}PodStatus`]: {
    conditions: byKey("type"),
    containerStatuses: atomic,
    ephemeralContainerStatuses: atomic,
    hostIPs: mergedAtomic("ip"),
    initContainerStatuses: atomic,
    podIPs: byKey("ip"),
    resourceClaimStatuses: {
      strategies: ["merge", "retainKeys"],
      mergeKey: "name",
      listType: "map",
      listKeys: ["name"],
    },
  },
  [`${core}Container`]: container,
  [`${core}EphemeralContainer`]: container,
  [`${core}ContainerStatus`]: { allocatedResourcesStatus: byKey("name"), volumeMounts: byKey("mountPath") },
  [`${core}ResourceRequirements`]: { claims: applyByKey("name") },
  [`${core}ResourceStatus`]: { resources: applyByKey("resourceID") },
  [`${core}ExecAction`]: { command: atomic },
  [`${core}HTTPGetAction`]: { httpHeaders: atomic },
  [`${core}Capabilities`]: { add: atomic, drop: atomic },
  [`${core}PodSecurityContext`]: { supplementalGroups: atomic, sysctls: atomic },
  [`${core}PodDNSConfig`]: { nameservers: atomic, options: atomic, searches: atomic },
  [`${core}HostAlias`]: { hostnames: atomic },
  [`${core}ConfigMapVolumeSource`]: { items: atomic },
  [`${core}ConfigMapProjection`]: { items: atomic },
  [`${core}SecretVolumeSource`]: { items: atomic },
  [`${core}SecretProjection`]: { items: atomic },
  [`${core}DownwardAPIVolumeSource`]: { items: atomic },
  [`${core}DownwardAPIProjection`]: { items: atomic },
  [`${core}ProjectedVolumeSource`]: { sources: atomic },
  [`${core}NodeAffinity`]: { preferredDuringSchedulingIgnoredDuringExecution: atomic },
  [`${core}PodAffinity`]: {
    preferredDuringSchedulingIgnoredDuringExecution: atomic,
    requiredDuringSchedulingIgnoredDuringExecution: atomic,
  },
  [`${core}PodAntiAffinity`]: {
    preferredDuringSchedulingIgnoredDuringExecution: atomic,
    requiredDuringSchedulingIgnoredDuringExecution: atomic,
  },
  [`${core}PodAffinityTerm`]: { matchLabelKeys: atomic, mismatchLabelKeys: atomic, namespaces: atomic },
  [`${core}TopologySpreadConstraint`]: { matchLabelKeys: atomic },
  [`${core}NodeSelector`]: { nodeSelectorTerms: atomic },
  [`${core}NodeSelectorTerm`]: { matchExpressions: atomic, matchFields: atomic },
  [`${core}NodeSelectorRequirement`]: { values: atomic },
  [`${core}PersistentVolumeClaimSpec`]: { accessModes: atomic },
  [`${core}NodeSpec`]: { podCIDRs: mergedSet, taints: atomic },
  [`${core}NodeStatus`]: {
    addresses: byKey("type"),
    conditions: byKey("type"),
    images: atomic,
    runtimeHandlers: atomic,
    volumesAttached: atomic,
    volumesInUse: atomic,
  },
  [`${core}ContainerImage`]: { names: atomic },
  [`${core}NamespaceSpec`]: { finalizers: atomic },
  [`${core}NamespaceStatus`]: { conditions: byKey("type") },
  [`${core}ServiceSpec`]: {
    clusterIPs: atomic,
    externalIPs: atomic,
    ipFamilies: atomic,
    loadBalancerSourceRanges: atomic,
    ports: byPort("port"),
    selector: atomicMap,
  },
  [`${core}ServiceStatus`]: { conditions: byKey("type") },
  [`${core}LoadBalancerStatus`]: { ingress: atomic },
  [`${core}LoadBalancerIngress`]: { ports: atomic },
  [`${core}ServiceAccount`]: { imagePullSecrets: atomic, secrets: byKey("name") },
  [`${core}Endpoints`]: { subsets: atomic },
  [`${core}EndpointSubset`]: { addresses: atomic, notReadyAddresses: atomic, ports: atomic },
  [`${apps}DeploymentSpec`]: { strategy: retainKeys },
  [`${apps}DeploymentStatus`]: { conditions: byKey("type") },
  [`${apps}ReplicaSetStatus`]: { conditions: byKey("type") },
  "io.k8s.api.discovery.v1.EndpointSlice": { endpoints: atomic, ports: atomic },
  "io.k8s.api.discovery.v1.Endpoint": { addresses: set },
  "io.k8s.api.discovery.v1.EndpointHints": { forNodes: atomic, forZones: atomic },
  [`${meta}ObjectMeta`]: { finalizers: mergedSet, managedFields: atomic, ownerReferences: byKey("uid") },
  [`${meta}LabelSelector`]: { matchExpressions: atomic },
  [`${meta}LabelSelectorRequirement`]: { values: atomic },
};

/** Definitions that server-side apply takes or leaves as a whole. */
export const atomicDefinitions: ReadonlySet<string> = new Set([
  `${core}ConfigMapKeySelector`,
  `${core}FileKeySelector`,
  `${core}LocalObjectReference`,
  `${core}NodeSelector`,
  `${core}NodeSelectorTerm`,
  `${core}ObjectFieldSelector`,
  `${core}ObjectReference`,
  `${core}ResourceFieldSelector`,
  `${core}SecretKeySelector`,
  `${core}SecretReference`,
  `${core}TypedLocalObjectReference`,
  `${meta}LabelSelector`,
  `${meta}OwnerReference`,
]);
