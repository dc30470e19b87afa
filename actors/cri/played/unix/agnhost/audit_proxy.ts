import { answer, listenAndServe, log, printLine, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

const version = "audit.k8s.io/v1";

/** Takes what an API server tells of its requests, and writes it out, a line for each event. */
export const auditProxy: Subcommand = {
  name: "audit-proxy",
  *run(self) {
    yield* listenAndServe(self, 8_080, function* (thread, { body }) {
      const events = eventsOf(body);
      if (!events) {
        // As Go writes the bytes of what it could not read with %b.
        const bits = [...body].map((letter) => letter.charCodeAt(0).toString(2)).join(" ");
        yield* log(thread, `failed decoding buf: [${bits}], apiVersion: ${version}`);
        return answer(thread, "", { status: 500 });
      }
      for (const event of events) {
        yield* printLine(thread, JSON.stringify({ kind: "Event", apiVersion: version, ...event }));
      }
      return answer(thread, "");
    });
    return yield* waitForEver();
  },
};

function eventsOf(body: string): readonly object[] | undefined {
  try {
    const { kind, apiVersion, items = [] } = JSON.parse(body) as Record<string, unknown>;
    const isList = kind === "EventList" && apiVersion === version && Array.isArray(items);
    return isList ? (items as readonly object[]) : undefined;
  } catch {
    return undefined;
  }
}
