import { secretUses } from "../../../api/secret_uses.ts";
import type { Frozen, Pod, ServiceAccount } from "../../../api/types.ts";

/** An account so annotated lets its pods have no Secrets but those that it lists itself. */
const limitsAnnotation = "kubernetes.io/enforce-mountable-secrets";
/** What Go's `ParseBool` takes for true. */
const truths = new Set(["1", "t", "T", "TRUE", "true", "True"]);

/** Which Secret a pod may not have; undefined for an account that does not limit them. */
export function secretLimitError(spec: Pod["spec"], account: Frozen<ServiceAccount>): string | undefined {
  const { metadata, secrets = [], imagePullSecrets = [] } = account;
  if (!truths.has(metadata.annotations?.[limitsAnnotation] ?? "")) return undefined;
  const mountable = new Set(secrets.map(({ name }) => name));
  for (const { secret, where, isLimited } of secretUses(spec)) {
    if (!isLimited || mountable.has(secret)) continue;
    return `${where} secret.secretName="${secret}" is not allowed because service account ${metadata.name} does not reference that secret`;
  }
  const pulls = new Set(imagePullSecrets.map(({ name }) => name));
  const at = (spec.imagePullSecrets ?? []).findIndex(({ name }) => !pulls.has(name));
  if (at < 0) return undefined;
  const name = spec.imagePullSecrets?.[at]?.name ?? "";
  return `imagePullSecrets[${at}].name="${name}" is not allowed because service account ${metadata.name} does not reference that imagePullSecret`;
}
