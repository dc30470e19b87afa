import { pathOf } from "../admin.ts";
import { type FrontKind, madeBy, oneOf, turn } from "../front_kind.ts";

/** Somebody changes an object that the client has made: its data, its replicas, else its labels. */
export const ownedEdited: FrontKind = {
  name: "owned-edited",
  summary: "somebody changes the newest object that the client has made",
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
    const path = pathOf({ resource: kind, name, ...(namespace === undefined ? {} : { namespace }) });
    const { code, body } = await admin.ask("GET", path);
    if (code !== 200) return undefined;
    const edit = editOf(body);
    await admin.ask("PATCH", path, edit, "application/merge-patch+json");
    note(`${newest.resource} "${name}" was edited by somebody: ${JSON.stringify(edit)}`);
    return undefined;
  },
};

interface Editable {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly replicas?: number };
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

function editOf({ data, spec, metadata }: Editable): object {
  if (data) return { data: Object.fromEntries(Object.keys(data).map((key) => [key, "ZWRpdGVk"])) };
  if (spec?.replicas !== undefined) return { spec: { replicas: spec.replicas + 1 } };
  const labels = Object.keys(metadata.labels ?? {}).map((key) => [key, null]);
  return { metadata: { labels: Object.fromEntries(labels) } };
}
