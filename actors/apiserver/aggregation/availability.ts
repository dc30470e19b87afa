import type { HttpsAnswer, HttpsRequest, Step } from "../../../runtime/mod.ts";
import { type ConditionLike, setCondition } from "../../api/conditions.ts";
import { storageKey } from "../../api/kind.ts";
import { endpointSliceRules as endpointSlice } from "../../api/kinds/endpoint_slice.ts";
import { serviceRules as serviceKind } from "../../api/kinds/service.ts";
import type { EndpointSlice, Fields, Frozen, Service } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { askItself } from "../requests/own_request.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import { askServer } from "../webhooks/ask_server.ts";
import { failureText } from "../webhooks/failure_text.ts";
import { frontProxyOf, identityHeaders } from "./front_proxy.ts";
import { isServedHere } from "./remote_paths.ts";
import { localReason, type Remote, type RemoteResource, type RemoteResources } from "./remotes.ts";
import { type Destination, destinationOf } from "./service_destination.ts";

/** As whom the server asks in its own name. */
const aggregator = { name: "system:kube-aggregator", groups: ["system:masters"] };
const discoveryMs = 5_000;
const answerBytesMax = 8 * 1024 * 1024;
const recheckMs = 30_000;
const retryMs = 5_000;
const retryMsMax = 30_000;

interface Verdict {
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

/**
 * Looks whether those answer whom requests are passed on to, and writes it into their APIServices; called every second.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 */
export function checkRemotes(server: Server, step: Step): void {
  for (const remote of server.remotes.byName.values()) {
    const problem = problemOf(server, remote);
    if (problem) {
      remote.checkAtMs = 0;
      tell(server, { remote, verdict: problem }, step);
    } else if (!remote.isChecking && step.uptimeMs >= remote.checkAtMs) check(server, remote, step);
  }
}

/** What is wrong before anybody is asked. */
function problemOf(server: Server, { service: { namespace, name, port } }: Remote): Verdict | undefined {
  const no = (reason: string, message: string): Verdict => ({ status: "False", reason, message });
  const where = `service/${name} in ${JSON.stringify(namespace)}`;
  const item = cacheOf(server, serviceKind).items.get(storageKey(serviceKind, { namespace, name }));
  if (!item) return no("ServiceNotFound", `${where} is not present`);
  const { spec } = objectOf(item) as Frozen<Service>;
  if (spec.type !== "ClusterIP") return undefined;
  const wanted = spec.ports?.find((each) => each.port === port);
  if (!wanted) return no("ServicePortError", `${where} is not listening on port ${port}`);
  const portName = wanted.name ?? "";
  const slices = [...itemsUnder(cacheOf(server, endpointSlice), `${endpointSlice.storagePrefix}/${namespace}/`)]
    .map((each) => objectOf(each) as Frozen<EndpointSlice>)
    .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === name);
  if (slices.length === 0) return no("EndpointsNotFound", `cannot find endpointslices for ${where}`);
  const isThere = slices.some(
    ({ endpoints = [], ports = [] }) =>
      endpoints.some(({ conditions }) => conditions?.ready !== false) &&
      ports?.some((each) => (each.name ?? "") === portName && each.port !== undefined),
  );
  if (isThere) return undefined;
  const text = `endpointslices for ${where} have no addresses with port name ${JSON.stringify(portName)}`;
  return no("MissingEndpoints", text);
}

function check(server: Server, remote: Remote, step: Step) {
  const { group, version, service } = remote;
  const path = `/apis/${group}/${version}`;
  const found = destinationOf(server, { service }, step);
  const shown = `https://${service.name}.${service.namespace}.svc:${service.port}${path}`;
  const failed = (why: string, later: Step) => {
    remote.failures++;
    remote.checkAtMs = later.uptimeMs + Math.min(retryMs * 2 ** (remote.failures - 1), retryMsMax);
    const message = `failing or missing response from ${shown}: ${why}`;
    const unanswered: Verdict = { status: "False", reason: "FailedDiscoveryCheck", message };
    // Who asks for it gets an answer all the same: of what pods use this server tells by itself.
    const own = `this API server answers for ${group}/${version} itself, as long as nobody else does: ${message}`;
    const verdict: Verdict = isServedHere(server, remote)
      ? { status: "True", reason: localReason, message: own }
      : unanswered;
    tell(server, { remote, verdict }, later);
  };
  if (!found.ok) return failed(`Get ${JSON.stringify(shown)}: ${found.failure.why}`, step);
  remote.isChecking = true;
  const done = (answer: HttpsAnswer, later: Step) => {
    remote.isChecking = false;
    if (server.remotes.byName.get(remote.name) !== remote) return;
    if (!answer.ok) return failed(`Get ${JSON.stringify(shown)}: ${failureText(answer, found.value)}`, later);
    if (answer.code < 200 || answer.code > 299) return failed(`bad status from ${shown}: ${answer.code}`, later);
    remote.failures = 0;
    remote.checkAtMs = later.uptimeMs + recheckMs;
    const resources = resourcesIn(answer.body);
    if (resources) remote.resources = resources;
    tell(server, { remote, verdict: { status: "True", reason: "Passed", message: "all checks passed" } }, later);
    learnDocuments(server, remote, later);
  };
  ask(server, { destination: found.value, path, done }, step);
}

