import type { Random } from "../../../runtime/mod.ts";
import { registry } from "../../api/registry.ts";
import type { Sealing } from "../../client/store_client.ts";
import { failed, ok } from "../../kit/result.ts";
import type { KeyValue } from "../../store/messages.ts";
import type { EncryptionRules } from "./configuration.ts";
import { createSealers, open, type Sealers, seal } from "./seal.ts";

interface Sealed {
  readonly prefixes: readonly string[];
  readonly sealers: Sealers;
}

/** What a server does with the values of the keys that its rules mean; all others are as they are. */
export function createSealing(rules: EncryptionRules): Sealing {
  const all: readonly Sealed[] = rules.map(({ resources, providers }) => ({
    prefixes: resources.flatMap(prefixesOf),
    sealers: createSealers(providers),
  }));
  const sealersOf = (key: string): Sealers | undefined =>
    all.find(({ prefixes }) => prefixes.some((prefix) => key.startsWith(prefix)))?.sealers;
  return {
    seal(key: string, value: string, random: Random) {
      const sealers = sealersOf(key);
      return sealers === undefined ? value : seal(sealers, { key, text: value }, random);
    },
    open(kv: KeyValue) {
      const sealers = sealersOf(kv.key);
      if (sealers === undefined || kv.value === "") return ok(kv);
      const opened = open(sealers, kv);
      if (!opened.ok) return failed(`unable to transform key ${JSON.stringify(kv.key)}: ${opened.failure}`);
      const { text, isStale } = opened.value;
      return ok({ ...kv, value: text, ...(isStale ? { isStale: true as const } : {}) });
    },
  };
}

/** What the keys of a resource's objects begin with; custom resources need not be known yet. */
function prefixesOf(resource: string): readonly string[] {
  const dot = resource.indexOf(".");
  const [plural, group] = dot < 0 ? [resource, ""] : [resource.slice(0, dot), resource.slice(dot + 1)];
  if (plural === "*" && group === "*") return ["/registry/"];
  const own = registry.kinds.filter((kind) => kind.group === group && (plural === "*" || kind.plural === plural));
  const known = own.map(({ storagePrefix }) => `${storagePrefix}/`);
  if (group === "" || (plural !== "*" && known.length > 0)) return known;
  return [...known, plural === "*" ? `/registry/${group}/` : `/registry/${group}/${plural}/`];
}
