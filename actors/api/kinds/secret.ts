import { decodeBase64, encodeBase64 } from "../base64.ts";
import type { FieldError } from "../field_error.ts";
import { invalid, required } from "../field_error.ts";
import { readJson } from "../json_text.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Frozen, ownValue, type Secret, setOwn } from "../types.ts";
import { validateKeys, validateSealed, validateSize } from "../validation/key_values.ts";
import { validateImmutable } from "../validation/metadata.ts";

/** What the data of each well-known type must have. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};
const accountAnnotation = "kubernetes.io/service-account.name";

/** Secrets: confidential data in base64. */
export const secret = nameKind<Secret>({
  kind: "Secret",
  plural: "secrets",
});

/** Its rules, which API servers keep. */
export const secretRules = /* @__PURE__ */ withRules(secret, {
  schema: "io.k8s.api.core.v1.Secret",
  fieldSelectors: { type: ({ type }) => type ?? "" },

  applyDefaults(draft) {
    draft.type ||= "Opaque";
    if (draft.stringData === undefined) return;
    // Text is taken on write only; from then on it is data like the rest.
    draft.data ??= {};
    for (const key in draft.stringData) {
      setOwn(draft.data, { key, value: encodeBase64(draft.stringData[key] ?? "") });
    }
    delete draft.stringData;
  },

  prepareForUpdate(draft, old) {
    // A client that sends no type means the one that is there.
    if (draft.type === "Opaque" && old.type !== undefined && old.type !== "Opaque") draft.type = old.type;
  },

  validate(object) {
    const { errors, bytes } = validateKeys(object.data, { field: "data", base64: true });
    return [...errors, ...validateSize(bytes, "data"), ...validateType(object)];
  },

  validateUpdate: (object, old) => [
    ...validateImmutable("type", { value: object.type, old: old.type }),
    ...validateSealed(object, old),
  ],
});

function validateType({ type = "", data, metadata }: Frozen<Secret>): FieldError[] {
  if (type === "kubernetes.io/service-account-token" && !metadata.annotations?.[accountAnnotation]) {
    return [required(`metadata.annotations[${accountAnnotation}]`)];
  }
  if (type === "kubernetes.io/basic-auth" && data?.username === undefined && data?.password === undefined) {
    return [required("data[username]"), required("data[password]")];
  }
  if (type === "kubernetes.io/ssh-auth" && data?.["ssh-privatekey"] === "") return [required("data[ssh-privatekey]")];
  const [dockerKey] = /^kubernetes\.io\/dockerc/.test(type) ? (ownValue(requiredKeys, type) ?? []) : [];
  const docker = dockerKey === undefined ? undefined : data?.[dockerKey];
  if (docker !== undefined) return dockerErrors(decodeBase64(docker), `data[${dockerKey}]`);
  const missing = (ownValue(requiredKeys, type) ?? []).filter((key) => data?.[key] === undefined);
  return missing.map((key) => required(`data[${key}]`));
}

/** Who pulls images reads an object of JSON there. */
function dockerErrors(text: string, at: string): FieldError[] {
  const read = readJson(text);
  const wrong = read.ok ? objectError(read.value) : read.failure;
  return wrong === undefined ? [] : [invalid(at, "<secret contents redacted>", wrong)];
}

function objectError(value: unknown): string | undefined {
  if (typeof value === "object" && !Array.isArray(value)) return undefined;
  const sort = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${sort} into Go value of type map[string]interface {}`;
}
