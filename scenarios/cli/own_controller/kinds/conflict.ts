import { pathOf } from "../admin.ts";
import { type FrontKind, moment } from "../front_kind.ts";

/** Somebody else writes the object that the client is about to write: who gave a version gets a conflict. */
export const conflict: FrontKind = {
  name: "conflict",
  summary: "somebody else has written the object just before the client does (409 for who gave a version)",
  forMs: 5_000,
  timesMax: 2,
  aim({ exchanges }, random) {
    const updates = exchanges.filter(({ verb, isWrite }) => isWrite && (verb === "update" || verb === "patch"));
    const when = moment(updates, { exchanges, random });
    if (!when || !("before" in when || "after" in when)) return undefined;
    const line = "before" in when ? when.before : when.after;
    return { when: { before: line, nth: when.nth } };
  },
  async verdict(_fault, { verb, isWrite, group, version, plural, namespace, name }, { admin }) {
    if (!isWrite || (verb !== "update" && verb !== "patch") || name === undefined) return undefined;
    const namespaced = namespace !== undefined;
    const resource = { group, version, name: plural, namespaced };
    const path = pathOf({ resource, name, ...(namespaced ? { namespace } : {}) });
    const annotations = { "kubetroupe.dev/written-by-another": `${Date.now()}` };
    await admin.ask("PATCH", path, { metadata: { annotations } }, "application/merge-patch+json");
    return {};
  },
};