/** Finds out where the other's documents tell of what it serves. */
function learnDocuments(server: Server, remote: Remote, step: Step): void {
  const found = destinationOf(server, { service: remote.service }, step);
  if (!found.ok) return;
  const done = (answer: HttpsAnswer) => {
    const { paths } = (answer.ok && answer.code === 200 && fieldsIn(answer.body)) || {};
    const entry = (paths as Fields | undefined)?.[`apis/${remote.group}/${remote.version}`] as Fields | undefined;
    const url = entry?.serverRelativeURL;
    if (typeof url === "string") remote.documentUrl = url;
    else delete remote.documentUrl;
  };
  ask(server, { destination: found.value, path: "/openapi/v3", done }, step);
}

interface Question {
  readonly destination: Destination;
  readonly path: string;
  readonly done: (answer: HttpsAnswer, step: Step) => void;
}

/** Asks without a look at the other's certificate: what it says is only whether it is there, and what it would serve. */
function ask(server: Server, { destination, path, done }: Question, step: Step): void {
  const { url, connectTo } = destination;
  const request: HttpsRequest = {
    method: "GET",
    url: `${url}${path}`,
    headers: { accept: "application/json", ...identityHeaders(aggregator) },
    isUnverified: true,
    ...frontProxyOf(server),
    timeoutMs: discoveryMs,
    bytesMax: answerBytesMax,
    ...(connectTo ? { connectTo } : {}),
  };
  server.asks.wait<HttpsAnswer>(askServer(destination, request, step), (answer, later) =>
    done(answer.ok ? answer.value : { ok: false, code: answer.failure, message: answer.failure }, later),
  );
}

function fieldsIn(text: string): Fields | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function resourcesIn(text: string): RemoteResources | undefined {
  const found = fieldsIn(text);
  const isList = found?.kind === "APIResourceList" && Array.isArray(found.resources);
  if (!isList) return undefined;
  return { resources: (found.resources as unknown[]).flatMap((each) => resourceIn(each) ?? []) };
}

/** A resource as the other says it; undefined where that is none. Not everybody leaves out what is not there: some write null. */
function resourceIn(said: unknown): RemoteResource | undefined {
  if (typeof said !== "object" || said === null) return undefined;
  const { name, singularName, namespaced, group, version, kind, verbs, shortNames, categories } = said as Fields;
  if (typeof name !== "string" || typeof kind !== "string" || !Array.isArray(verbs)) return undefined;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const texts = (value: unknown) =>
    Array.isArray(value) ? value.filter((each) => typeof each === "string") : undefined;
  return {
    ...{ name, kind, verbs: texts(verbs) ?? [], namespaced: namespaced === true },
    ...present({ singularName: text(singularName), group: text(group), version: text(version) }),
    ...present({ shortNames: texts(shortNames), categories: texts(categories) }),
  };
}

/** Writes what was found, where it says something new. */
function tell(
  server: Server,
  { remote, verdict }: { readonly remote: Remote; readonly verdict: Verdict },
  step: Step,
): void {
  const { object } = remote;
  const before: readonly ConditionLike[] = object.status.conditions ?? [];
  const conditions = setCondition(before, { condition: { type: "Available", ...verdict }, nowMs: step.nowMs });
  if (conditions === before) return;
  const body = JSON.stringify({ ...object, status: { ...object.status, conditions } });
  const request = {
    verb: "update" as const,
    ...{ group: "apiregistration.k8s.io", version: "v1", resource: "apiservices" },
    ...{ name: remote.name, subresource: "status", body },
  };
  // Whoever was faster may have seen something else: the next look tells.
  askItself(server, { request, respond: () => {} }, step);
}
