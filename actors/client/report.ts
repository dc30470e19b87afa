import type { Frozen, KubeObject } from "../api/types.ts";

/** Something worth telling people about an object. */
export interface Report {
  /** What it is about; an object or enough of one. */
  readonly about: Frozen<Pick<KubeObject, "apiVersion" | "kind" | "metadata">>;
  readonly type: "Normal" | "Warning";
  /** One word in CamelCase: `SuccessfulCreate`. */
  readonly reason: string;
  readonly message: string;
  /** The part of the object, such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}
