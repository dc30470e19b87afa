import { decodeBase64Bytes } from "../base64.ts";
import { type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Condition, KubeObject } from "../types.ts";
import { keepMetadataForStatus } from "../validation/metadata.ts";
import { dns1035LabelErrors, dnsSubdomainErrors, pathSegmentErrors, portNumberErrors } from "../validation/names.ts";

/** Who serves a version of a group. */
export interface APIService extends KubeObject {
  spec: {
    group?: string;
    version?: string;
    groupPriorityMinimum: number;
    versionPriority: number;
    service?: { namespace?: string; name?: string; port?: number };
    caBundle?: string;
    insecureSkipTLSVerify?: boolean;
  };
  status: { conditions?: Condition[] };
}

const httpsPort = 443;
const statuses = ["True", "False", "Unknown"];

/** APIServices: which server answers for a version of a group. */
export const apiService = nameKind<APIService>({
  group: "apiregistration.k8s.io",
  kind: "APIService",
  plural: "apiservices",
  categories: ["api-extensions"],
  namespaced: false,
  storagePrefix: "/registry/apiregistration.k8s.io/apiservices",
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const apiServiceRules = /* @__PURE__ */ withRules(apiService, {
  schema: "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
  countsGenerations: false,
  nameErrors: pathSegmentErrors,

  applyDefaults({ spec }) {
    if (spec.service !== undefined) spec.service.port ??= httpsPort;
  },

  prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),

  validate({ metadata, spec }) {
    const errors: FieldError[] = [];
    const { group = "", version = "", service } = spec;
    const name = `${version}.${group}`;
    if (metadata.name !== name && pathSegmentErrors(metadata.name ?? "").length === 0)
      errors.push(invalid("metadata.name", metadata.name, `must be \`spec.version+"."+spec.group\`: "${name}"`));
    if (group === "" && version !== "v1")
      errors.push(required("spec.group", "only v1 may have an empty group and it better be legacy kube"));
    if (group !== "") for (const text of dnsSubdomainErrors(group)) errors.push(invalid("spec.group", group, text));
    for (const text of dns1035LabelErrors(version)) errors.push(invalid("spec.version", version, text));
    const priorities = {
      groupPriorityMinimum: [spec.groupPriorityMinimum, 20_000],
      versionPriority: [spec.versionPriority, 1_000],
    } as const;
    for (const [field, [value = 0, max]] of Object.entries(priorities)) {
      if (value <= 0 || value > max)
        errors.push(invalid(`spec.${field}`, value, `must be positive and less than ${max}`));
    }
    if (service === undefined) {
      const bytes = decodeBase64Bytes(spec.caBundle ?? "").length;
      if (bytes > 0)
        errors.push(invalid("spec.caBundle", `${bytes} bytes`, "local APIServices may not have a caBundle"));
      if (spec.insecureSkipTLSVerify === true) {
        errors.push(
          invalid("spec.insecureSkipTLSVerify", true, "local APIServices may not have insecureSkipTLSVerify"),
        );
      }
      return errors;
    }
    if (!service.namespace) errors.push(required("spec.service.namespace"));
    if (!service.name) errors.push(required("spec.service.name"));
    const { port = httpsPort } = service;
    for (const text of portNumberErrors(port))
      errors.push(invalid("spec.service.port", port, `port is not valid: ${text}`));
    if (spec.insecureSkipTLSVerify === true && (spec.caBundle ?? "") !== "") {
      errors.push(invalid("spec.insecureSkipTLSVerify", true, "may not be true if caBundle is present"));
    }
    return errors;
  },

  validateStatusUpdate({ status }) {
    const errors: FieldError[] = [];
    for (const [index, { status: told = "" }] of (status?.conditions ?? []).entries()) {
      if (statuses.includes(told)) continue;
      errors.push(notSupported(`status.conditions[${index}].status`, told, statuses));
    }
    return errors;
  },
});
