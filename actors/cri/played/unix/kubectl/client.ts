import type { Fields } from "../../../../api/types.ts";
import { textOf } from "../byte_text.ts";
import { type Process, ProcessExit, type Running } from "../kernel/process.ts";
import { type ApiAnswer, type ApiQuestion, askApi } from "../programs/_ask_api.ts";
import { fileText } from "../programs/_curl_security.ts";
import { failWith, type Given, sayWrong } from "./command.ts";

/** An object of the API, as far as kubectl looks into it. */
export interface ApiObject extends Fields {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ApiMetadata;
}

export interface ApiMetadata extends Fields {
  readonly name?: string;
  readonly namespace?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A resource that the server has. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
}

interface Discovered {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly { readonly version: string; readonly resources?: readonly DiscoveredResource[] }[];
  }[];
}

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind?: { readonly kind: string };
  readonly scope: string;
  readonly singularResource?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

const discovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** What a process has found out already. */
const known = new WeakMap<Process, readonly Resource[]>();

/** The first resource of which something holds; the server is asked again when there is none. */
function* findResource(self: Process, holds: (resource: Resource) => boolean): Running<Resource | undefined> {
  return known.get(self)?.find(holds) ?? (yield* discover(self)).find(holds);
}

/** All that the server has; the versions of a group in the order of its preference. */
export function* discover(self: Process): Running<readonly Resource[]> {
  const found: Resource[] = [];
  for (const path of ["/api", "/apis"]) {
    const answer = yield* must(self, yield* askApi(self, { path, accept: discovery }));
    for (const { metadata, versions = [] } of (JSON.parse(answer) as Discovered).items ?? []) {
      const group = metadata?.name ?? "";
      for (const { version, resources = [] } of versions) {
        for (const resource of resources) found.push(resourceOf(resource, { group, version }));
      }
    }
  }
  known.set(self, found);
  return found;
}

function resourceOf(found: DiscoveredResource, { group, version }: Pick<Resource, "group" | "version">): Resource {
  const { resource, responseKind, scope, singularResource = "", verbs = [], shortNames = [], categories = [] } = found;
  const kind = responseKind?.kind ?? "";
  const isNamespaced = scope === "Namespaced";
  return {
    group,
    version,
    plural: resource,
    singular: singularResource,
    kind,
    isNamespaced,
    shortNames,
    categories,
    verbs,
  };
}

/** The resources that a word means: one by its name, `deploy.apps` or `pods.v1`, or a category of them. */
export function* findResources(self: Process, word: string): Running<readonly [Resource, ...Resource[]]> {
  const [name = "", ...behind] = word.toLowerCase().split(".");
  const isNamed = ({ plural, singular, kind, shortNames }: Resource) =>
    plural === name || singular === name || kind.toLowerCase() === name || shortNames.includes(name);
  const rest = behind.join(".");
  const [version = "", ...groups] = behind;
  const isMeant = (each: Resource) =>
    isNamed(each) &&
    (rest === "" || each.group.startsWith(rest) || (each.version === version && each.group === groups.join(".")));
  const found = yield* findResource(self, isMeant);
  if (found) return [found];
  const all = known.get(self) ?? [];
  const [first, ...others] = all.filter(({ categories, verbs }) => categories.includes(word) && verbs.includes("list"));
  if (first) return [first, ...others];
  return yield* failWith(self, `the server doesn't have a resource type "${word}"`);
}

/** The resource of a manifest's kind. */
export function* resourceOfKind(self: Process, { apiVersion = "", kind = "", metadata }: ApiObject): Running<Resource> {
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  const isIts = (each: Resource) => each.kind === kind && each.version === version && each.group === group;
  const found = yield* findResource(self, isIts);
  if (found) return found;
  const missing = `no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`;
  const { name = "", namespace = "" } = metadata;
  return yield* failWith(
    self,
    `resource mapping not found for name: "${name}" namespace: "${namespace}" from "STDIN": ${missing}`,
  );
}

/** Where something is; an empty namespace stands for all of them. */
export function pathOf({ group, version, plural, isNamespaced }: Resource, namespace: string, name?: string): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const inside = isNamespaced && namespace !== "" ? `/namespaces/${namespace}` : "";
  return `${root}${inside}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

/** `deployment.apps/web`. */
export function nameOf({ singular, kind, group }: Resource, name: string): string {
  return `${singular || kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${name}`;
}

/** The namespace that is asked for, or that of the pod. */
export function namespaceOf(self: Process, given: Given): string {
  const said = given.text("namespace");
  if (said !== "") return said;
  return fileText(self, "/var/run/secrets/kubernetes.io/serviceaccount/namespace")?.trim() ?? "default";
}

/** Asks for an object, or a list; whoever cannot be answered is told why, and kubectl ends. */
export function* mustAsk(self: Process, question: ApiQuestion, context?: string): Running<ApiObject> {
  return JSON.parse(yield* must(self, yield* askApi(self, question), context)) as ApiObject;
}

/** What was answered, or the end. */
export function* must(self: Process, answer: ApiAnswer, context?: string): Running<string> {
  if (answer.ok) return answer.body;
  yield* sayWrong(self, refusalText(answer, context));
  throw new ProcessExit(1);
}

/** Something that was refused. */
export type Refusal = Extract<ApiAnswer, { readonly ok: false }>;

/** Why something was refused, in kubectl's words. */
export function refusalText(answer: Refusal, context = ""): string {
  const { reason, status } = answer;
  const text = textOf(answer.text);
  if (status === undefined) {
    return text.startsWith("unable to load in-cluster") || text.startsWith("open ")
      ? "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
      : `Unable to connect to the server: ${text}`;
  }
  if (reason === "Invalid") return `The ${text.replace(/^([^ .]+)\S* ("[^"]*") is invalid/, "$1 $2 is invalid")}`;
  const shown = reason === "" ? "" : ` (${reason})`;
  return `Error from server${shown}: ${context === "" ? "" : `${context}: `}${text}`;
}
