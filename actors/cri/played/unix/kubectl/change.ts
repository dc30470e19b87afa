import { yamlToJson } from "../../../../api/yaml.ts";
import { textOf } from "../byte_text.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import { type ApiObject, must, nameOf, pathOf } from "./client.ts";
import { failWith, type Given, say, sayWrong, type Verb } from "./command.ts";
import { fieldsOf } from "./output.ts";
import { choosing, type Found, fileOf, objectsOf, targetsOf, tellMissing } from "./targets.ts";
import { inRehearsal, rehearsal, tellOf } from "./write.ts";

const refusing = "--overwrite is false";
const declared = `${refusing} but found the following declared annotation(s):`;
const types = { json: "json-patch", merge: "merge-patch", strategic: "strategic-merge-patch" } as const;

interface Patch {
  readonly found: Found;
  readonly type: keyof typeof types;
  readonly object: object;
  readonly subresource?: string;
}

/** Sends a patch, unless nothing is to be written; gives back what came of it. */
function* send(self: Process, given: Given, { found, type, object, subresource }: Patch): Running<ApiObject> {
  const how = rehearsal(given);
  if (how === "client") return found.object;
  const inner = subresource === undefined || subresource === "" ? "" : `/${subresource}`;
  const query = `?fieldManager=kubectl-${given.verb.split(" ")[0]}${how === "server" ? "&dryRun=All" : ""}`;
  const path = `${pathOf(found.resource, found.namespace, found.name)}${inner}${query}`;
  const contentType = `application/${types[type]}+json`;
  const answer = yield* askApi(self, { path, method: "PATCH", contentType, object });
  return JSON.parse(yield* must(self, answer)) as ApiObject;
}

/** What is to be changed; `status` is that of those which are not there. */
function* chosen(
  self: Process,
  given: Given,
  words: readonly string[],
): Running<{ readonly found: readonly Found[]; readonly status: number }> {
  const targets = yield* targetsOf(self, given, words);
  const isChosen = given.isSet("all") || given.has("selector") || given.has("field-selector") || given.has("filename");
  if (targets.some(({ name }) => name === undefined) && !isChosen) {
    return yield* failWith(self, "resource(s) were provided, but no name was specified");
  }
  const { found, missing } = yield* objectsOf(self, given, targets);
  return { found, status: yield* tellMissing(self, missing) };
}

/** `label` and `annotate`, which differ in the field. */
function marking(name: "label" | "annotate"): Verb {
  const [field, deed] = name === "label" ? (["labels", "label"] as const) : (["annotations", "annotate"] as const);
  const thing = name === "label" ? "label" : "annotation";
  return {
    name,
    flags: { ...choosing, overwrite: "yes", list: "yes", "resource-version": "text" },
    *run(self, given) {
      const isMark = (word: string) => /^[^=]+(=|-$)/.test(word);
      const marks = given.words.filter((word, at) => at > 0 && isMark(word));
      const words = given.words.filter((word, at) => at === 0 || !isMark(word));
      if (marks.length === 0) return yield* failWith(self, `at least one ${thing} update is required`);
      const changes = new Map<string, string | null>();
      for (const mark of marks) {
        const [key = "", value] = mark.split(/=([\s\S]*)/, 2);
        changes.set(value === undefined ? key.slice(0, -1) : key, value ?? null);
      }
      const all = yield* chosen(self, given, words);
      let { status } = all;
      for (const found of all.found) {
        const before = found.object.metadata[field] ?? {};
        const [other] = [...changes].filter(([key, value]) => value !== null && (before[key] ?? value) !== value);
        if (other && !given.isSet("overwrite")) {
          const [key] = other;
          const taken = `'${key}' already has a value (${before[key]})`;
          yield* sayWrong(self, `error: ${name === "label" ? `${taken}, and ${refusing}` : `${declared} ${taken}`}`);
          status = 1;
          continue;
        }
        for (const [key, value] of changes) {
          if (value === null && before[key] === undefined) yield* sayWrong(self, `${thing} "${key}" not found.`);
        }
        const isSame = [...changes].every(([key, value]) => (before[key] ?? null) === value);
        const isRemoval = [...changes.values()].every((value) => value === null);
        const object = { metadata: { [field]: Object.fromEntries(changes) } };
        const after = isSame ? found.object : yield* send(self, given, { found, type: "merge", object });
        const done = name === "annotate" ? `${deed}d` : isSame ? "not labeled" : isRemoval ? "unlabeled" : "labeled";
        yield* tellOf(self, given, { resource: found.resource, object: after, deed: done });
      }
      return status;
    },
  };
}

export const label = marking("label");
export const annotate = marking("annotate");

/** Changes how many pods there are to be. */
export const scale: Verb = {
  name: "scale",
  flags: { ...choosing, replicas: "text", "current-replicas": "text", timeout: "text" },
  *run(self, given) {
    const replicas = Number(given.text("replicas"));
    if (!given.has("replicas") || !Number.isInteger(replicas) || replicas < 0) {
      return yield* failWith(
        self,
        given.has("replicas")
          ? "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
          : 'required flag(s) "replicas" not set',
      );
    }
    const current = given.text("current-replicas");
    const { found: all, status } = yield* chosen(self, given, given.words);
    if (all.length === 0 && status === 0) return yield* failWith(self, "no objects passed to scale");
    for (const found of all) {
      const { spec } = found.object as ApiObject & { readonly spec?: { readonly replicas?: number } };
      if (current !== "" && spec?.replicas !== Number(current)) {
        return yield* failWith(self, `Expected replicas to be ${current}, was ${spec?.replicas ?? 0}`);
      }
      yield* send(self, given, { found, type: "merge", object: { spec: { replicas } }, subresource: "scale" });
      yield* say(self, `${nameOf(found.resource, found.name)} scaled${inRehearsal(given)}`);
    }
    return status;
  },
};

