import { forbidden, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { jsonEqual, type KubeObject } from "../types.ts";
import { parameterErrors, provisionerErrors } from "../validation/storage_parameters.ts";

/** A sort of volume by what it can do, which may change while it is used. */
export interface VolumeAttributesClass extends KubeObject {
  driverName: string;
  parameters?: Record<string, string>;
}

/** VolumeAttributesClasses: what volumes can do. */
export const volumeAttributesClass = nameKind<VolumeAttributesClass>({
  group: "storage.k8s.io",
  kind: "VolumeAttributesClass",
  plural: "volumeattributesclasses",
  shortNames: ["vac"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const volumeAttributesClassRules = /* @__PURE__ */ withRules(volumeAttributesClass, {
  schema: "io.k8s.api.storage.v1.VolumeAttributesClass",

  validate: ({ driverName = "", parameters = {} }) => [
    ...provisionerErrors(driverName, "driverName"),
    ...parameterErrors(parameters, "parameters"),
    ...(Object.keys(parameters).length > 0 ? [] : [required("parameters", "must contain at least one key/value pair")]),
  ],
  validateUpdate: (object, old) => [
    ...(object.driverName === old.driverName ? [] : [forbidden("driverName", "updates to driverName are forbidden.")]),
    ...(jsonEqual(object.parameters, old.parameters)
      ? []
      : [forbidden("parameters", "updates to parameters are forbidden.")]),
  ],
});
