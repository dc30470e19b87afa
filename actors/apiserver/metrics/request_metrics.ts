import type { KindDefinition } from "../../api/kind.ts";
import { bucketsOf, type Histogram, observe } from "../../kit/histogram.ts";
import type { ApiRequest } from "../messages.ts";

/** What was asked in one way, however often. */
export interface RequestSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly codes: Map<number, number>;
  readonly durations: Histogram;
}

/** What a server counts of its requests. */
export interface RequestMetrics {
  readonly series: Map<string, RequestSeries>;
}

/** Kubernetes' own, in seconds. */
const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];

/** Begins to count. */
export function createRequestMetrics(): RequestMetrics {
  return { series: new Map() };
}

const verbs: Readonly<Record<ApiRequest["verb"], string>> = {
  get: "GET",
  list: "LIST",
  watch: "WATCH",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETECOLLECTION",
  options: "OPTIONS",
};

/** A request that was answered. */
export interface AnsweredRequest {
  readonly request: ApiRequest;
  readonly kind: Pick<KindDefinition, "group" | "version" | "plural" | "namespaced">;
  readonly code: number;
  readonly tookMs: number;
}

/** Counts a request for something that is served, so that there are as many series as there are things to ask for. */
export function countRequest({ series }: RequestMetrics, { request, kind, code, tookMs }: AnsweredRequest): void {
  const scope = scopeOf(request, kind);
  const { group, version, plural } = kind;
  const { verb, subresource = "" } = request;
  const isDry = request.query?.dryRun === "All";
  const key = `${verb} ${group} ${version} ${plural} ${subresource} ${scope} ${isDry}`;
  let own = series.get(key);
  if (own === undefined) {
    const isApply = request.contentType === "application/apply-patch+yaml";
    const labels = {
      component: "apiserver",
      dry_run: isDry ? "All" : "",
      group,
      resource: plural,
      scope,
      subresource,
      verb: isApply ? "APPLY" : verbs[verb],
      version,
    };
    own = { labels, codes: new Map(), durations: bucketsOf(durationBuckets) };
    series.set(key, own);
  }
  own.codes.set(code, (own.codes.get(code) ?? 0) + 1);
  observe(own.durations, tookMs / 1000);
}

function scopeOf({ name, verb, namespace }: ApiRequest, { namespaced }: AnsweredRequest["kind"]): string {
  if (name !== undefined || verb === "create") return "resource";
  return namespaced && namespace ? "namespace" : "cluster";
}
