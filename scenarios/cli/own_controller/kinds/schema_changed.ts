import { type FrontKind, gap, oneOf } from "../front_kind.ts";

interface Definition {
  readonly spec: {
    readonly versions: readonly {
      readonly schema?: { readonly openAPIV3Schema?: { readonly properties?: Readonly<Record<string, object>> } };
    }[];
  };
}

/** For a while the definition of a custom resource is an older one, whose status has no fields: they are pruned. */
export const schemaChanged: FrontKind = {
  name: "schema-changed",
  summary:
    "the definition of a custom resource knows no fields of its status for a while: what is written of it is dropped",
  forMs: 1_500,
  aim(learned, random) {
    const resource = oneOf(learned.customResources, random);
    const when = gap(learned, random);
    return when && resource !== undefined ? { when, resource } : undefined;
  },
  async begin({ resource }, { admin, note }) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${resource}`;
    const { code, body } = await admin.ask("GET", path);
    if (code !== 200) return undefined;
    const { versions } = (body as Definition).spec;
    const put = (given: Definition["spec"]["versions"]) =>
      admin.ask("PATCH", path, { spec: { versions: given } }, "application/merge-patch+json");
    const { code: changed } = await put(versions.map(withoutStatus));
    note(changed < 400 ? `the status of ${resource} has no fields` : `the schema of ${resource} cannot be changed`);
    return async () => void (await put(versions));
  },
};

function withoutStatus(version: Definition["spec"]["versions"][number]) {
  const schema = version.schema?.openAPIV3Schema;
  if (!schema?.properties?.status) return version;
  const properties = { ...schema.properties, status: { type: "object" } };
  return { ...version, schema: { openAPIV3Schema: { ...schema, properties } } };
}
