import { yamlDocuments } from "../../../../api/yaml.ts";
import { textOf } from "../byte_text.ts";
import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { openPath, readAll } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import {
  type ApiObject,
  findResources,
  must,
  mustAsk,
  namespaceOf,
  pathOf,
  type Resource,
  refusalText,
  resourceOfKind,
} from "./client.ts";
import { failWith, type Given, sayWrong } from "./command.ts";

/** What a command is about: an object by its name, or those of a kind. */
export interface Target {
  readonly resource: Resource;
  /** `""` for a resource without namespaces, and for all of them. */
  readonly namespace: string;
  /** Undefined: all of the kind, by the selectors. */
  readonly name?: string;
}

/** The flags by which objects are chosen. */
export const choosing = {
  selector: "text",
  "field-selector": "text",
  "all-namespaces": "yes",
  all: "yes",
  filename: "list",
  recursive: "yes",
  kustomize: "text",
} as const;

/** What the words of a command name: `TYPE NAME...`, `TYPE/NAME...`, `TYPE,TYPE`, or what is in files. */
export function* targetsOf(self: Process, given: Given, words: readonly string[]): Running<readonly Target[]> {
  if (given.has("filename") || given.has("kustomize")) return yield* targetsInFiles(self, given);
  const isEverywhere = given.isSet("all-namespaces");
  const at = namespaceOf(self, given);
  const place = ({ isNamespaced }: Resource) => (isNamespaced && !isEverywhere ? at : "");
  const [first = "", ...names] = words;
  if (first === "") {
    return yield* failWith(self, `You must specify the type of resource to ${given.verb.split(" ").at(-1)}.`);
  }
  const targets: Target[] = [];
  if (!first.includes("/") && names.some((name) => name.includes("/"))) {
    const advice =
      "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";
    const doubled = "there is no need to specify a resource type as a separate argument when passing arguments in";
    return yield* failWith(self, `${doubled} resource/name form ${advice}`);
  }
  if (first.includes("/")) {
    for (const word of words) {
      const [type = "", name = ""] = word.split("/");
      if (name === "") {
        return yield* failWith(self, "arguments in resource/name form may not have more than one slash");
      }
      const [resource] = yield* findResources(self, type);
      targets.push({ resource, namespace: place(resource), name });
    }
    return targets;
  }
  for (const type of first.split(",")) {
    for (const resource of yield* findResources(self, type)) {
      const namespace = place(resource);
      if (names.length === 0) targets.push({ resource, namespace });
      for (const name of names) targets.push({ resource, namespace, name });
    }
  }
  return targets;
}

function* targetsInFiles(self: Process, given: Given): Running<readonly Target[]> {
  const targets: Target[] = [];
  for (const { object, resource, namespace } of yield* manifestsOf(self, given)) {
    targets.push({ resource, namespace, name: object.metadata.name ?? "" });
  }
  return targets;
}

/** A manifest, and where it belongs. */
export interface Manifest {
  readonly object: ApiObject;
  readonly resource: Resource;
  readonly namespace: string;
  /** The file that it was in. */
  readonly file: string;
}

/** All that is in the files of `-f`, in their order, lists taken apart. */
export function* manifestsOf(self: Process, given: Given): Running<readonly Manifest[]> {
  if (given.has("kustomize")) {
    return yield* failWith(
      self,
      "kubetroupe plays a kubectl that reads files by -f, and makes none of a kustomization",
    );
  }
  const manifests: Manifest[] = [];
  for (const file of yield* filesOf(self, given)) {
    const documents = yamlDocuments(textOf(yield* fileOf(self, file)));
    const shown = file === "-" ? "STDIN" : file;
    if (!documents.ok)
      return yield* failWith(self, `error parsing ${file}: error converting YAML to JSON: ${documents.failure}`);
    for (const { json } of documents.value) {
      for (const object of objectsIn(JSON.parse(json))) {
        if (object.kind === undefined || object.apiVersion === undefined) {
          const missing = object.kind === undefined ? "kind" : "apiVersion";
          const advice = "if you choose to ignore these errors, turn validation off with --validate=false";
          return yield* failWith(
            self,
            `error validating "${shown}": error validating data: ${missing} not set; ${advice}`,
          );
        }
        const resource = yield* resourceOfKind(self, object);
        const namespace = resource.isNamespaced ? (object.metadata.namespace ?? namespaceOf(self, given)) : "";
        manifests.push({ object, resource, namespace, file: shown });
      }
    }
  }
  if (manifests.length === 0) return yield* failWith(self, "no objects passed to apply");
  return manifests;
}

