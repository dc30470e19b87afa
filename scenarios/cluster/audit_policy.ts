import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import type { AuditPolicy } from "../../actors/apiserver/audit/policy.ts";
import { readPolicy } from "../../actors/apiserver/audit/read_policy.ts";
import { InputError, messageOf } from "./input_error.ts";

/**
 * Reads a file with a policy of audit in YAML, as kube-apiserver's `--audit-policy-file` takes it.
 *
 * @throws InputError when there is none, or it is no such policy
 * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy
 */
export function readAuditPolicy(path: string): AuditPolicy {
  let parsed: unknown;
  try {
    parsed = load(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InputError(`Cannot read the policy of audit "${path}": ${messageOf(error)}`, { cause: error });
  }
  const found = readPolicy(parsed);
  if (found.ok) return found.value;
  throw new InputError(`Cannot use the policy of audit "${path}": ${found.failure.join("; ")}`);
}
