import { pathOf } from "../admin.ts";
import { type FrontKind, madeBy, oneOf, turn } from "../front_kind.ts";

/** Somebody deletes an object that the client has made. */
export const ownedDeleted: FrontKind = {
  name: "owned-deleted",
  summary: "somebody deletes the newest object that the client has made",
  forMs: 100,
  aim(learned, random) {
    const resource = oneOf(madeBy(learned), random);
    const when = turn(learned, random);
    return when && resource !== undefined ? { when, resource } : undefined;
  },
  async begin({ resource }, { owned, admin, note }) {
    const newest = owned(resource).at(-1);
    if (!newest) return undefined;
    const { group, version, plural, namespace, name } = newest;
    const kind = { group, version, name: plural, namespaced: namespace !== undefined };
    await admin.ask("DELETE", pathOf({ resource: kind, name, ...(namespace === undefined ? {} : { namespace }) }));
    note(`${newest.resource} "${name}" was deleted by somebody`);
    return undefined;
  },
};
