import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "./_ask_api.ts";

/** Whom an API server asks, and whose authority it trusts in that. */
export interface ClientConfig {
  caBundle?: string;
  readonly service?: { readonly namespace: string; readonly name: string };
}

interface Meta {
  readonly name: string;
  readonly resourceVersion: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface CallingObject {
  readonly metadata: Meta;
  readonly webhooks?: readonly { readonly name: string; readonly clientConfig: ClientConfig }[];
  readonly spec?: { readonly conversion?: { readonly webhook?: { readonly clientConfig?: ClientConfig } } };
}

/** An object because of which API servers ask webhooks. */
export interface Caller {
  readonly path: string;
  readonly object: CallingObject;
  /** Parts of the object. */
  readonly configs: readonly ClientConfig[];
  /** What writes its authorities alone, as they are then. */
  patchOf(): { readonly patch: object; readonly contentType: string };
}

interface Source {
  readonly path: string;
  /** Objects are large, and are read one by one when they have changed. */
  readonly isLarge?: true;
  configsOf(object: CallingObject): readonly ClientConfig[];
  patchOf(object: CallingObject): ReturnType<Caller["patchOf"]>;
}

const configurations = "/apis/admissionregistration.k8s.io/v1";
const ofHooks = {
  configsOf: ({ webhooks = [] }: CallingObject) => webhooks.map(({ clientConfig }) => clientConfig),
  patchOf: ({ webhooks = [] }: CallingObject) => ({
    contentType: "application/strategic-merge-patch+json",
    patch: {
      webhooks: webhooks.map(({ name, clientConfig: { caBundle } }) => ({ name, clientConfig: { caBundle } })),
    },
  }),
};

/** What has API servers ask webhooks: admission, and conversion between the versions of a definition. */
export const sources: readonly Source[] = [
  { path: `${configurations}/mutatingwebhookconfigurations`, ...ofHooks },
  { path: `${configurations}/validatingwebhookconfigurations`, ...ofHooks },
  {
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    isLarge: true,
    configsOf: ({ spec }) => [spec?.conversion?.webhook?.clientConfig ?? []].flat(),
    patchOf: ({ spec }) => {
      const caBundle = spec?.conversion?.webhook?.clientConfig?.caBundle;
      return {
        contentType: "application/merge-patch+json",
        patch: { spec: { conversion: { webhook: { clientConfig: { caBundle } } } } },
      };
    },
  },
];

/** The objects of a source, as far as this pod's account may see them; `seen` has the versions of large ones that ask nobody. */
export function* callersOf(self: Process, source: Source, seen: Map<string, string>): Running<Caller[]> {
  const { path, isLarge = false } = source;
  const listed = yield* askApi(self, { path, ...(isLarge && { metadataOf: "list" }) });
  if (!listed.ok) return [];
  const { items } = JSON.parse(listed.body) as { readonly items: readonly CallingObject[] };
  const callers: Caller[] = [];
  for (const item of items) {
    const { name, resourceVersion } = item.metadata;
    const at = `${path}/${name}`;
    if (isLarge && seen.get(at) === resourceVersion) continue;
    const got = isLarge ? yield* askApi(self, { path: at }) : undefined;
    if (got && !got.ok) continue;
    const object = got ? (JSON.parse(got.body) as CallingObject) : item;
    const configs = source.configsOf(object).filter(({ service }) => service !== undefined);
    if (configs.length > 0) callers.push({ path: at, object, configs, patchOf: () => source.patchOf(object) });
    else if (isLarge) seen.set(at, resourceVersion);
  }
  return callers;
}