/** Sends a patch that is written out. */
export const patch: Verb = {
  name: "patch",
  flags: { ...choosing, patch: "text", "patch-file": "text", type: "text", subresource: "text" },
  *run(self, given) {
    const type = (given.text("type") || "strategic") as keyof typeof types;
    if (!Object.hasOwn(types, type)) {
      return yield* failWith(self, `--type must be one of [json merge strategic], not "${type}"`);
    }
    const text = given.has("patch-file") ? yield* fileOf(self, given.text("patch-file")) : given.text("patch");
    if (text === "")
      return yield* failWith(self, "must specify --patch or --patch-file containing the contents of the patch");
    const parsed = yamlToJson(textOf(text));
    if (!parsed.ok) return yield* failWith(self, `unable to parse ${JSON.stringify(text)}: ${parsed.failure}`);
    const object = JSON.parse(parsed.value.json) as object;
    const subresource = given.text("subresource");
    const { found: all, status } = yield* chosen(self, given, given.words);
    for (const found of all) {
      const isOurs =
        found.resource.group === "" || !found.resource.group.includes(".") || found.resource.group.endsWith(".k8s.io");
      if (type === "strategic" && !isOurs) {
        const advice = "merge or json";
        return yield* failWith(
          self,
          `strategic merge patch is not supported for ${found.resource.group}, use --type ${advice}`,
        );
      }
      const after = yield* send(self, given, { found, type, object, subresource });
      const isSame = after.metadata.resourceVersion === found.object.metadata.resourceVersion;
      const deed = isSame && rehearsal(given) === undefined ? "patched (no change)" : "patched";
      yield* tellOf(self, given, { resource: found.resource, object: after, deed });
    }
    return status;
  },
};

/** `cordon` and `uncordon`. */
function keeping(name: "cordon" | "uncordon"): Verb {
  return {
    name,
    flags: { selector: "text" },
    *run(self, given) {
      const isCordoned = name === "cordon";
      const { found: all, status } = yield* chosen(self, given, ["nodes", ...given.words]);
      for (const found of all) {
        const { unschedulable = false } = fieldsOf(found.object.spec);
        const isSame = unschedulable === isCordoned;
        const object = { spec: { unschedulable: isCordoned ? true : null } };
        if (!isSame) yield* send(self, given, { found, type: "merge", object });
        yield* say(
          self,
          `${nameOf(found.resource, found.name)} ${isSame ? "already " : ""}${name}ed${inRehearsal(given)}`,
        );
      }
      return status;
    },
  };
}

export const cordon = keeping("cordon");
export const uncordon = keeping("uncordon");

/** Has the pods of a workload made anew. */
export const rolloutRestart: Verb = {
  name: "rollout restart",
  flags: choosing,
  *run(self, given) {
    const at = `${new Date(self.kernel.host.wallMs()).toISOString().slice(0, 19)}Z`;
    const annotations = { "kubectl.kubernetes.io/restartedAt": at };
    const object = { spec: { template: { metadata: { annotations } } } };
    const { found: all, status } = yield* chosen(self, given, given.words);
    for (const found of all) {
      if (!/^(Deployment|DaemonSet|StatefulSet)$/.test(found.resource.kind)) {
        return yield* failWith(self, `${found.resource.plural} "${found.name}" restarting is not supported`);
      }
      yield* send(self, given, { found, type: "strategic", object });
      yield* say(self, `${nameOf(found.resource, found.name)} restarted`);
    }
    return status;
  },
};

/** Gives containers of a workload other images. */
export const setImage: Verb = {
  name: "set image",
  flags: choosing,
  *run(self, given) {
    const images = given.words.filter((word, at) => at > 0 && word.includes("="));
    const words = given.words.filter((word) => !images.includes(word));
    const { found: all, status } = yield* chosen(self, given, words);
    for (const found of all) {
      const spec = fieldsOf(found.object.spec);
      const pod = found.resource.kind === "Pod" ? spec : fieldsOf(fieldsOf(spec.template).spec);
      const containers = (pod.containers ?? []) as readonly { readonly name: string }[];
      const changed: { readonly name: string; readonly image: string }[] = [];
      for (const each of images) {
        const [name = "", image = ""] = each.split(/=([\s\S]*)/, 2);
        const named = containers.filter((container) => name === "*" || container.name === name);
        if (named.length === 0) return yield* failWith(self, `unable to find container named "${name}"`);
        changed.push(...named.map((container) => ({ name: container.name, image })));
      }
      const inner = { containers: changed };
      const object = { spec: found.resource.kind === "Pod" ? inner : { template: { spec: inner } } };
      yield* send(self, given, { found, type: "strategic", object });
      yield* say(self, `${nameOf(found.resource, found.name)} image updated${inRehearsal(given)}`);
    }
    return status;
  },
};
