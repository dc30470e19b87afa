import { decodeBase64Bytes } from "../../api/base64.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { EncryptionKey, EncryptionProvider, EncryptionRule, EncryptionRules } from "./configuration.ts";

type Fields = Readonly<Record<string, unknown>>;

const apiVersion = "apiserver.config.k8s.io/v1";
const keyBytes = { aescbc: [16, 24, 32], aesgcm: [16, 24, 32], secretbox: [32] } as const;

/** Reads an EncryptionConfiguration; texts say what is wrong with it, and never what a key is. */
export function readEncryption(parsed: unknown): Result<EncryptionRules, readonly string[]> {
  if (!isFields(parsed)) return failed(["it is no object"]);
  if (parsed.kind !== "EncryptionConfiguration" || parsed.apiVersion !== apiVersion) {
    return failed([`it is no EncryptionConfiguration of ${apiVersion}`]);
  }
  const wrongs: string[] = [];
  const { resources } = parsed;
  const rules = listed(resources).map((rule, index) => readRule(rule, { at: `resources[${index}]`, wrongs }));
  if (rules.length === 0) wrongs.push("resources: Required value: at least one resource configuration");
  return wrongs.length > 0 ? failed(wrongs) : ok(rules);
}

interface Reading {
  readonly at: string;
  readonly wrongs: string[];
}

function readRule(rule: unknown, { at, wrongs }: Reading): EncryptionRule {
  const { resources, providers } = isFields(rule) ? rule : {};
  const names = listed(resources).filter((each): each is string => typeof each === "string");
  if (names.length === 0) wrongs.push(`${at}.resources: Required value: at least one resource`);
  const read = listed(providers).flatMap((provider, index) =>
    readProvider(provider, { at: `${at}.providers[${index}]`, wrongs }),
  );
  if (listed(providers).length === 0) wrongs.push(`${at}.providers: Required value: at least one provider`);
  return { resources: names, providers: read };
}

function readProvider(provider: unknown, { at, wrongs }: Reading): EncryptionProvider[] {
  const names = isFields(provider) ? Object.keys(provider) : [];
  const [sort] = names;
  if (sort === undefined || names.length > 1) {
    wrongs.push(`${at}: Required value: exactly one provider`);
    return [];
  }
  if (sort === "identity") return [{ sort }];
  if (sort !== "aescbc" && sort !== "aesgcm" && sort !== "secretbox") {
    wrongs.push(`${at}.${sort}: a provider that is not here: aescbc, aesgcm, secretbox and identity are`);
    return [];
  }
  const own = (provider as Fields)[sort];
  const keys = listed(isFields(own) ? own.keys : undefined).map((key, index) =>
    readKey(key, { at: `${at}.${sort}.keys[${index}]`, wrongs, sizes: keyBytes[sort] }),
  );
  if (keys.length === 0) wrongs.push(`${at}.${sort}.keys: Required value: at least one key`);
  return [{ sort, keys }];
}

function readKey(key: unknown, { at, wrongs, sizes }: Reading & { readonly sizes: readonly number[] }): EncryptionKey {
  const { name, secret } = isFields(key) ? key : {};
  if (typeof name !== "string" || name === "") wrongs.push(`${at}.name: Required value`);
  else if (name.includes(":")) wrongs.push(`${at}.name: Invalid value: must not contain ':'`);
  if (typeof secret !== "string" || secret === "") wrongs.push(`${at}.secret: Required value`);
  else if (!sizes.includes(lengthOf(secret))) {
    wrongs.push(`${at}.secret: Invalid value: must be base64 of ${sizes.join(", ")} bytes`);
  }
  return { name: String(name), secret: String(secret) };
}

function lengthOf(base64: string): number {
  try {
    return decodeBase64Bytes(base64).length;
  } catch {
    return -1;
  }
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
