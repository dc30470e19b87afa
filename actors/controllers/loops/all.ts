// Written by `npm run fix`: to add to this list, add a file to this folder.
import { attachDetach } from "./attach_detach.ts";
import { certificateSigningRequest } from "./certificate_signing_request.ts";
import { clusterRoleAggregation } from "./cluster_role_aggregation.ts";
import { clusterTrustBundlePublisher } from "./cluster_trust_bundle_publisher.ts";
import { cronJob } from "./cron_job.ts";
import { customResourceDefinition } from "./custom_resource_definition.ts";
import { customResourceDefinitionNames } from "./custom_resource_definition_names.ts";
import { daemonSet } from "./daemon_set.ts";
import { deployment } from "./deployment.ts";
import { disruption } from "./disruption.ts";
import { endpointSlice } from "./endpoint_slice.ts";
import { endpointSliceMirroring } from "./endpoint_slice_mirroring.ts";
import { endpoints } from "./endpoints.ts";
import { ephemeralVolume } from "./ephemeral_volume.ts";
import { flowSchema } from "./flow_schema.ts";
import { garbageCollector } from "./garbage_collector.ts";
import { horizontalPodAutoscaler } from "./horizontal_pod_autoscaler.ts";
import { job } from "./job.ts";
import { legacyTokenCleaner } from "./legacy_token_cleaner.ts";
import { namespace } from "./namespace.ts";
import { nodeIpam } from "./node_ipam.ts";
import { nodeLifecycle } from "./node_lifecycle.ts";
import { persistentVolumeBinder } from "./persistent_volume_binder.ts";
import { persistentVolumeClaimProtection } from "./persistent_volume_claim_protection.ts";
import { persistentVolumeProtection } from "./persistent_volume_protection.ts";
import { podGarbageCollector } from "./pod_garbage_collector.ts";
import { replicaSet } from "./replica_set.ts";
import { replicationController } from "./replication_controller.ts";
import { resourceClaim } from "./resource_claim.ts";
import { resourceQuota } from "./resource_quota.ts";
import { rootCaCertificatePublisher } from "./root_ca_certificate_publisher.ts";
import { serviceAccount } from "./service_account.ts";
import { serviceAccountToken } from "./service_account_token.ts";
import { serviceAddressRepair } from "./service_address_repair.ts";
import { serviceCidr } from "./service_cidr.ts";
import { statefulSet } from "./stateful_set.ts";
import { storageDriver } from "./storage_driver.ts";
import { taintEviction } from "./taint_eviction.ts";
import { ttlAfterFinished } from "./ttl_after_finished.ts";

/** All that this folder has, by file name. */
export const all = [
  attachDetach,
  certificateSigningRequest,
  clusterRoleAggregation,
  clusterTrustBundlePublisher,
  cronJob,
  customResourceDefinition,
  customResourceDefinitionNames,
  daemonSet,
  deployment,
  disruption,
  endpointSlice,
  endpointSliceMirroring,
  endpoints,
  ephemeralVolume,
  flowSchema,
  garbageCollector,
  horizontalPodAutoscaler,
  job,
  legacyTokenCleaner,
  namespace,
  nodeIpam,
  nodeLifecycle,
  persistentVolumeBinder,
  persistentVolumeClaimProtection,
  persistentVolumeProtection,
  podGarbageCollector,
  replicaSet,
  replicationController,
  resourceClaim,
  resourceQuota,
  rootCaCertificatePublisher,
  serviceAccount,
  serviceAccountToken,
  serviceAddressRepair,
  serviceCidr,
  statefulSet,
  storageDriver,
  taintEviction,
  ttlAfterFinished,
] as const;
