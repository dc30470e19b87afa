import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { ConfigMap } from "../types.ts";
import { validateKeys, validateSealed, validateSize } from "../validation/key_values.ts";

// How Kubernetes prints the path of an object as a whole.
const wholeObject = "[]";

/** ConfigMaps: plain configuration. */
export const configMap = nameKind<ConfigMap>({
  kind: "ConfigMap",
  plural: "configmaps",
  shortNames: ["cm"],
});

/** Its rules, which API servers keep. */
export const configMapRules = /* @__PURE__ */ withRules(configMap, {
  schema: "io.k8s.api.core.v1.ConfigMap",

  validate({ data, binaryData }) {
    const texts = validateKeys(data, { field: "data", base64: false });
    const bytes = validateKeys(binaryData, { field: "binaryData", base64: true });
    const errors = [...texts.errors, ...bytes.errors];
    for (const key in data) {
      if (binaryData !== undefined && Object.hasOwn(binaryData, key)) {
        errors.push(invalid(`data[${key}]`, key, "duplicate of key present in binaryData"));
      }
    }
    return [...errors, ...validateSize(texts.bytes + bytes.bytes, wholeObject)];
  },

  validateUpdate: validateSealed,
});
