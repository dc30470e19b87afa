import { resolve } from "node:path";
import { InputError } from "../cluster/input_error.ts";
import type { Topology } from "../cluster/topology.ts";

/** The files that say more of a cluster than options can. Default of each: there is none. */
export interface ConfigurationFiles {
  readonly schedulerConfig?: string;
  readonly auditPolicyFile?: string;
  readonly auditLogPath?: string;
  readonly encryptionKey?: string;
  readonly encryptionProviderConfig?: string;
}

/** What files say of a cluster; each reader is loaded on use. */
export async function readConfigurationFiles(files: ConfigurationFiles): Promise<Partial<Topology>> {
  return {
    ...(await schedulerTopology(files)),
    ...(await auditTopology(files)),
    ...(await sealingTopology(files)),
  };
}

/** Who is told nothing of schedulers needs none of their plugins. */
async function schedulerTopology({ schedulerConfig }: ConfigurationFiles) {
  if (schedulerConfig === undefined) return {};
  const { readSchedulerConfig } = await import("../cluster/scheduler_config.ts");
  return { schedulerConfiguration: readSchedulerConfig(schedulerConfig) };
}

/** What is written down of requests; one of both options alone is a mistake. */
async function auditTopology({ auditPolicyFile, auditLogPath }: ConfigurationFiles) {
  if (auditPolicyFile === undefined && auditLogPath === undefined) return {};
  if (auditPolicyFile === undefined || auditLogPath === undefined) {
    throw new InputError(
      "Cannot keep an audit log: it needs a policy and a path, give --audit-policy-file and --audit-log-path",
    );
  }
  const logPath = auditLogPath === "-" ? auditLogPath : resolve(auditLogPath);
  const { readAuditPolicy } = await import("../cluster/audit_policy.ts");
  return { audit: { policy: readAuditPolicy(auditPolicyFile), logPath } };
}

/** How what is stored is sealed; both options at once are a mistake. */
async function sealingTopology({ encryptionKey, encryptionProviderConfig }: ConfigurationFiles) {
  if (encryptionKey === undefined && encryptionProviderConfig === undefined) return {};
  const { readEncryptionConfiguration, readEncryptionKey } = await import("../cluster/encryption.ts");
  if (encryptionKey === undefined) return { encryption: readEncryptionConfiguration(encryptionProviderConfig ?? "") };
  if (encryptionProviderConfig === undefined) return { encryption: readEncryptionKey(encryptionKey) };
  throw new InputError("Cannot seal in two ways: give --encryption-key or --encryption-provider-config, not both");
}
