import { functionsOf } from "../functions.ts";
import { type Finding, type HouseFile, isCode, isGenerated, isTest, type Rule } from "../house.ts";

const PARAMETERS_MAX = 3;

/**
 * At most two arguments and what they are about, or the step: more than that nobody remembers the order of. What
 * belongs together is handed over as one thing with names. A function without a name is left alone: what it takes is
 * decided by who calls it.
 */
export const parameters: Rule = {
  name: "parameters",
  check: (files) => {
    const code = files.filter(
      ({ path }) => isCode(path) && path.endsWith(".ts") && !isGenerated(path) && !isTest(path),
    );
    return [...code.flatMap(findingsOf), ...needlessAllowances(code)];
  },
};

function tooLong({ text }: HouseFile) {
  return functionsOf(text).filter(({ name, parameters: all }) => name !== "function" && all.length > PARAMETERS_MAX);
}

function findingsOf(file: HouseFile): Finding[] {
  const found = tooLong(file);
  const allowedCount = allowance.get(file.path) ?? 0;
  if (found.length <= allowedCount) return [];
  return found.map(({ name, line, parameters: { length } }) => ({
    path: file.path,
    line,
    text: `${name} has ${length} parameters, ${PARAMETERS_MAX} at most, give what belongs together one name`,
  }));
}

function needlessAllowances(code: readonly HouseFile[]): Finding[] {
  return code.flatMap((file) => {
    const allowed = allowance.get(file.path);
    const count = allowed === undefined ? 0 : tooLong(file).length;
    if (allowed === undefined || count >= allowed) return [];
    return [
      { path: file.path, line: 1, text: `${allowed} long lists of parameters are allowed, it has ${count}: say so` },
    ];
  });
}

/** What there was when the rule came, by file. It only shrinks: nothing may be added. */
const allowance: ReadonlyMap<string, number> = new Map([
  ["properties/house/test.ts", 1],
  ["actors/api/schema/decode.ts", 1],
  ["actors/apiserver/allocation/service_addresses.ts", 5],
  ["actors/apiserver/cache/watchers.ts", 1],
  ["actors/apiserver/http/front.ts", 1],
  ["actors/apiserver/http/outflow.ts", 2],
  ["actors/apiserver/http/respond.ts", 1],
  ["actors/apiserver/http/watch_stream.ts", 1],
  ["actors/apiserver/requests/create.ts", 2],
  ["actors/apiserver/requests/delete.ts", 1],
  ["actors/apiserver/requests/get.ts", 1],
  ["actors/apiserver/requests/handle.ts", 2],
  ["actors/apiserver/requests/patch.ts", 3],
  ["actors/apiserver/requests/update.ts", 1],
  ["actors/apiserver/requests/write_object.ts", 1],
  ["actors/client/store_client.ts", 1],
  ["actors/apiserver/streams/exec_channels.ts", 1],
  ["actors/apiserver/streams/guests.ts", 2],
  ["actors/apiserver/streams/kubelet_streams.ts", 3],
  ["actors/apiserver/streams/port_channels.ts", 1],
  ["actors/apiserver/streams/port_forward.ts", 1],
  ["actors/apiserver/subresources/log.ts", 1],
  ["actors/apiserver/subresources/_pod_process.ts", 1],
  ["actors/apiserver/subresources/_pod_target.ts", 1],
  ["actors/apiserver/subresources/scale.ts", 1],
  ["actors/computer/bridge.ts", 2],
  ["actors/computer/conntrack.ts", 1],
  ["actors/computer/data.ts", 2],
  ["actors/computer/names.ts", 2],
  ["actors/computer/open.ts", 1],
  ["actors/computer/sockets.ts", 1],
  ["actors/computer/stream_dial.ts", 1],
  ["actors/computer/stream_process.ts", 1],
  ["actors/computer/streams.ts", 2],
  ["actors/controllers/plan_runner.ts", 1],
  ["actors/cri/played/simulated_process.ts", 1],
  ["actors/cri/played/unix/programs/_tar_read.ts", 1],
  ["actors/cri/played/unix/shell/interpreter.ts", 1],
  ["actors/cri/played/unix/shell/parameters.ts", 1],
  ["actors/dns/records.ts", 3],
  ["actors/dns/server.ts", 2],
  ["actors/kubelet/calls.ts", 2],
  ["actors/kubelet/container/environment_sources.ts", 1],
  ["actors/kubelet/container/hooks.ts", 1],
  ["actors/kubelet/data.ts", 1],
  ["actors/kubelet/pod/pod_events.ts", 1],
  ["actors/kubelet/probes/make_probe.ts", 1],
  ["actors/kubelet/streams/carried.ts", 1],
  ["actors/kubelet/streams/end_stream.ts", 4],
  ["actors/kubelet/streams/serve_streams.ts", 1],
  ["actors/kubelet/streams/stream.ts", 1],
  ["actors/network/arriving.ts", 5],
  ["actors/network/end_state.ts", 1],
  ["actors/network/receiving.ts", 1],
  ["actors/network/sending.ts", 1],
  ["properties/stages/controllers/nodes.ts", 1],
  ["properties/stages/kubelet/test_client.ts", 1],
  ["properties/stages/kubelet/test_computer.ts", 1],
  ["properties/stages/network/transport_lab.ts", 1],
  ["properties/traffic/client_data.ts", 1],
  ["runtime/faults/engine.ts", 1],
]);
