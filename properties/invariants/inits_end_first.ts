import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** Of each pod, by its uid: what has to end well before the others begin, and what has. */
interface Beginning {
  readonly inits: readonly string[];
  readonly mains: ReadonlySet<string>;
  readonly ended: Set<string>;
  node: string;
}

/** A pod's containers begin when all its init containers have ended well: measured on the computers. */
export const initsEndFirst: Invariant = {
  name: "init containers end before others begin",
  watch() {
    const pods = new Map<string, Beginning>();
    return {
      commit({ key, object, previous }) {
        if (!object || previous || !key.startsWith("/registry/pods/")) return undefined;
        const { metadata, spec } = object as Frozen<Pod>;
        // Sidecars only have to have started.
        const inits = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy !== "Always");
        if (inits.length === 0) return undefined;
        const mains = new Set(spec.containers.map(({ name }) => name));
        pods.set(metadata.uid ?? "", { inits: inits.map(({ name }) => name), mains, ended: new Set(), node: "" });
        return undefined;
      },
      runtime(event) {
        if (event.type === "node.lost") {
          // A new sandbox begins anew.
          for (const each of pods.values()) if (each.node === event.node) each.ended.clear();
          return undefined;
        }
        if (event.type !== "container.started" && event.type !== "container.exited") return undefined;
        const found = pods.get(event.pod.uid);
        if (!found) return undefined;
        found.node = event.node;
        if (event.type === "container.exited") {
          if (event.exitCode === 0) found.ended.add(event.container);
          return undefined;
        }
        const awaited = found.mains.has(event.container)
          ? found.inits.find((name) => !found.ended.has(name))
          : undefined;
        if (awaited === undefined) return undefined;
        return `container ${event.container} of ${event.pod.name} began before ${awaited} had ended well`;
      },
    };
  },
};
