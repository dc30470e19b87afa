import type { Invariant } from "../engine/invariant.ts";

const prefix = "/registry/namespaces/";

/** A namespace is there as long as anything in it is: nothing is made where it is not, or left behind. */
export const namespacesEndLast: Invariant = {
  name: "a namespace outlives what is in it",
  watch() {
    const contents = new Map<string, Set<string>>();
    const gone = new Set<string>();
    return {
      commit({ key, object, previous }) {
        if (key.startsWith(prefix)) {
          const name = key.slice(prefix.length);
          if (object) gone.delete(name);
          else gone.add(name);
          const [left] = object ? [] : (contents.get(name) ?? []);
          return left && `namespace ${name} is gone, and ${left} is there`;
        }
        const namespace = (object ?? previous)?.metadata.namespace;
        // Events are told of what is gone, too.
        if (!namespace || key.startsWith("/registry/events/")) return undefined;
        const own = contents.get(namespace) ?? new Set();
        contents.set(namespace, own);
        if (!object) own.delete(key);
        else own.add(key);
        return object && !previous && gone.has(namespace) ? `${key} was made, and its namespace is gone` : undefined;
      },
    };
  },
};
