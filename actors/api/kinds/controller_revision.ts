import type { ControllerRevision as AppsControllerRevision } from "kubernetes-types/apps/v1.js";
import { required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable, validateNonNegative } from "../validation/metadata.ts";

/** What a StatefulSet's or DaemonSet's template was once. */
export interface ControllerRevision
  extends KubeObject,
    Omit<AppsControllerRevision, "apiVersion" | "kind" | "metadata" | "data"> {
  data?: unknown;
}

/** ControllerRevisions: templates as they were, for a rollback. */
export const controllerRevision = nameKind<ControllerRevision>({
  group: "apps",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
});

/** Its rules, which API servers keep. */
export const controllerRevisionRules = /* @__PURE__ */ withRules(controllerRevision, {
  schema: "io.k8s.api.apps.v1.ControllerRevision",

  validate: ({ data, revision }) => [
    ...(data === undefined || data === null ? [required("data", "data is mandatory")] : []),
    ...validateNonNegative(revision, "revision"),
  ],
  validateUpdate: ({ data }, old) => validateImmutable("data", { value: data, old: old.data }),
});
