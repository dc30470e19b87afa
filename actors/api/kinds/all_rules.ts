// Written by `npm run fix`: to add to this list, add a file to this folder.
import { apiServiceRules } from "./api_service.ts";
import { certificateSigningRequestRules } from "./certificate_signing_request.ts";
import { clusterRoleRules } from "./cluster_role.ts";
import { clusterRoleBindingRules } from "./cluster_role_binding.ts";
import { clusterTrustBundleRules } from "./cluster_trust_bundle.ts";
import { configMapRules } from "./config_map.ts";
import { controllerRevisionRules } from "./controller_revision.ts";
import { cronJobRules } from "./cron_job.ts";
import { csiDriverRules } from "./csi_driver.ts";
import { csiNodeRules } from "./csi_node.ts";
import { csiStorageCapacityRules } from "./csi_storage_capacity.ts";
import { customResourceDefinitionRules } from "./custom_resource_definition.ts";
import { daemonSetRules } from "./daemon_set.ts";
import { deploymentRules } from "./deployment.ts";
import { deviceClassRules } from "./device_class.ts";
import { endpointSliceRules } from "./endpoint_slice.ts";
import { endpointsRules } from "./endpoints.ts";
import { eventRules } from "./event.ts";
import { eventsEventRules } from "./events_event.ts";
import { flowSchemaRules } from "./flow_schema.ts";
import { horizontalPodAutoscalerRules } from "./horizontal_pod_autoscaler.ts";
import { horizontalPodAutoscalerV1Rules } from "./horizontal_pod_autoscaler_v1.ts";
import { ingressRules } from "./ingress.ts";
import { ingressClassRules } from "./ingress_class.ts";
import { ipAddressRules } from "./ip_address.ts";
import { jobRules } from "./job.ts";
import { leaseRules } from "./lease.ts";
import { limitRangeRules } from "./limit_range.ts";
import { mutatingAdmissionPolicyRules } from "./mutating_admission_policy.ts";
import { mutatingAdmissionPolicyBindingRules } from "./mutating_admission_policy_binding.ts";
import { mutatingWebhookConfigurationRules } from "./mutating_webhook_configuration.ts";
import { namespaceRules } from "./namespace.ts";
import { networkPolicyRules } from "./network_policy.ts";
import { nodeRules } from "./node.ts";
import { persistentVolumeRules } from "./persistent_volume.ts";
import { persistentVolumeClaimRules } from "./persistent_volume_claim.ts";
import { podRules } from "./pod.ts";
import { podDisruptionBudgetRules } from "./pod_disruption_budget.ts";
import { podTemplateRules } from "./pod_template.ts";
import { priorityClassRules } from "./priority_class.ts";
import { priorityLevelConfigurationRules } from "./priority_level_configuration.ts";
import { replicaSetRules } from "./replica_set.ts";
import { replicationControllerRules } from "./replication_controller.ts";
import { resourceClaimRules } from "./resource_claim.ts";
import { resourceClaimTemplateRules } from "./resource_claim_template.ts";
import { resourceQuotaRules } from "./resource_quota.ts";
import { resourceSliceRules } from "./resource_slice.ts";
import { roleRules } from "./role.ts";
import { roleBindingRules } from "./role_binding.ts";
import { runtimeClassRules } from "./runtime_class.ts";
import { secretRules } from "./secret.ts";
import { serviceRules } from "./service.ts";
import { serviceAccountRules } from "./service_account.ts";
import { serviceCidrRules } from "./service_cidr.ts";
import { statefulSetRules } from "./stateful_set.ts";
import { storageClassRules } from "./storage_class.ts";
import { validatingAdmissionPolicyRules } from "./validating_admission_policy.ts";
import { validatingAdmissionPolicyBindingRules } from "./validating_admission_policy_binding.ts";
import { validatingWebhookConfigurationRules } from "./validating_webhook_configuration.ts";
import { volumeAttachmentRules } from "./volume_attachment.ts";
import { volumeAttributesClassRules } from "./volume_attributes_class.ts";

/** All that this folder has, by file name. */
export const all = [
  apiServiceRules,
  certificateSigningRequestRules,
  clusterRoleRules,
  clusterRoleBindingRules,
  clusterTrustBundleRules,
  configMapRules,
  controllerRevisionRules,
  cronJobRules,
  csiDriverRules,
  csiNodeRules,
  csiStorageCapacityRules,
  customResourceDefinitionRules,
  daemonSetRules,
  deploymentRules,
  deviceClassRules,
  endpointSliceRules,
  endpointsRules,
  eventRules,
  eventsEventRules,
  flowSchemaRules,
  horizontalPodAutoscalerRules,
  horizontalPodAutoscalerV1Rules,
  ingressRules,
  ingressClassRules,
  ipAddressRules,
  jobRules,
  leaseRules,
  limitRangeRules,
  mutatingAdmissionPolicyRules,
  mutatingAdmissionPolicyBindingRules,
  mutatingWebhookConfigurationRules,
  namespaceRules,
  networkPolicyRules,
  nodeRules,
  persistentVolumeRules,
  persistentVolumeClaimRules,
  podRules,
  podDisruptionBudgetRules,
  podTemplateRules,
  priorityClassRules,
  priorityLevelConfigurationRules,
  replicaSetRules,
  replicationControllerRules,
  resourceClaimRules,
  resourceClaimTemplateRules,
  resourceQuotaRules,
  resourceSliceRules,
  roleRules,
  roleBindingRules,
  runtimeClassRules,
  secretRules,
  serviceRules,
  serviceAccountRules,
  serviceCidrRules,
  statefulSetRules,
  storageClassRules,
  validatingAdmissionPolicyRules,
  validatingAdmissionPolicyBindingRules,
  validatingWebhookConfigurationRules,
  volumeAttachmentRules,
  volumeAttributesClassRules,
] as const;
