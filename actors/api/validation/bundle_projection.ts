import type { ClusterTrustBundleProjection } from "kubernetes-types/core/v1.js";
import { type FieldError, invalid, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { unreservedPathErrors } from "./paths.ts";
import { signerNameErrors } from "./signer_name.ts";
import { signerInName, trustBundleNameErrors } from "./trust_bundle.ts";

/** What is wrong with a projected source of bundles of trust: one by its name, or those of a signer. */
export function validateBundleProjection(source: Frozen<ClusterTrustBundleProjection>, at: string): FieldError[] {
  const { name, signerName, labelSelector, path = "" } = source;
  const errors: FieldError[] = [];
  if (name !== undefined && signerName !== undefined) {
    errors.push(invalid(at, source, "only one of name and signerName may be used"));
  } else if (name !== undefined) {
    if (name === "") errors.push(required(`${at}.name`, "must be a valid object name"));
    for (const text of trustBundleNameErrors(name, signerInName(name))) {
      errors.push(invalid(`${at}.name`, name, `not a valid clustertrustbundlename: ${text}`));
    }
    if (labelSelector !== undefined) {
      const text = "labelSelector must be unset if name is specified";
      errors.push(invalid(`${at}.labelSelector`, labelSelector, text));
    }
  } else if (signerName !== undefined) {
    if (signerName === "") errors.push(required(`${at}.signerName`, "must be a valid signer name"));
    errors.push(...signerNameErrors(signerName, `${at}.signerName`));
    if (labelSelector !== undefined) errors.push(...validateLabelSelector(labelSelector, `${at}.labelSelector`));
  } else errors.push(required(at, "either name or signerName must be specified"));
  if (path === "") errors.push(required(`${at}.path`));
  return [...errors, ...unreservedPathErrors(path, `${at}.path`)];
}
