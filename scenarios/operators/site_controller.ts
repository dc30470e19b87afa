import type { CoreV1Api, CustomObjectsApi, V1ConfigMap } from "@kubernetes/client-node";
import { customKind, defineController, type ReconcileContext } from "../controller/define_controller.ts";

interface Site {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  readonly spec: { readonly pages: readonly string[] };
  readonly status?: { readonly ready?: number };
}

const sites = { group: "example.com", version: "v1", plural: "sites" } as const;
const finalizer = "example.com/pages";

/**
 * The operator of `site_operator.mjs` as a reconciler, async, with the types of @kubernetes/client-node: it runs in
 * simulation. `bug` plants one of the same four mistakes, see there.
 */
export function siteController(bug = "none") {
  return defineController({
    name: "site-controller",
    about: customKind({ ...sites, kind: "Site" }),
    watches: [
      {
        kind: customKind({ group: "", version: "v1", kind: "ConfigMap", plural: "configmaps" }),
        keys: ({ metadata: { namespace, labels } }) => (labels?.site ? [`${namespace}/${labels.site}`] : []),
      },
    ],
    reconcile: (context) => reconcile(context, bug),
  });
}

export default siteController(process.env.BUG);

async function reconcile(context: ReconcileContext, bug: string): Promise<void> {
  const { namespace, name, api, memory } = context;
  const custom = api<CustomObjectsApi>("CustomObjectsApi");
  const shown = context.object as unknown as Site | undefined;
  const before = memory.get(`${namespace}/${name}`) as readonly string[] | undefined;
  if (!shown) {
    // Heard of, if it was not slept through.
    if (bug === "leaked" && before) await removePages(context, () => true);
    memory.delete(`${namespace}/${name}`);
    return;
  }
  const site = (await custom.getNamespacedCustomObject({ ...sites, namespace, name })) as Site;
  if (site.metadata.deletionTimestamp) return await cleanUp(context, site);
  const { finalizers = [] } = site.metadata;
  if (bug !== "leaked" && !finalizers.includes(finalizer)) {
    const body = { ...site, metadata: { ...site.metadata, finalizers: [...finalizers, finalizer] } };
    await custom.replaceNamespacedCustomObject({ ...sites, namespace, name, body });
  }
  memory.set(`${namespace}/${name}`, site.spec.pages);
  await makePages(context, { site, bug });
  const isGone = (page: string) => !site.spec.pages.includes(page);
  if (bug !== "unobserved") await removePages(context, isGone);
  else if (before) await removePages(context, (page) => before.includes(page) && isGone(page));
  const ready = bug === "intermediate" ? site.spec.pages.length : (await pagesOf(context)).length;
  const latest = (await custom.getNamespacedCustomObject({ ...sites, namespace, name })) as Site;
  if (latest.status?.ready === ready) return;
  const body = { ...latest, status: { ready } };
  await custom.replaceNamespacedCustomObjectStatus({ ...sites, namespace, name, body });
}

async function makePages(context: ReconcileContext, { site, bug }: { readonly site: Site; readonly bug: string }) {
  const { namespace, name, api, mirror } = context;
  const core = api<CoreV1Api>("CoreV1Api");
  const mirrored = mirror("configmaps").filter(({ metadata }) => metadata.labels?.site === name);
  const there = bug === "stale" ? (mirrored as unknown as readonly V1ConfigMap[]) : await pagesOf(context);
  if (bug === "intermediate" && there.length > 0) return;
  for (const page of site.spec.pages) {
    if (there.some(({ metadata }) => metadata?.labels?.page === page)) continue;
    const called = bug === "stale" ? { generateName: `${name}-${page}-` } : { name: `${name}-${page}` };
    const metadata = { ...called, namespace, labels: { site: name, page } };
    await core.createNamespacedConfigMap({
      namespace,
      body: { metadata, data: { text: `The page ${page} of ${name}` } },
    });
  }
}

async function pagesOf({ namespace, name, api }: ReconcileContext): Promise<readonly V1ConfigMap[]> {
  const core = api<CoreV1Api>("CoreV1Api");
  return (await core.listNamespacedConfigMap({ namespace, labelSelector: `site=${name}` })).items;
}

async function removePages(context: ReconcileContext, isGone: (page: string) => boolean) {
  const { namespace, api } = context;
  for (const { metadata } of await pagesOf(context)) {
    if (!isGone(metadata?.labels?.page ?? "")) continue;
    await unlessGone(api<CoreV1Api>("CoreV1Api").deleteNamespacedConfigMap({ namespace, name: metadata?.name ?? "" }));
  }
}

async function cleanUp(context: ReconcileContext, site: Site) {
  const { namespace, name, api } = context;
  await removePages(context, () => true);
  const finalizers = (site.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  const body = { ...site, metadata: { ...site.metadata, finalizers } };
  const custom = api<CustomObjectsApi>("CustomObjectsApi");
  await unlessGone(custom.replaceNamespacedCustomObject({ ...sites, namespace, name, body }));
}

async function unlessGone(asked: Promise<unknown>) {
  try {
    await asked;
  } catch (error) {
    if ((error as { readonly code?: number }).code !== 404) throw error;
  }
}
