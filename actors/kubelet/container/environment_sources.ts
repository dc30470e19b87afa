import type { Step } from "../../../runtime/mod.ts";
import { decodeBase64 } from "../../api/base64.ts";
import { configMap } from "../../api/kinds/config_map.ts";
import { secret } from "../../api/kinds/secret.ts";
import type { ConfigMap, Container, Frozen, Secret } from "../../api/types.ts";
import type { Outcome } from "../../client/outcome.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { KubeletData } from "../data.ts";
import type { PodRecord } from "../pod/pod_record.ts";

type Values = Readonly<Record<string, string>>;

/** What the ConfigMaps and Secrets that an environment takes values from hold, by `ConfigMap/name`. */
export type Sources = ReadonlyMap<string, Values>;

/** A ConfigMap or a Secret that an environment takes values from. */
interface Source {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly isOptional: boolean;
}

const none: Sources = new Map();

/** The name under which a source is kept. */
export function sourceKey(kind: "ConfigMap" | "Secret", name: string): string {
  return `${kind}/${name}`;
}

function sourcesOf({ env = [], envFrom = [] }: Frozen<Container>): readonly Source[] {
  const found: Source[] = [];
  const add = (kind: Source["kind"], ref: { readonly name?: string; readonly optional?: boolean } | undefined) => {
    if (ref) found.push({ kind, name: ref.name ?? "", isOptional: ref.optional ?? false });
  };
  for (const { configMapRef, secretRef } of envFrom) {
    add("ConfigMap", configMapRef);
    add("Secret", secretRef);
  }
  for (const { valueFrom } of env) {
    add("ConfigMap", valueFrom?.configMapKeyRef);
    add("Secret", valueFrom?.secretKeyRef);
  }
  return found;
}

/**
 * Reads what an environment takes from the API; `then` gets a failure that says what is missing. At once when nothing is
 * wanted. While no API server answers, what was read for an earlier run of the pod's containers will do.
 */
export function readSources(
  data: KubeletData,
  { pod, spec }: { readonly pod: PodRecord; readonly spec: Frozen<Container> },
  step: Step,
  then: (sources: Result<Sources, string>, step: Step) => void,
) {
  const wanted = sourcesOf(spec);
  if (wanted.length === 0) return then(ok(none), step);
  const { namespace = "" } = pod.pod.metadata;
  const sources = new Map<string, Values>();
  const readFrom = (index: number, now: Step) => {
    const source = wanted[index];
    if (!source) {
      for (const [each, values] of sources) pod.sources.set(each, values);
      return then(ok(sources), now);
    }
    const { kind, name, isOptional } = source;
    const key = sourceKey(kind, name);
    if (sources.has(key)) return readFrom(index + 1, now);
    const take = (outcome: Outcome<Frozen<ConfigMap> | Frozen<Secret>>, later: Step) => {
      const known = pod.sources.get(key);
      if (outcome.ok) sources.set(key, kind === "Secret" ? decoded(outcome.value.data) : (outcome.value.data ?? {}));
      else if (outcome.failure.code === 0 && known) sources.set(key, known);
      else if (outcome.failure.code !== 404) return then(failed(outcome.failure.message), later);
      else if (!isOptional) return then(failed(`${kind.toLowerCase()} ${JSON.stringify(name)} not found`), later);
      readFrom(index + 1, later);
    };
    if (kind === "Secret") data.client.get<Secret>(now, { kind: secret, namespace, name }, take);
    else data.client.get<ConfigMap>(now, { kind: configMap, namespace, name }, take);
  };
  readFrom(0, step);
}

function decoded(values: Values = {}): Values {
  return Object.fromEntries(Object.entries(values).map(([key, text]) => [key, decodeBase64(text)]));
}
