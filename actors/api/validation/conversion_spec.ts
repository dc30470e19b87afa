import type { CustomResourceDefinitionSpec } from "kubernetes-types/apiextensions/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { dns1035LabelErrors } from "./names.ts";
import { validateClientConfig } from "./webhooks.ts";

const reviewVersions = ["v1", "v1beta1"];

/** What is wrong with how versions are converted; the fields are named as Kubernetes names them within. */
export function conversionErrors(
  conversion: Frozen<CustomResourceDefinitionSpec>["conversion"],
  at: string,
): FieldError[] {
  if (conversion === undefined) return [];
  const { strategy, webhook } = conversion;
  const errors: FieldError[] = [];
  if (!strategy) errors.push(required(`${at}.strategy`));
  else if (strategy !== "None" && strategy !== "Webhook") {
    errors.push(notSupported(`${at}.strategy`, strategy, ["None", "Webhook"]));
  }
  const { clientConfig, conversionReviewVersions: versions = [] } = webhook ?? { conversionReviewVersions: [] };
  if (strategy !== "Webhook") {
    const text = "should not be set when strategy is not set to Webhook";
    if (clientConfig !== undefined) errors.push(forbidden(`${at}.webhookClientConfig`, text));
    if (versions.length > 0) errors.push(forbidden(`${at}.conversionReviewVersions`, text));
    return errors;
  }
  if (clientConfig === undefined) {
    errors.push(required(`${at}.webhookClientConfig`, "required when strategy is set to Webhook"));
  } else addErrors(errors, validateClientConfig(clientConfig, `${at}.webhookClientConfig`));
  addErrors(errors, reviewVersionErrors(versions, `${at}.conversionReviewVersions`));
  return errors;
}

function reviewVersionErrors(versions: readonly string[], at: string): FieldError[] {
  if (versions.length === 0) return [required(at)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const texts = seen.has(version) ? ["duplicate version"] : dns1035LabelErrors(version);
    seen.add(version);
    for (const text of texts) errors.push(invalid(`${at}[${index}]`, version, text));
  }
  if (!versions.some((each) => reviewVersions.includes(each))) {
    errors.push(invalid(at, versions, `must include at least one of ${reviewVersions.join(", ")}`));
  }
  return errors;
}
