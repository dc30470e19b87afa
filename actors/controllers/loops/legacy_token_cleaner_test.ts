import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { createPlainLoop, type ReadAction } from "../../../properties/stages/controllers/plain_loop.ts";
import { secret } from "../../api/kinds/secret.ts";
import { ok } from "../../kit/result.ts";
import { legacyTokenCleaner } from "./legacy_token_cleaner.ts";

const dayMs = 24 * 3_600_000;
const today = Date.UTC(2030, 5, 15, 12);
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const lastUsed = "kubernetes.io/legacy-token-last-used";
const invalidSince = "kubernetes.io/legacy-token-invalid-since";

const token = (name: string, labels: Readonly<Record<string, string>> = {}, ageDays = 800) => ({
  ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token" },
  metadata: {
    ...{ name, namespace: "default", labels, annotations: { "kubernetes.io/service-account.name": "bot" } },
    creationTimestamp: `${day(today - ageDays * dayMs)}T00:00:00Z`,
  },
});

/** Looks at one token; `since` is how many days ago it began to be noted who uses tokens. */
function looked(object: ReturnType<typeof token>, { since = 500, named = true, pods = [] as readonly object[] } = {}) {
  const asked: string[] = [];
  const read = ({ kind }: ReadAction) => {
    asked.push(kind.kind);
    if (kind.kind === "ConfigMap") return ok({ data: { since: day(today - since * dayMs) } });
    if (kind.kind === "Pod") return ok({ items: pods });
    return ok({ metadata: { name: "bot", uid: "u" }, secrets: named ? [{ name: object.metadata.name }] : [] });
  };
  const loop = createPlainLoop(legacyTokenCleaner, read);
  loop.put(object);
  const plan = loop.turn(`default/${object.metadata.name}`, today);
  const [left] = loop.all(secret);
  return { left: left ? (left.metadata.labels?.[invalidSince] ?? "as it was") : "gone", asked, plan };
}

test("legacyTokenCleaner marks a token that nobody has used for a year, and removes it a year later", () => {
  assert.equal(looked(token("never")).left, day(today));
  assert.equal(looked(token("long-ago", { [lastUsed]: day(today - 366 * dayMs) })).left, day(today));
  assert.equal(looked(token("garbled", { [invalidSince]: "soon" })).left, day(today));
  const marked = (days: number) => token("marked", { [invalidSince]: day(today - days * dayMs) });
  assert.equal(looked(marked(365)).left, day(today - 365 * dayMs));
  assert.equal(looked(marked(366)).left, "gone");
});

test("legacyTokenCleaner leaves alone what is young, used, asked for by hand, or has not been watched for long enough", () => {
  const young = looked(token("young", {}, 300));
  assert.deepEqual([young.left, young.asked, young.plan?.againAfterMs], ["as it was", [], dayMs]);
  assert.equal(looked(token("used", { [lastUsed]: day(today - 364 * dayMs) })).left, "as it was");
  assert.equal(looked(token("odd", { [lastUsed]: "yesterday" })).left, "as it was");
  assert.equal(looked(token("by-hand"), { named: false }).left, "as it was");
  assert.equal(looked(token("early"), { since: 365 }).left, "as it was");
  assert.equal(looked(token("late"), { since: 367 }).left, day(today));
  const pod = {
    ...{ metadata: { name: "p" }, status: {} },
    spec: { containers: [], volumes: [{ name: "v", secret: { secretName: "mounted" } }] },
  };
  assert.equal(looked(token("mounted"), { pods: [pod] }).left, "as it was");
});

test("legacyTokenCleaner may do what it does, and an API server says since when it notes who uses tokens", () => {
  const lab = createControllerLab({ loops: ["legacy-token-cleaner"] });
  const tracking = "kube-apiserver-legacy-service-account-token-tracking";
  assert.ok(lab.until(() => lab.one("configmaps", tracking, "kube-system")));
  assert.match(lab.one("configmaps", tracking, "kube-system").data.since, /^\d{4}-\d{2}-\d{2}$/);
  const user = "system:serviceaccount:kube-system:legacy-service-account-token-cleaner";
  const may = (verb: string, resource: string, name = "") => {
    const spec = { user, resourceAttributes: { namespace: "kube-system", verb, resource, name } };
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", metadata: {}, spec };
    const url = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    const answer = lab.http(url, { method: "POST", body: JSON.stringify(review) });
    return JSON.parse(answer.body()).status.allowed;
  };
  const rights = [may("get", "configmaps", tracking), may("get", "serviceaccounts"), may("list", "pods")];
  assert.deepEqual([...rights, may("patch", "secrets"), may("delete", "secrets")], Array(5).fill(true));
  assert.deepEqual([may("get", "configmaps", "other"), may("get", "secrets")], [false, false]);
});
