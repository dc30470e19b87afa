import type { KindDefinition } from "../../actors/api/kind.ts";
import type { Frozen, KubeList, KubeObject, Status } from "../../actors/api/types.ts";
import { yamlDocuments } from "../../actors/api/yaml.ts";
import { AskError } from "../../runtime/hosts/host.ts";
import type { Address } from "../../runtime/mod.ts";
import type { ApiAnswer, ApiCall, AskApi } from "../cluster/api_access.ts";
import { messageOf } from "../cluster/input_error.ts";
import { type KindWord, type KindWords, kindOfManifest, kindOfWord, spokenName } from "./kinds.ts";
import { RequestFailed } from "./request_failed.ts";

/** Where a request goes. */
export interface RequestOptions {
  /** Default `default`; empty, a list is of all namespaces. Kinds without namespaces take no notice. */
  readonly namespace?: string;
  /** Which API server to ask. Default: any that answers. */
  readonly server?: Address;
}

/** What to list. */
export interface ListOptions extends RequestOptions {
  /** `app=web,tier!=cache`. */
  readonly labelSelector?: string;
  /** `spec.nodeName=node-1`. */
  readonly fieldSelector?: string;
}

/** How to remove an object. */
export interface RemoveOptions extends RequestOptions {
  /** Default: the object's own; 0 removes a pod without asking its node. */
  readonly gracePeriodSeconds?: number;
  /** Default `Background`. */
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
}

/** A manifest as an object: one that was read, or one that is written down. */
export type Manifest =
  | Frozen<KubeObject>
  | {
      readonly apiVersion: string;
      readonly kind: string;
      readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
      readonly [field: string]: unknown;
    };

/** What a script does with objects, each through the API server; all throw `RequestFailed` when it refuses. */
export interface Objects {
  /** Creates or changes what the manifests say: YAML with any number of documents, an object, or several. */
  apply(
    manifests: string | Manifest | readonly Manifest[],
    options?: RequestOptions,
  ): Promise<readonly Frozen<KubeObject>[]>;
  /** Reads one: `get("deployment/web")`. */
  get<K extends KindWord>(name: `${K}/${string}`, options?: RequestOptions): Promise<Frozen<KindWords[K]>>;
  get<T extends KubeObject = KubeObject>(name: string, options?: RequestOptions): Promise<Frozen<T>>;
  /** Reads many: `list("pods", { labelSelector: "app=web" })`. */
  list<K extends KindWord>(plural: `${K}s`, options?: ListOptions): Promise<readonly Frozen<KindWords[K]>[]>;
  list<T extends KubeObject = KubeObject>(plural: string, options?: ListOptions): Promise<readonly Frozen<T>[]>;
  /** Changes some fields, as `kubectl patch` does: `patch("deployment/web", { spec: { paused: true } })`. */
  patch(name: string, change: object, options?: RequestOptions): Promise<Frozen<KubeObject>>;
  scale(name: string, replicas: number, options?: RequestOptions): Promise<void>;
  remove(name: string, options?: RemoveOptions): Promise<void>;
}

/** What the objects of a script are made of. */
export interface ObjectsOptions {
  readonly api: AskApi;
  /** Hears what was done, in kubectl's words. */
  readonly note: (text: string) => void;
}

const namespaceDefault = "default";
const fieldManager = "scenario";
/** Only to say whether something changes: a server that is slow is not waited for. */
const lookMs = 1_000;

