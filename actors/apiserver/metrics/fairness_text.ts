import { seatsOf, tableOf } from "../fairness/seats.ts";
import type { Server } from "../server.ts";
import { type MetricHead, metricText, type Sample } from "./exposition.ts";

const prefix = "apiserver_flowcontrol_";

function head(name: string, type: MetricHead["type"], help: string): MetricHead {
  return { name: `${prefix}${name}`, type, help };
}

/** How requests share a server, under Kubernetes' names. */
export function fairnessText({ fairness }: Pick<Server, "fairness">): string {
  const levels = new Map(tableOf(fairness).map(({ level }) => [level.metadata.name, level]));
  const states = [...fairness.levels.values()];
  const byLevel = (of: (name: string) => number, names: Iterable<string>): Sample[] =>
    [...names].map((name) => ({ labels: { priority_level: name }, value: of(name) }));
  const counted = (of: "dispatched" | "rejected"): Sample[] =>
    states.flatMap((state) =>
      [...state[of]].map(([key, value]) => {
        const [flow_schema = "", reason] = key.split(" ");
        const labels = { flow_schema, priority_level: state.name, ...(reason === undefined ? {} : { reason }) };
        return { labels, value };
      }),
    );
  const queued = (name: string) => fairness.levels.get(name)?.queues.reduce((sum, { length }) => sum + length, 0) ?? 0;
  const seats = (name: string) => {
    const level = levels.get(name);
    return level ? seatsOf(fairness, level) : 0;
  };
  return [
    metricText(
      head("nominal_limit_seats", "gauge", "Nominal number of execution seats configured for each priority level"),
      byLevel(seats, levels.keys()),
    ),
    metricText(
      head(
        "current_executing_requests",
        "gauge",
        "Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem",
      ),
      byLevel((name) => fairness.levels.get(name)?.executing ?? 0, levels.keys()),
    ),
    metricText(
      head(
        "current_inqueue_requests",
        "gauge",
        "Number of requests currently pending in queues of the API Priority and Fairness subsystem",
      ),
      byLevel(queued, levels.keys()),
    ),
    metricText(
      head(
        "dispatched_requests_total",
        "counter",
        "Number of requests executed by API Priority and Fairness subsystem",
      ),
      counted("dispatched"),
    ),
    metricText(
      head("rejected_requests_total", "counter", "Number of requests rejected by API Priority and Fairness subsystem"),
      counted("rejected"),
    ),
  ].join("");
}
