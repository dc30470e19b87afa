import type { Frozen, Service } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** No two Services have one node port. */
export const nodePortsAreUnique: Invariant = {
  name: "no node port is given twice",
  watch: (world) => ({
    commit({ key, object }) {
      if (!key.startsWith("/registry/services/specs/") || !object) return undefined;
      const own = portsOf(object as Frozen<Service>);
      if (own.length === 0) return undefined;
      const { metadata } = object;
      for (const other of world.list<Service>("/registry/services/specs/")) {
        if (other.metadata.uid === metadata.uid) continue;
        const twice = portsOf(other).find((port) => own.includes(port));
        if (twice) return `${twice} was given to ${metadata.name} and to ${other.metadata.name}`;
      }
      return undefined;
    },
  }),
};

function portsOf({ spec }: Frozen<Service>): readonly string[] {
  return (spec.ports ?? []).flatMap(({ nodePort, protocol = "TCP" }) => (nodePort ? [`${protocol} ${nodePort}`] : []));
}
