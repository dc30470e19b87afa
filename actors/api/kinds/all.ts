// Written by `npm run fix`: to add to this list, add a file to this folder.
import { apiService } from "./api_service.ts";
import { certificateSigningRequest } from "./certificate_signing_request.ts";
import { clusterRole } from "./cluster_role.ts";
import { clusterRoleBinding } from "./cluster_role_binding.ts";
import { clusterTrustBundle } from "./cluster_trust_bundle.ts";
import { configMap } from "./config_map.ts";
import { controllerRevision } from "./controller_revision.ts";
import { cronJob } from "./cron_job.ts";
import { csiDriver } from "./csi_driver.ts";
import { csiNode } from "./csi_node.ts";
import { csiStorageCapacity } from "./csi_storage_capacity.ts";
import { customResourceDefinition } from "./custom_resource_definition.ts";
import { daemonSet } from "./daemon_set.ts";
import { deployment } from "./deployment.ts";
import { deviceClass } from "./device_class.ts";
import { endpointSlice } from "./endpoint_slice.ts";
import { endpoints } from "./endpoints.ts";
import { event } from "./event.ts";
import { eventsEvent } from "./events_event.ts";
import { flowSchema } from "./flow_schema.ts";
import { horizontalPodAutoscaler } from "./horizontal_pod_autoscaler.ts";
import { horizontalPodAutoscalerV1 } from "./horizontal_pod_autoscaler_v1.ts";
import { ingress } from "./ingress.ts";
import { ingressClass } from "./ingress_class.ts";
import { ipAddress } from "./ip_address.ts";
import { job } from "./job.ts";
import { lease } from "./lease.ts";
import { limitRange } from "./limit_range.ts";
import { mutatingAdmissionPolicy } from "./mutating_admission_policy.ts";
import { mutatingAdmissionPolicyBinding } from "./mutating_admission_policy_binding.ts";
import { mutatingWebhookConfiguration } from "./mutating_webhook_configuration.ts";
import { namespace } from "./namespace.ts";
import { networkPolicy } from "./network_policy.ts";
import { node } from "./node.ts";
import { persistentVolume } from "./persistent_volume.ts";
import { persistentVolumeClaim } from "./persistent_volume_claim.ts";
import { pod } from "./pod.ts";
import { podDisruptionBudget } from "./pod_disruption_budget.ts";
import { podTemplate } from "./pod_template.ts";
import { priorityClass } from "./priority_class.ts";
import { priorityLevelConfiguration } from "./priority_level_configuration.ts";
import { replicaSet } from "./replica_set.ts";
import { replicationController } from "./replication_controller.ts";
import { resourceClaim } from "./resource_claim.ts";
import { resourceClaimTemplate } from "./resource_claim_template.ts";
import { resourceQuota } from "./resource_quota.ts";
import { resourceSlice } from "./resource_slice.ts";
import { role } from "./role.ts";
import { roleBinding } from "./role_binding.ts";
import { runtimeClass } from "./runtime_class.ts";
import { secret } from "./secret.ts";
import { service } from "./service.ts";
import { serviceAccount } from "./service_account.ts";
import { serviceCidr } from "./service_cidr.ts";
import { statefulSet } from "./stateful_set.ts";
import { storageClass } from "./storage_class.ts";
import { validatingAdmissionPolicy } from "./validating_admission_policy.ts";
import { validatingAdmissionPolicyBinding } from "./validating_admission_policy_binding.ts";
import { validatingWebhookConfiguration } from "./validating_webhook_configuration.ts";
import { volumeAttachment } from "./volume_attachment.ts";
import { volumeAttributesClass } from "./volume_attributes_class.ts";

/** All that this folder has, by file name. */
export const all = [
  apiService,
  certificateSigningRequest,
  clusterRole,
  clusterRoleBinding,
  clusterTrustBundle,
  configMap,
  controllerRevision,
  cronJob,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  customResourceDefinition,
  daemonSet,
  deployment,
  deviceClass,
  endpointSlice,
  endpoints,
  event,
  eventsEvent,
  flowSchema,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerV1,
  ingress,
  ingressClass,
  ipAddress,
  job,
  lease,
  limitRange,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  mutatingWebhookConfiguration,
  namespace,
  networkPolicy,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podDisruptionBudget,
  podTemplate,
  priorityClass,
  priorityLevelConfiguration,
  replicaSet,
  replicationController,
  resourceClaim,
  resourceClaimTemplate,
  resourceQuota,
  resourceSlice,
  role,
  roleBinding,
  runtimeClass,
  secret,
  service,
  serviceAccount,
  serviceCidr,
  statefulSet,
  storageClass,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
  volumeAttachment,
  volumeAttributesClass,
] as const;
