// Written by `npm run fix`: to add to this list, add a file to this folder.
import { certificateSubjectRestriction } from "./certificate_subject_restriction.ts";
import { clusterTrustBundleAttest } from "./cluster_trust_bundle_attest.ts";
import { defaultIngressClass } from "./default_ingress_class.ts";
import { defaultStorageClass } from "./default_storage_class.ts";
import { defaultTolerationSeconds } from "./default_toleration_seconds.ts";
import { deviceAdminAccess } from "./device_admin_access.ts";
import { limitRanger } from "./limit_ranger.ts";
import { mutatingAdmissionPolicy } from "./mutating_admission_policy.ts";
import { mutatingAdmissionWebhook } from "./mutating_admission_webhook.ts";
import { namespaceLifecycle } from "./namespace_lifecycle.ts";
import { nodeRestriction } from "./node_restriction.ts";
import { persistentVolumeClaimResize } from "./persistent_volume_claim_resize.ts";
import { podSecurity } from "./pod_security.ts";
import { priority } from "./priority.ts";
import { rbacEscalation } from "./rbac_escalation.ts";
import { resourceQuota } from "./resource_quota.ts";
import { runtimeClass } from "./runtime_class.ts";
import { serviceAccount } from "./service_account.ts";
import { storageObjectInUseProtection } from "./storage_object_in_use_protection.ts";
import { validatingAdmissionPolicy } from "./validating_admission_policy.ts";
import { validatingAdmissionWebhook } from "./validating_admission_webhook.ts";

/** All that this folder has, by file name. */
export const all = [
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
  defaultIngressClass,
  defaultStorageClass,
  defaultTolerationSeconds,
  deviceAdminAccess,
  limitRanger,
  mutatingAdmissionPolicy,
  mutatingAdmissionWebhook,
  namespaceLifecycle,
  nodeRestriction,
  persistentVolumeClaimResize,
  podSecurity,
  priority,
  rbacEscalation,
  resourceQuota,
  runtimeClass,
  serviceAccount,
  storageObjectInUseProtection,
  validatingAdmissionPolicy,
  validatingAdmissionWebhook,
] as const;