/** Gives a script its way to the API. */
export function createObjects({ api, note }: ObjectsOptions): Objects {
  async function request<T>(attempt: string, call: ApiCall): Promise<ApiAnswer<T>> {
    let answer: ApiAnswer<T>;
    try {
      answer = await api<T>(call);
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      throw new RequestFailed(attempt, { code: 0, reason: "Unanswered", message: messageOf(error) });
    }
    if (answer.code < 400) return answer;
    const { reason = "InternalError", message = "" } = answer.body as Frozen<Status>;
    throw new RequestFailed(attempt, { code: answer.code, reason, message });
  }

  async function applyOne(manifest: Manifest, options: RequestOptions): Promise<Frozen<KubeObject>> {
    const kind = kindOfManifest(manifest);
    const { name, namespace } =
      (manifest.metadata as { readonly name?: string; readonly namespace?: string } | undefined) ?? {};
    if (!name) throw new Error(`Cannot apply a ${manifest.kind}: its manifest has no metadata.name`);
    const spoken = spokenName(kind, name);
    const target = targetOf(kind, name, namespace === undefined ? options : { ...options, namespace });
    const before = await api<KubeObject>({ ...target, verb: "get", timeoutMs: lookMs }).catch(() => undefined);
    const { code, body } = await request<KubeObject>(`apply ${spoken}`, {
      ...target,
      verb: "patch",
      contentType: "application/apply-patch+yaml",
      query: { fieldManager, force: "true" },
      body: manifest,
    });
    const isSame = before?.body.metadata.resourceVersion === body.metadata.resourceVersion;
    note(`${spoken} ${code === 201 ? "created" : isSame ? "unchanged" : "configured"}`);
    return body;
  }

  async function get(name: string, options: RequestOptions = {}) {
    const named = parseName(name);
    const target = targetOf(named.kind, named.name, options);
    return (await request<KubeObject>(`get ${name}`, { ...target, verb: "get" })).body;
  }

  async function list(plural: string, { labelSelector, fieldSelector, ...options }: ListOptions = {}) {
    const query = { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
    const target = targetOf(kindOfWord(plural), undefined, options);
    return (await request<KubeList>(`list ${plural}`, { ...target, verb: "list", query })).body.items;
  }

  return {
    async apply(manifests, options = {}) {
      const applied: Frozen<KubeObject>[] = [];
      for (const manifest of manifestsOf(manifests)) applied.push(await applyOne(manifest, options));
      return applied;
    },
    // The kind's word says which type its objects have.
    get: get as Objects["get"],
    list: list as Objects["list"],
    async patch(name, change, options = {}) {
      const named = parseName(name);
      const target = targetOf(named.kind, named.name, options);
      const contentType = "application/strategic-merge-patch+json";
      const call: ApiCall = { ...target, verb: "patch", contentType, body: change };
      const { body } = await request<KubeObject>(`patch ${name}`, call);
      note(`${spokenName(named.kind, named.name)} patched`);
      return body;
    },
    async scale(name, replicas, options = {}) {
      const named = parseName(name);
      const target = { ...targetOf(named.kind, named.name, options), subresource: "scale" };
      const contentType = "application/merge-patch+json";
      await request(`scale ${name}`, { ...target, verb: "patch", contentType, body: { spec: { replicas } } });
      note(`${spokenName(named.kind, named.name)} scaled to ${replicas}`);
    },
    async remove(name, { gracePeriodSeconds, propagationPolicy = "Background", ...options } = {}) {
      const named = parseName(name);
      const body = { propagationPolicy, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) };
      await request(`remove ${name}`, { ...targetOf(named.kind, named.name, options), verb: "delete", body });
      note(`${spokenName(named.kind, named.name)} deleted`);
    },
  };
}

function targetOf(
  { group, version, plural, namespaced }: KindDefinition,
  name: string | undefined,
  { namespace = namespaceDefault, server }: RequestOptions,
): Omit<ApiCall, "verb"> {
  return {
    group,
    version,
    resource: plural,
    ...(namespaced && namespace !== "" ? { namespace } : {}),
    ...(name === undefined ? {} : { name }),
    ...(server === undefined ? {} : { server }),
  };
}

function parseName(text: string): { readonly kind: KindDefinition; readonly name: string } {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) {
    throw new Error(`Cannot find "${text}": name an object by its kind and name, as in deployment/web`);
  }
  return { kind: kindOfWord(text.slice(0, slash)), name: text.slice(slash + 1) };
}

function manifestsOf(manifests: string | Manifest | readonly Manifest[]): readonly Manifest[] {
  if (typeof manifests !== "string") return isList(manifests) ? manifests : [manifests];
  const documents = yamlDocuments(manifests);
  if (!documents.ok) throw new Error(`Cannot apply manifests: they are no YAML: ${documents.failure}`);
  return documents.value.map(({ json }) => JSON.parse(json) as Manifest | null).filter((manifest) => manifest !== null);
}

function isList(manifests: Manifest | readonly Manifest[]): manifests is readonly Manifest[] {
  return Array.isArray(manifests);
}
