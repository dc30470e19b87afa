import { sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { type ApiAnswer, askApi } from "../programs/_ask_api.ts";
import { type ApiObject, must, nameOf, pathOf, type Refusal, type Resource, refusalText } from "./client.ts";
import { failWith, type Given, say, sayWrong, type Verb } from "./command.ts";
import { show, sorted } from "./output.ts";
import { choosing, type Found, type Manifest, manifestsOf, objectsOf, targetsOf, tellMissing } from "./targets.ts";

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
const lookMs = 500;
const immediate =
  "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.";

const { filename, recursive, kustomize } = choosing;
const files = { filename, recursive, kustomize } as const;

/** Whether nothing is to be written, here or by the server. */
export function rehearsal(given: Given): "client" | "server" | undefined {
  const said = given.text("dry-run");
  return said === "server" ? "server" : /^(client|unchanged|true)$/.test(said) ? "client" : undefined;
}

/** What a deed is told with: `(dry run)`. */
export function inRehearsal(given: Given): string {
  const how = rehearsal(given);
  return how === undefined ? "" : how === "client" ? " (dry run)" : " (server dry run)";
}

/**
 * Makes objects what manifests say. The server merges, as with `--server-side`, also without that: then nobody's
 * conflicts count, and the manifest is kept in the annotation that kubectl compares with.
 */
export const apply: Verb = {
  name: "apply",
  flags: {
    ...files,
    "server-side": "yes",
    "force-conflicts": "yes",
    force: "yes",
    overwrite: "yes",
    wait: "yes",
    timeout: "text",
  },
  *run(self, given) {
    let status = 0;
    for (const manifest of yield* manifestsOf(self, given)) if (!(yield* applyOne(self, given, manifest))) status = 1;
    return status;
  },
};

function* applyOne(self: Process, given: Given, { object, resource, namespace, file }: Manifest): Running<boolean> {
  const name = object.metadata.name ?? "";
  const shown = nameOf(resource, name);
  const how = rehearsal(given);
  const isServerSide = given.isSet("server-side");
  const path = pathOf(resource, namespace, name);
  const before = yield* askApi(self, { path });
  if (!before.ok && before.reason !== "NotFound") return yield* refused(self, before);
  const isNew = !before.ok;
  if (how === "client") {
    yield* tellOf(self, given, { resource, object, deed: isNew ? "created" : "configured" });
    return true;
  }
  const manager = given.text("field-manager") || (isServerSide ? "kubectl" : "kubectl-client-side-apply");
  const force = !isServerSide || given.isSet("force-conflicts");
  const query = `fieldManager=${encodeURIComponent(manager)}&force=${force}${how === "server" ? "&dryRun=All" : ""}`;
  const kept = isServerSide ? object : withLastApplied(object);
  const answer = yield* askApi(self, {
    ...{ path: `${path}?${query}`, method: "PATCH", object: kept, contentType: "application/apply-patch+yaml" },
  });
  if (!answer.ok) return yield* refused(self, answer, isNew && !isServerSide ? `error when creating "${file}"` : "");
  const written = JSON.parse(answer.body) as ApiObject;
  const isSame =
    before.ok && textOfWanted(JSON.parse(before.body) as ApiObject, object) === textOfWanted(written, object);
  const deed = isServerSide ? "serverside-applied" : isNew ? "created" : isSame ? "unchanged" : "configured";
  if (given.text("output") === "") yield* say(self, `${shown} ${deed}${inRehearsal(given)}`);
  else yield* show(self, { form: given.text("output"), shown: [{ resource, object: written }], isOne: true });
  return true;
}

/** What of an object somebody wants, as far as a manifest can say that: its status and what controllers note are not. */
function textOfWanted({ metadata, status: _, ...rest }: ApiObject & { status?: unknown }, manifest: ApiObject): string {
  const { labels = {}, annotations = {} } = metadata;
  const noted = Object.keys(manifest.metadata.annotations ?? {}).map((key) => annotations[key]);
  return JSON.stringify(sorted([rest, labels, noted]));
}

function withLastApplied(object: ApiObject): ApiObject {
  const { annotations, ...metadata } = object.metadata;
  const { [lastApplied]: _, ...others } = annotations ?? {};
  const text = `${JSON.stringify({ ...object, metadata: { annotations: others, ...metadata } })}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...others, [lastApplied]: text } } };
}

function* refused(self: Process, answer: ApiAnswer, context = ""): Running<false> {
  if (!answer.ok) yield* sayWrong(self, refusalText(answer, context));
  return false;
}

interface Told {
  readonly resource: Resource;
  readonly object: ApiObject;
  readonly deed: string;
}

/** Tells what became of an object, or shows it. */
export function* tellOf(self: Process, given: Given, { resource, object, deed }: Told): Running<void> {
  const form = given.text("output");
  if (form !== "") return yield* show(self, { form, shown: [{ resource, object }], isOne: true });
  yield* say(self, `${nameOf(resource, object.metadata.name ?? "")} ${deed}${inRehearsal(given)}`);
}

/** An object that is to be made. */
export interface Created extends Omit<Manifest, "file"> {
  /** What is said where it could not be made. */
  refusal(answer: Refusal): string;
}

/** Makes an object, unless nothing is to be written. */
export function* createOne(self: Process, given: Given, created: Created): Running<boolean> {
  const { object, resource, namespace } = created;
  const how = rehearsal(given);
  if (how === "client") {
    yield* tellOf(self, given, { resource, object, deed: "created" });
    return true;
  }
  const query = how === "server" ? "?fieldManager=kubectl-create&dryRun=All" : "?fieldManager=kubectl-create";
  const answer = yield* askApi(self, { path: `${pathOf(resource, namespace)}${query}`, object });
  if (!answer.ok) {
    yield* sayWrong(self, created.refusal(answer));
    return false;
  }
  yield* tellOf(self, given, { resource, object: JSON.parse(answer.body) as ApiObject, deed: "created" });
  return true;
}

/** Makes what is in files. */
export function* createFromFiles(self: Process, given: Given): Running {
  let status = 0;
  for (const { file, ...manifest } of yield* manifestsOf(self, given)) {
    if (
      !(yield* createOne(self, given, {
        ...manifest,
        refusal: (answer) => refusalText(answer, `error when creating "${file}"`),
      }))
    )
      status = 1;
  }
  return status;
}

/** Puts whole objects in the place of what is there. */
export const replace: Verb = {
  name: "replace",
  flags: { ...files, force: "yes", save: "yes" },
  *run(self, given) {
    let status = 0;
    for (const { object, resource, namespace } of yield* manifestsOf(self, given)) {
      const path = pathOf(resource, namespace, object.metadata.name ?? "");
      const query = "?fieldManager=kubectl-replace";
      const answer = yield* askApi(self, { path: `${path}${query}`, method: "PUT", object });
      if (answer.ok) yield* tellOf(self, given, { resource, object, deed: "replaced" });
      else {
        yield* refused(self, answer);
        status = 1;
      }
    }
    return status;
  },
};

/** Deletes objects, and waits until they are gone. */
export const remove: Verb = {
  name: "delete",
  flags: {
    ...{ ...choosing, "ignore-not-found": "yes", wait: "yes", now: "yes", force: "yes" },
    ...{ "grace-period": "text", cascade: "text", timeout: "text" },
  },
  *run(self, given) {
    const targets = yield* targetsOf(self, given, given.words);
    const isChosen = given.isSet("all") || given.has("selector") || given.has("field-selector");
    if (targets.some(({ name }) => name === undefined) && !isChosen) {
      return yield* failWith(self, "resource(s) were provided, but no name was specified");
    }
    const { found, missing } = yield* objectsOf(self, given, targets);
    if (given.isSet("force") && given.text("grace-period") !== "1") yield* sayWrong(self, immediate);
    if (found.length === 0 && missing.length === 0 && !given.isSet("ignore-not-found"))
      yield* sayWrong(self, "No resources found");
    for (const each of found) yield* deleteOne(self, given, each);
    const waits = !given.has("wait") || given.isSet("wait");
    if (waits && rehearsal(given) === undefined) for (const each of found) yield* untilGone(self, each);
    return yield* tellMissing(self, missing);
  },
};

function* deleteOne(self: Process, given: Given, { resource, namespace, name }: Found): Running<void> {
  const cascade = given.text("cascade") || "background";
  const policies: Readonly<Record<string, string>> = { foreground: "Foreground", orphan: "Orphan", false: "Orphan" };
  const grace = given.isSet("now") ? "1" : given.text("grace-period") || (given.isSet("force") ? "0" : "");
  const how = rehearsal(given);
  if (how !== "client") {
    const object = {
      ...{ propagationPolicy: policies[cascade] ?? "Background", ...(how === "server" ? { dryRun: ["All"] } : {}) },
      ...(grace === "" ? {} : { gracePeriodSeconds: Number(grace) }),
    };
    yield* must(self, yield* askApi(self, { path: pathOf(resource, namespace, name), method: "DELETE", object }));
  }
  const kind = nameOf(resource, "").slice(0, -1);
  const place = namespace === "" ? "" : ` from ${namespace} namespace`;
  yield* say(self, `${kind} "${name}" ${given.isSet("force") ? "force " : ""}deleted${place}${inRehearsal(given)}`);
}

function* untilGone(self: Process, { resource, namespace, name, object }: Found): Running<void> {
  for (;;) {
    const answer = yield* askApi(self, { path: pathOf(resource, namespace, name) });
    if (!answer.ok) return;
    if ((JSON.parse(answer.body) as ApiObject).metadata.uid !== object.metadata.uid) return;
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + lookMs);
  }
}
