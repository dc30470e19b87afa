/**
 * An operator as people write them: for each page of a Site it keeps a ConfigMap, and says in the Site's status how many
 * there are. `BUG` plants one of four mistakes that every review has let through at some time:
 *
 * - `intermediate`: once the first page is there it takes all of them for made: a crash in between is for ever;
 * - `stale`: it counts pages in its cache and lets the server make up names: what it made a moment ago is made again;
 * - `unobserved`: it removes what an update took away, by comparing old with new: what it did not see stays;
 * - `leaked`: without a finalizer, it cleans up when it is told of a deletion: of one that it slept through it never hears.
 */
import { CoreV1Api, CustomObjectsApi, KubeConfig, makeInformer } from "@kubernetes/client-node";

const bug = process.env.BUG ?? "none";
const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const custom = config.makeApiClient(CustomObjectsApi);
const sites = { group: "example.com", version: "v1", plural: "sites" };
const finalizer = "example.com/pages";
const retryMs = 200;

const siteInformer = informer("/apis/example.com/v1/sites", () => custom.listClusterCustomObject(sites));
const pageInformer = informer(
  "/api/v1/configmaps",
  () => core.listConfigMapForAllNamespaces({ labelSelector: "site" }),
  "site",
);

/** Keys of sites to look at; one is looked at once at a time. */
const waiting = new Set();
let isWorking = false;

function enqueue(namespace, name) {
  waiting.add(`${namespace}/${name}`);
  if (!isWorking) void work();
}

async function work() {
  isWorking = true;
  for (const key of waiting) {
    waiting.delete(key);
    try {
      await reconcile(key);
    } catch (error) {
      console.log(`${key}: ${error.code ?? ""} ${error.message?.split("\n")[0]}`);
      setTimeout(() => enqueue(...key.split("/")), retryMs);
    }
  }
  isWorking = false;
}

async function reconcile(key) {
  const [namespace, name] = key.split("/");
  const site = await found(custom.getNamespacedCustomObject({ ...sites, namespace, name }));
  if (!site) return;
  if (site.metadata.deletionTimestamp) return await cleanUp(site);
  if (bug !== "leaked" && !site.metadata.finalizers?.includes(finalizer)) {
    site.metadata.finalizers = [...(site.metadata.finalizers ?? []), finalizer];
    await custom.replaceNamespacedCustomObject({ ...sites, namespace, name, body: site });
  }
  await makePages(site);
  if (bug !== "unobserved") await removePages(site, (page) => !site.spec.pages.includes(page));
  const ready = bug === "intermediate" ? site.spec.pages.length : (await pagesOf(site)).length;
  const latest = await custom.getNamespacedCustomObject({ ...sites, namespace, name });
  if (latest.status?.ready === ready) return;
  latest.status = { ready };
  await custom.replaceNamespacedCustomObjectStatus({ ...sites, namespace, name, body: latest });
}

async function makePages(site) {
  const { namespace } = site.metadata;
  const there = bug === "stale" ? cachedPages(site) : await pagesOf(site);
  if (bug === "intermediate" && there.length > 0) return;
  for (const page of site.spec.pages) {
    const body = pageOf(site, page);
    const own = there.find(({ metadata }) => metadata.labels.page === page);
    if (!own) await core.createNamespacedConfigMap({ namespace, body });
    else if (own.data?.text !== body.data.text) {
      await core.replaceNamespacedConfigMap({ namespace, name: own.metadata.name, body: { ...own, data: body.data } });
    }
  }
}

function pageOf({ metadata: { name } }, page) {
  const called = bug === "stale" ? { generateName: `${name}-${page}-` } : { name: `${name}-${page}` };
  return { metadata: { ...called, labels: { site: name, page } }, data: { text: `The page ${page} of ${name}` } };
}

async function pagesOf({ metadata: { namespace, name } }) {
  const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: `site=${name}` });
  return items;
}

function cachedPages({ metadata: { namespace, name } }) {
  return pageInformer.list(namespace).filter(({ metadata }) => metadata.labels?.site === name);
}

async function removePages(site, isGone) {
  const { namespace } = site.metadata;
  for (const { metadata } of await pagesOf(site)) {
    if (isGone(metadata.labels.page)) await found(core.deleteNamespacedConfigMap({ namespace, name: metadata.name }));
  }
}

async function cleanUp(site) {
  const { namespace, name, finalizers = [] } = site.metadata;
  await removePages(site, () => true);
  site.metadata.finalizers = finalizers.filter((each) => each !== finalizer);
  await found(custom.replaceNamespacedCustomObject({ ...sites, namespace, name, body: site }));
}

/** Undefined for what is not there. */
async function found(asked) {
  try {
    return await asked;
  } catch (error) {
    if (error.code === 404) return undefined;
    throw error;
  }
}

/** An informer that begins again whenever it has ended. */
function informer(path, list, labelSelector) {
  const made = makeInformer(config, path, list, labelSelector);
  made.on("error", () => setTimeout(() => made.start().catch(() => {}), retryMs));
  return made;
}

const known = new Map();
for (const event of ["add", "update"]) {
  siteInformer.on(event, (site) => {
    const { namespace, name } = site.metadata;
    const before = known.get(name)?.spec.pages ?? [];
    known.set(name, site);
    const gone = before.filter((page) => !site.spec.pages.includes(page));
    if (bug === "unobserved" && gone.length > 0) void removePages(site, (page) => gone.includes(page)).catch(() => {});
    enqueue(namespace, name);
  });
}
siteInformer.on("delete", (site) => {
  if (bug === "leaked") void removePages(site, () => true).catch(() => {});
});
for (const event of ["add", "update", "delete"]) {
  pageInformer.on(event, ({ metadata }) => {
    if (metadata.labels?.site) enqueue(metadata.namespace, metadata.labels.site);
  });
}

async function start(each) {
  await each.start().catch(() => setTimeout(() => void start(each), retryMs));
}
await start(pageInformer);
await start(siteInformer);
