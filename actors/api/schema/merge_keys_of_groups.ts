/**
 * How patches merge the special fields of the kinds that are not in the core group or in apps: see `merge_keys.ts`.
 */
import { applyByKey, atomic, atomicMap, byKey, type MergeRule, mergedAtomic, set } from "./merge_rule.ts";

const admission = "io.k8s.api.admissionregistration.v1.";
const autoscaling = "io.k8s.api.autoscaling.v2.";
const batch = "io.k8s.api.batch.v1.";
const certificates = "io.k8s.api.certificates.v1.";
const flowcontrol = "io.k8s.api.flowcontrol.v1.";
const networking = "io.k8s.api.networking.v1.";
const policy = "io.k8s.api.policy.v1.";
const rbac = "io.k8s.api.rbac.v1.";
const resource = "io.k8s.api.resource.v1.";
const storage = "io.k8s.api.storage.v1.";

const byType = { conditions: byKey("type") };
const webhook: Readonly<Record<string, MergeRule>> = {
  admissionReviewVersions: atomic,
  matchConditions: byKey("name"),
  rules: atomic,
};
const rule: Readonly<Record<string, MergeRule>> = {
  apiGroups: atomic,
  apiVersions: atomic,
  operations: atomic,
  resources: atomic,
};

/** By definition and field. */
export const groupMergeRules: Readonly<Record<string, Readonly<Record<string, MergeRule>>>> = {
  [`${admission}MutatingWebhook`]: webhook,
  [`${admission}MutatingWebhookConfiguration`]: { webhooks: byKey("name") },
  [`${admission}ValidatingWebhook`]: webhook,
  [`${admission}ValidatingWebhookConfiguration`]: { webhooks: byKey("name") },
  [`${admission}RuleWithOperations`]: rule,
  [`${admission}NamedRuleWithOperations`]: { ...rule, resourceNames: atomic },
  [`${admission}MatchResources`]: { excludeResourceRules: atomic, resourceRules: atomic },
  [`${admission}TypeChecking`]: { expressionWarnings: atomic },
  [`${admission}ValidatingAdmissionPolicySpec`]: {
    auditAnnotations: atomic,
    matchConditions: byKey("name"),
    validations: atomic,
    variables: byKey("name"),
  },
  [`${admission}ValidatingAdmissionPolicyStatus`]: byType,
  [`${admission}ValidatingAdmissionPolicyBindingSpec`]: { validationActions: set },
  [`${autoscaling}HorizontalPodAutoscalerSpec`]: { metrics: atomic },
  [`${autoscaling}HorizontalPodAutoscalerStatus`]: { ...byType, currentMetrics: atomic },
  [`${autoscaling}HPAScalingRules`]: { policies: atomic },
  [`${batch}CronJobStatus`]: { active: atomic },
  [`${batch}JobStatus`]: { conditions: mergedAtomic("type") },
  [`${batch}PodFailurePolicy`]: { rules: atomic },
  [`${batch}PodFailurePolicyOnExitCodesRequirement`]: { values: set },
  [`${batch}PodFailurePolicyRule`]: { onPodConditions: atomic },
  [`${batch}SuccessPolicy`]: { rules: atomic },
  [`${batch}UncountedTerminatedPods`]: { failed: set, succeeded: set },
  [`${certificates}CertificateSigningRequestSpec`]: { groups: atomic, usages: atomic },
  [`${certificates}CertificateSigningRequestStatus`]: byType,
  [`${flowcontrol}FlowSchemaSpec`]: { rules: atomic },
  [`${flowcontrol}FlowSchemaStatus`]: byType,
  [`${flowcontrol}NonResourcePolicyRule`]: { nonResourceURLs: set, verbs: set },
  [`${flowcontrol}PolicyRulesWithSubjects`]: { nonResourceRules: atomic, resourceRules: atomic, subjects: atomic },
  [`${flowcontrol}PriorityLevelConfigurationStatus`]: byType,
  [`${flowcontrol}ResourcePolicyRule`]: { apiGroups: set, namespaces: set, resources: set, verbs: set },
  [`${networking}HTTPIngressRuleValue`]: { paths: atomic },
  [`${networking}IngressLoadBalancerIngress`]: { ports: atomic },
  [`${networking}IngressLoadBalancerStatus`]: { ingress: atomic },
  [`${networking}IngressSpec`]: { rules: atomic, tls: atomic },
  [`${networking}IngressTLS`]: { hosts: atomic },
  [`${networking}IPBlock`]: { except: atomic },
  [`${networking}NetworkPolicyEgressRule`]: { ports: atomic, to: atomic },
  [`${networking}NetworkPolicyIngressRule`]: { from: atomic, ports: atomic },
  [`${networking}NetworkPolicySpec`]: { egress: atomic, ingress: atomic, policyTypes: atomic },
  [`${networking}ServiceCIDRSpec`]: { cidrs: atomic },
  [`${networking}ServiceCIDRStatus`]: byType,
  [`${policy}PodDisruptionBudgetSpec`]: { selector: { strategies: ["replace"] } },
  [`${policy}PodDisruptionBudgetStatus`]: byType,
  [`${rbac}AggregationRule`]: { clusterRoleSelectors: atomic },
  [`${rbac}ClusterRole`]: { rules: atomic },
  [`${rbac}ClusterRoleBinding`]: { subjects: atomic },
  [`${rbac}PolicyRule`]: {
    apiGroups: atomic,
    nonResourceURLs: atomic,
    resourceNames: atomic,
    resources: atomic,
    verbs: atomic,
  },
  [`${rbac}Role`]: { rules: atomic },
  [`${rbac}RoleBinding`]: { subjects: atomic },
  [`${resource}DeviceClaim`]: { config: atomic, constraints: atomic, requests: atomic },
  [`${resource}DeviceClassSpec`]: { config: atomic, selectors: atomic },
  [`${resource}AllocatedDeviceStatus`]: { conditions: applyByKey("type") },
  [`${resource}ResourceClaimStatus`]: {
    devices: applyByKey("driver", "device", "pool", "shareID"),
    reservedFor: byKey("uid"),
  },
  [`${resource}ResourceSliceSpec`]: { devices: atomic, sharedCounters: atomic },
  [`${storage}CSIDriverSpec`]: { tokenRequests: atomic, volumeLifecycleModes: set },
  [`${storage}CSINodeDriver`]: { topologyKeys: atomic },
  [`${storage}CSINodeSpec`]: { drivers: byKey("name") },
  [`${storage}StorageClass`]: { allowedTopologies: atomic, mountOptions: atomic },
  "io.k8s.api.node.v1.Scheduling": { nodeSelector: atomicMap, tolerations: atomic },
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus": {
    conditions: applyByKey("type"),
  },
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus": byType,
};

/** Definitions of these groups that server-side apply takes or leaves as a whole. */
export const groupAtomicDefinitions: readonly string[] = [
  `${admission}MatchResources`,
  `${admission}NamedRuleWithOperations`,
  `${admission}ParamKind`,
  `${admission}ParamRef`,
  "io.k8s.api.autoscaling.v1.CrossVersionObjectReference",
  "io.k8s.api.discovery.v1.EndpointPort",
  "io.k8s.api.networking.v1.ServiceBackendPort",
  `${rbac}RoleRef`,
  `${rbac}Subject`,
];
