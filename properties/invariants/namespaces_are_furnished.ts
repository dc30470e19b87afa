import type { Frozen, Namespace } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

const prefix = "/registry/namespaces/";
/** Whatever is in the way is found within this time. */
const knownMs = 4_000;

/**
 * At rest each namespace has its account and the cluster's certificate, whoever has taken them away or changed them. What
 * keeps a namespace that is to go is told in its conditions, where nothing else is wrong.
 */
export const namespacesAreFurnished: Invariant = {
  name: "namespaces are furnished, and tell what keeps them",
  watch(world) {
    const endsSinceMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(prefix)) {
          const { name, deletionTimestamp } = (object ?? previous)?.metadata ?? { name: "" };
          if (!object || deletionTimestamp === undefined) endsSinceMs.delete(name);
          else if (!endsSinceMs.has(name)) endsSinceMs.set(name, atMs);
          return undefined;
        }
        const { namespace = "", finalizers = [] } = previous?.metadata ?? {};
        const forMs = atMs - (endsSinceMs.get(namespace) ?? atMs);
        if (object || finalizers.length === 0 || forMs < knownMs) return undefined;
        const why = untold(world, namespace);
        return why && !isTroubled(world, { fromMs: atMs - forMs, toMs: atMs })
          ? `${key} has kept namespace ${namespace} for ${Math.round(forMs)} ms, which ${why}`
          : undefined;
      },
      end() {
        const { loops } = world.definition.topology;
        const certificates = new Set<string>();
        for (const { metadata, status } of world.list<Namespace>(prefix)) {
          const { name } = metadata;
          if (loops || status.phase !== "Active") continue;
          if (!world.get(`/registry/serviceaccounts/${name}/default`)) return `${name} has no default account`;
          const map = world.get(`/registry/configmaps/${name}/kube-root-ca.crt`) as Frozen<CertificateMap> | undefined;
          if (!map) return `${name} has no certificate`;
          certificates.add(JSON.stringify(map.data));
        }
        return certificates.size > 1 ? `namespaces have ${certificates.size} certificates` : undefined;
      },
    };
  },
};

interface CertificateMap {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

function untold(world: World, name: string): string | undefined {
  const conditions = world.get<Namespace>(`${prefix}${name}`)?.status.conditions ?? [];
  const types = ["NamespaceContentRemaining", "NamespaceFinalizersRemaining"];
  const untoldType = types.find(
    (type) => !conditions.some((each) => each.type === (type as typeof each.type) && each.status === "True"),
  );
  return untoldType && `does not say ${untoldType}`;
}
