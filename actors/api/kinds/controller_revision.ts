import type { ControllerRevision as AppsControllerRevision } from "kubernetes-types/apps/v1.js";
import { required } from "../field_error.ts";
import { defineKind } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable, validateNonNegative } from "../validation/metadata.ts";

/** What a StatefulSet's or DaemonSet's template was once. */
export interface ControllerRevision
  extends KubeObject,
    Omit<AppsControllerRevision, "apiVersion" | "kind" | "metadata" | "data"> {
  data?: unknown;
}

/** ControllerRevisions: templates as they were, for a rollback. */
export const controllerRevision = defineKind<ControllerRevision>({
  group: "apps",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  schema: "io.k8s.api.apps.v1.ControllerRevision",

  validate: ({ data, revision }) => [
    ...(data === undefined || data === null ? [required("data", "data is mandatory")] : []),
    ...validateNonNegative(revision, "revision"),
  ],
  validateUpdate: ({ data }, old) => validateImmutable("data", { value: data, old: old.data }),
});