function objectsIn(value: unknown): readonly ApiObject[] {
  if (typeof value !== "object" || value === null) return [];
  const { metadata = {}, ...rest } = value as Partial<ApiObject>;
  const { items } = rest as { readonly items?: readonly unknown[] };
  return Array.isArray(items) && rest.kind?.endsWith("List") ? items.flatMap(objectsIn) : [{ ...rest, metadata }];
}

function* filesOf(self: Process, given: Given): Running<readonly string[]> {
  const files: string[] = [];
  for (const path of given.all("filename").flatMap((each) => each.split(","))) {
    if (/^https?:\/\//.test(path)) {
      return yield* failWith(self, `unable to read URL "${path}": kubetroupe plays a kubectl that fetches nothing`);
    }
    const node = path === "-" ? undefined : self.kernel.host.tree.find(resolvePath(self.folder, path));
    if (node === undefined || hasFailed(node) || node.kind !== "folder") {
      files.push(path);
      continue;
    }
    const names = [...node.entries.keys()].filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    files.push(...names.map((name) => `${path.replace(/\/$/, "")}/${name}`));
  }
  if (files.length === 0) return yield* failWith(self, "must specify one of -f and -k");
  return files;
}

/** All that a file has, or the standard input as `-`. */
export function* fileOf(self: Process, path: string): Running<string> {
  const file = path === "-" ? self.files.get(0) : openPath(self, path, { canRead: true, canWrite: false });
  if (!file || "error" in file) {
    const why = errorTexts[file?.error ?? "EBADF"].toLowerCase();
    return yield* failWith(
      self,
      why.startsWith("no such") ? `the path "${path}" does not exist` : `open ${path}: ${why}`,
    );
  }
  return yield* readAll(self, file);
}

/** What is chosen by selectors, as a query. */
export function queryOf(given: Given, more: Readonly<Record<string, string>> = {}): string {
  const [labels, fields] = [given.text("selector"), given.text("field-selector")];
  const query = Object.entries({
    ...(labels === "" ? {} : { labelSelector: labels }),
    ...(fields === "" ? {} : { fieldSelector: fields }),
    ...more,
  });
  const text = query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  return text === "" ? "" : `?${text}`;
}

/** An object that was found, and its target. */
export interface Found extends Target {
  readonly name: string;
  readonly object: ApiObject;
}

/** The objects that targets mean, as they are now; and what is to be said of those that are not there. */
export function* objectsOf(
  self: Process,
  given: Given,
  targets: readonly Target[],
): Running<{ readonly found: readonly Found[]; readonly missing: readonly string[] }> {
  const found: Found[] = [];
  const missing: string[] = [];
  for (const { resource, namespace, name } of targets) {
    if (name === undefined) {
      const list = yield* mustAsk(self, { path: `${pathOf(resource, namespace)}${queryOf(given)}` });
      const { items = [] } = list as ApiObject & { readonly items?: readonly ApiObject[] };
      const [apiVersion, kind] = [list.apiVersion ?? "", resource.kind];
      for (const item of items) {
        const { metadata } = item;
        const own = { resource, namespace: metadata.namespace ?? "", name: metadata.name ?? "" };
        found.push({ ...own, object: { apiVersion, kind, ...item } });
      }
      continue;
    }
    const answer = yield* askApi(self, { path: pathOf(resource, namespace, name) });
    if (answer.ok) found.push({ resource, namespace, name, object: JSON.parse(answer.body) as ApiObject });
    else if (answer.reason !== "NotFound") yield* must(self, answer);
    else if (!given.isSet("ignore-not-found")) missing.push(refusalText(answer));
  }
  return { found, missing };
}

/** Tells of what is not there, and gives back the exit status of that. */
export function* tellMissing(self: Process, missing: readonly string[]): Running {
  for (const text of missing) yield* sayWrong(self, text);
  return missing.length === 0 ? 0 : 1;
}
