import { sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, fatal, listenAndServe, log, problem, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** What of a review the judges below look at. */
interface Asked {
  readonly name?: string;
  readonly operation?: string;
  readonly subResource?: string;
  readonly object?: Reviewed | null;
  readonly oldObject?: Reviewed | null;
}

interface Reviewed {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly containers?: readonly Named[]; readonly initContainers?: readonly Named[] };
  readonly stdin?: boolean;
  readonly container?: string;
}

interface Named {
  readonly name?: string;
}

interface Verdict {
  readonly allowed: boolean;
  readonly status?: {
    readonly message?: string;
    readonly reason?: string;
    readonly status?: string;
    readonly code?: number;
  };
  readonly patch?: readonly object[];
}

type Judge = (asked: Asked, sidecarImage: string) => Verdict;

const key = "webhook-e2e-test";
const yes: Verdict = { allowed: true };

/** A webhook that judges and changes objects as Kubernetes' tests of admission expect it. */
export const webhook: Subcommand = {
  name: "webhook",
  flags: { "tls-cert-file": "", "tls-private-key-file": "", port: 443, "sidecar-image": "" },
  *run(self, given) {
    const [certFile, keyFile] = [given.text("tls-cert-file"), given.text("tls-private-key-file")];
    // It serves nothing without a certificate.
    if (certFile === "" || keyFile === "") return yield* fatal(self, "open : no such file or directory");
    yield* listenAndServe(self, { port: given.number("port"), certFile, keyFile }, (thread, request) =>
      serve(thread, request, given.text("sidecar-image")),
    );
    return yield* waitForEver();
  },
};

function* serve(self: Process, request: Request, sidecarImage: string): Running<Response> {
  const { pathname } = request.url;
  if (pathname === "/readyz") return answer(self, "ok");
  const judge = judges[pathname];
  if (!judge) return problem(self, "404 page not found", 404);
  const type = request.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (type !== "application/json") {
    yield* log(self, `contentType=${type}, expect application/json`);
    return answer(self, "");
  }
  const review = parsed(request.body);
  if (!review) return problem(self, "Request could not be decoded: couldn't get version/kind; json parse error", 400);
  if (pathname === "/always-allow-delay-5s") yield* sleepUntil(self, self.kernel.host.uptimeMs() + 5_000);
  const { request: asked = {}, apiVersion, kind } = review;
  if (pathname === "/pods" && asked.object?.metadata?.labels?.[key] === "wait-forever") return yield* waitForEver();
  const { allowed, status, patch } = judge(asked, sidecarImage);
  const response = {
    uid: asked.uid,
    allowed,
    ...(status ? { status: { metadata: {}, ...status } } : {}),
    ...(patch ? { patch: btoa(JSON.stringify(patch)), patchType: "JSONPatch" } : {}),
  };
  const headers = [["Content-Type", "application/json"]] as const;
  return answer(self, JSON.stringify({ kind, apiVersion, response }), { headers });
}

interface Review {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly request?: Asked & { readonly uid?: string };
}

function parsed(text: string): Review | undefined {
  try {
    const review = JSON.parse(text) as Review;
    return review.kind === "AdmissionReview" ? review : undefined;
  } catch {
    return undefined;
  }
}

const judges: Readonly<Record<string, Judge>> = {
  "/always-allow-delay-5s": () => yes,
  "/always-deny": () => ({ allowed: false, status: { message: "this webhook denies all requests" } }),
  "/add-label": ({ object }) => {
    const labels = object?.metadata?.labels;
    const path = "/metadata/labels";
    if (!labels || Object.keys(labels).length === 0)
      return { allowed: true, patch: [{ op: "add", path, value: { "added-label": "yes" } }] };
    const op = labels["added-label"] === undefined ? "add" : "replace";
    if (labels["added-label"] === "yes") return yes;
    return { allowed: true, patch: [{ op, path: `${path}/added-label`, value: "yes" }] };
  },
  "/pods": ({ object }) => {
    const isUnwanted = object?.metadata?.labels?.[key] === "webhook-disallow";
    const names = (object?.spec?.containers ?? []).filter(({ name }) => name?.includes("webhook-disallow"));
    const said = [
      ...(isUnwanted ? ["the pod contains unwanted label;"] : []),
      ...names.map(() => "the pod contains unwanted container name;"),
    ];
    return said.length === 0 ? yes : { allowed: false, status: { message: said.join(" ") } };
  },
  "/pods/attach": ({ name, object }) =>
    name === "to-be-attached-pod" && object?.stdin === true && object.container === "container1"
      ? { allowed: false, status: { message: "attaching to pod 'to-be-attached-pod' is not allowed" } }
      : yes,
  "/mutating-pods": ({ object }) => {
    const name = "webhook-added-init-container";
    const isMeant = object?.metadata?.name === "webhook-to-be-mutated";
    if (!isMeant || object?.spec?.initContainers?.some((each) => each.name === name)) return yes;
    const value = [{ image: "webhook-added-image", name, resources: {} }];
    return { allowed: true, patch: [{ op: "add", path: "/spec/initContainers", value }] };
  },
  "/mutating-pods-sidecar": ({ object }, image) => {
    const name = "webhook-added-sidecar";
    if (image === "") {
      const message = "No image specified by the sidecar-image parameter";
      return { allowed: false, status: { status: "Failure", message, code: 500 } };
    }
    if (object?.spec?.containers?.some((each) => each.name === name)) return yes;
    return {
      allowed: true,
      patch: [{ op: "add", path: "/spec/containers/-", value: { image, name, resources: {} } }],
    };
  },
  "/configmaps": (asked) =>
    judgedData(asked, [
      "the configmap contains unwanted key and value",
      "the configmap cannot be deleted because it contains unwanted key and value",
    ]),
  "/custom-resource": (asked) =>
    judgedData(asked, [
      "the custom resource contains unwanted data",
      "the custom resource cannot be deleted because it contains unwanted key and value",
    ]),
  "/mutating-configmaps": nextStage,
  "/mutating-custom-resource": nextStage,
  "/crd": ({ object }) =>
    object?.metadata?.labels?.[key] === "webhook-disallow"
      ? { allowed: false, status: { message: "the crd contains unwanted label" } }
      : yes,
};

function judgedData({ operation, object, oldObject }: Asked, [unwanted, kept]: readonly [string, string]): Verdict {
  const isDelete = operation === "DELETE";
  const value = (isDelete ? oldObject : object)?.data?.[key];
  if (value === "webhook-disallow" && (operation === "CREATE" || operation === "UPDATE"))
    return { allowed: false, status: { reason: unwanted } };
  return value === "webhook-nondeletable" && isDelete ? { allowed: false, status: { reason: kept } } : yes;
}

/** Each stage follows the one before it. */
function nextStage({ object }: Asked): Verdict {
  const { data = {} } = object ?? {};
  const stage = data["mutation-stage-1"] === "yes" ? 2 : data["mutation-start"] === "yes" ? 1 : undefined;
  if (stage === undefined) return yes;
  return { allowed: true, patch: [{ op: "add", path: `/data/mutation-stage-${stage}`, value: "yes" }] };
}
