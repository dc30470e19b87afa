import { functionsOf } from "../functions.ts";
import { type Finding, isTest, type Rule } from "../house.ts";

const LINES_MAX = 80;

/**
 * No function of the runtime past 80 lines, closures with all that is in them included: what a function of a few
 * hundred lines shares with whom can no longer be seen, and no part of it has a name or a test.
 */
export const functionLength: Rule = {
  name: "function length",
  check: (files) =>
    files
      .filter(({ path }) => path.startsWith("runtime/") && path.endsWith(".ts") && !isTest(path))
      .flatMap(({ path, text }) => {
        const found = functionsOf(text).filter(({ lines }) => lines > LINES_MAX);
        const needless = [...allowed].filter(
          (each) => each.startsWith(`${path} `) && !found.some(({ name }) => each === `${path} ${name}`),
        );
        return [
          ...found
            .filter(({ name }) => !allowed.has(`${path} ${name}`))
            .map(({ name, line, lines }): Finding => {
              const text = `${name} has ${lines} lines, ${LINES_MAX} at most, give its parts names of their own`;
              return { path, line, text };
            }),
          ...needless.map((each) => ({ path, line: 1, text: `"${each}" is short enough: allow it no longer` })),
        ];
      }),
};

/** What there was when the rule came. It only shrinks: nothing may be added. */
const allowed: ReadonlySet<string> = new Set([
  "runtime/devices/bodies.ts createBodies",
  "runtime/devices/disk_files.ts createDiskFiles",
  "runtime/devices/disk_model.ts diskModel",
  "runtime/devices/https.ts open",
  "runtime/devices/net_model.ts netModel",
  "runtime/devices/net_model_exchange.ts connect",
  "runtime/devices/tcp.ts open",
  "runtime/devices/tcp_model.ts tcpModel",
  "runtime/devices/tcp_model_connection.ts openModelConnection",
  "runtime/devices/web_sockets.ts createWebSockets",
  "runtime/faults/engine.ts createFaultEngine",
]);
