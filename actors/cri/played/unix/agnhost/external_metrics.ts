import { formatTime } from "../../../../api/time.ts";
import type { Process } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, goJson, klog, listenAndServe, problem, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly name: string;
  readonly labels: Labels;
  value: number;
  isFailing: boolean;
}

const group = "external.metrics.k8s.io";
const version = `${group}/v1beta1`;
const json = { headers: [["Content-Type", "application/json"]] } as const;

/** Serves external metrics for autoscalers, as its callers set them. */
export const externalMetrics: Subcommand = {
  name: "external-metrics",
  flags: { port: 6_443, "service-name": "external-metrics-server", "service-namespace": "default" },
  *run(self, given) {
    const metrics = new Map<string, Metric>();
    const create = (metric: Metric) => metrics.set(keyOf(metric.name, metric.labels), metric);
    create({ name: "queue_messages_ready", labels: {}, value: 100, isFailing: false });
    create({ name: "http_requests_total", labels: {}, value: 500, isFailing: false });
    const port = given.number("port");
    yield* listenAndServe(self, { port, isOwnTls: true }, function* (thread, request) {
      const { pathname } = request.url;
      if (pathname === "/healthz" || pathname === "/readyz") return answer(thread, "ok");
      const [, verb = "", name = ""] = /^\/(fail|set|create)\/([^/]*)/.exec(pathname) ?? [];
      const isRead = pathname === `/apis/${group}` || pathname.startsWith(`/apis/${group}/`);
      if (verb === "" && !isRead) return problem(thread, "404 page not found", 404);
      yield* klog(thread, "I", `"" method="${request.method}" path="${pathname}"`);
      if (isRead) return read(thread, request, [...metrics.values()]);
      if (name === "") return problem(thread, "metric name required", 400);
      return change(thread, request, { verb, name, metrics, create });
    });
    yield* klog(self, "I", `"Starting server on" address="[::]:${port}"`);
    return yield* waitForEver();
  },
};

function read(self: Process, { url }: Request, metrics: readonly Metric[]): Response {
  const path = url.pathname.slice(`/apis/${group}`.length).replace(/^\//, "");
  const say = (object: Readonly<Record<string, unknown>>) => answer(self, `${goJson(object)}\n`, json);
  if (path === "") {
    const served = { groupVersion: version, version: "v1beta1" };
    return say({ kind: "APIGroup", apiVersion: "v1", name: group, versions: [served], preferredVersion: served });
  }
  if (/^v1beta1\/?$/.test(path)) {
    const resources = [{ name: "*", namespaced: true, kind: "ExternalMetricValueList", verbs: ["get"] }];
    return say({ kind: "APIResourceList", apiVersion: "v1", groupVersion: version, resources });
  }
  const [, kind, , name] = path.split("/");
  if (kind !== "namespaces" || name === undefined) return problem(self, "404 page not found", 404);
  const labels = labelsOf(url.searchParams.get("labelSelector"));
  const isMeant = (each: Metric) => Object.entries(labels).every(([key, value]) => each.labels[key] === value);
  const meant = metrics.filter((each) => each.name === name && isMeant(each));
  const exact = meant.filter((each) => keyOf(name, each.labels) === keyOf(name, labels));
  const found = exact.length > 0 && Object.keys(labels).length > 0 ? exact : meant;
  if (found.length === 0) {
    const words = Object.entries(labels).map(([key, value]) => `${key}:${value}`);
    const which = words.length === 0 ? "" : ` with labels map[${words.sort().join(" ")}]`;
    return problem(self, `no metric name called ${name}${which}`, 404);
  }
  if (found.some(({ isFailing }) => isFailing)) return problem(self, `metric ${name} is configured to fail`, 500);
  const timestamp = formatTime(self.kernel.host.wallMs());
  const items = found.map(({ labels: metricLabels, value }) => {
    return { metricLabels, metricName: name, timestamp, value: String(value) };
  });
  return say({ kind: "ExternalMetricValueList", apiVersion: version, metadata: {}, items });
}

interface Change {
  readonly verb: string;
  readonly name: string;
  readonly metrics: ReadonlyMap<string, Metric>;
  create(metric: Metric): void;
}

function change(self: Process, { url }: Request, { verb, name, metrics, create }: Change): Response {
  const asked = (key: string) => url.searchParams.get(key) ?? "";
  const labels = labelsOf(asked("labels"));
  const key = keyOf(name, labels);
  const metric = metrics.get(key);
  const say = (object: Readonly<Record<string, unknown>>, status = 200) =>
    answer(self, `${goJson(object)}\n`, { ...json, status });
  if (verb === "fail") {
    const failing = asked("fail");
    if (!/^(true|false)$/.test(failing)) return problem(self, "fail param should be true or false", 400);
    if (!metric) return problem(self, `metric ${key} not found`, 404);
    metric.isFailing = failing === "true";
    return say({ status: "success", metric: name, labels, failing });
  }
  if (asked("value") === "") return problem(self, "value param required", 400);
  const [digits] = /^[+-]?\d+/.exec(asked("value")) ?? [];
  if (digits === undefined) return problem(self, "value param must be an integer", 400);
  const value = Number(digits);
  if (verb === "create") {
    const failing = asked("fail") === "true";
    create({ name, labels, value, isFailing: failing });
    return say({ status: "created", metric: name, labels, value, failing }, 201);
  }
  if (!metric) return problem(self, `metric ${key} not found`, 404);
  metric.value = value;
  return say({ status: "success", metric: name, value });
}

function keyOf(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map((pair) => pair.join("="));
  return pairs.length === 0 ? name : `${name}:${pairs.sort().join(",")}`;
}

function labelsOf(text: string | null): Labels {
  const pairs = (text ?? "").split(",").filter((pair) => pair.includes("="));
  return Object.fromEntries(pairs.map((pair) => pair.split(/=([\s\S]*)/, 2).map((word) => word.trim())));
}
