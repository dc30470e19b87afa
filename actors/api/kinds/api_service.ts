import { type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Condition, KubeObject } from "../types.ts";
import { keepMetadataForStatus } from "../validation/metadata.ts";

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

  applyDefaults({ spec }) {
    if (spec.service !== undefined) spec.service.port ??= httpsPort;
  },

  prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),

  validate({ metadata, spec }) {
    const errors: FieldError[] = [];
    const { group = "", version = "", service } = spec;
    const name = `${version}.${group}`;
    if (metadata.name !== name)
      errors.push(invalid("metadata.name", metadata.name, `must be \`spec.version+"."+spec.group\`: "${name}"`));
    if (version === "") errors.push(required("spec.version"));
    const priorities = {
      groupPriorityMinimum: [spec.groupPriorityMinimum, 20_000],
      versionPriority: [spec.versionPriority, 1_000],
    } as const;
    for (const [field, [value, max]] of Object.entries(priorities)) {
      if (value <= 0 || value > max)
        errors.push(invalid(`spec.${field}`, value, `must be positive and less than ${max}`));
    }
    if (service === undefined) {
      if ((spec.caBundle ?? "") !== "")
        errors.push(
          invalid("spec.caBundle", `${spec.caBundle?.length} bytes`, "local APIServices may not have a caBundle"),
        );
      if (spec.insecureSkipTLSVerify === true) {
        errors.push(
          invalid("spec.insecureSkipTLSVerify", true, "local APIServices may not have insecureSkipTLSVerify"),
        );
      }
      return errors;
    }
    if (!service.namespace) errors.push(required("spec.service.namespace"));
    if (!service.name) errors.push(required("spec.service.name"));
    if (spec.insecureSkipTLSVerify === true && (spec.caBundle ?? "") !== "") {
      errors.push(invalid("spec.insecureSkipTLSVerify", true, "may not be true if caBundle is present"));
    }
    return errors;
  },
});
