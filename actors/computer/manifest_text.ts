import { isTooDeep } from "../api/json_depth.ts";
import { decodeFields } from "../api/schema/decode.ts";
import { typeMetaError } from "../api/type_meta.ts";
import type { Fields, Pod } from "../api/types.ts";
import { yamlToJson } from "../api/yaml.ts";
import { failed, type Result } from "../kit/result.ts";

const podType = { kind: "Pod", version: "v1", schema: "io.k8s.api.core.v1.Pod" } as const;

/**
 * The pod that a manifest is of, as Kubernetes' decoder reads it: YAML or JSON, one document, fields that pods do not
 * have left out. Or why it is none: nothing but a `Pod` of `v1` is one, also no list of them.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
export function manifestPod(text: string): Result<Pod, string> {
  const document = yamlToJson(text);
  if (!document.ok) return document;
  const { json } = document.value;
  if (isTooDeep(json)) return failed("json: exceeded max depth");
  const data = JSON.parse(json) as unknown;
  const { apiVersion, kind } = (typeof data === "object" && data !== null ? data : {}) as Fields;
  const untyped = typeMetaError({ apiVersion, kind });
  if (untyped !== undefined) return failed(untyped);
  if (!kind) return failed(`Object 'Kind' is missing in '${json}'`);
  if (!apiVersion) return failed(`Object 'apiVersion' is missing in '${json}'`);
  if (apiVersion !== "v1" || kind !== "Pod") return failed(`invalid pod: it is a ${kind} of ${apiVersion}`);
  const decoded = decodeFields<Pod>(podType, data);
  return decoded.ok ? { ok: true, value: decoded.value.object } : failed(decoded.failure.text);
}
