import type { HostDialAnswer } from "../../computer/messages.ts";
import { grpcClient } from "../../network/grpc/client.ts";
import { checkPath, checkRequest, statusOf } from "../../network/grpc/health.ts";
import { hostPort } from "../../network/ip.ts";
import type { HostGrpc } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { Sockets } from "./sockets.ts";

const unimplemented = 12;

/** Codes of gRPC as Go writes them. */
const codeNames: readonly string[] =
  `OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied
  ResourceExhausted FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated`.split(
    /\s+/,
  );

/** Asks a server for its health from the node's own network; what goes wrong is told in a kubelet's words. */
export function hostGrpc(
  node: RuntimeNode,
  sockets: Sockets,
  { request, done }: { readonly request: HostGrpc; readonly done: (answer: HostDialAnswer) => void },
): void {
  const { ip, port, service, timeoutMs } = request;
  const seconds = `${timeoutMs / 1_000}s`;
  const place = hostPort({ ip, port });
  let isOver = false;
  let isConnected = false;
  const end = (answer: HostDialAnswer) => {
    if (isOver) return;
    isOver = true;
    socket.reset();
    done(answer);
  };
  const fail = (message: string) => end({ ok: false, message });
  const unreached = () =>
    fail(`timeout: failed to connect service ${JSON.stringify(place)} within ${seconds}: context deadline exceeded`);
  const broken = () =>
    fail("error: health rpc probe failed: rpc error: code = Unavailable desc = error reading from server: EOF");
  const client = grpcClient(
    { path: checkPath, authority: place, message: checkRequest(service) },
    {
      write: (data) => socket.write(data, false),
      done(outcome) {
        if (outcome.kind === "nonsense") return unreached();
        const { code, message, body } = outcome;
        const status = statusOf(body);
        if (code === 0 && status === "SERVING") return end({ ok: true });
        if (code === 0) return fail(`service unhealthy (responded with ${JSON.stringify(status)})`);
        const error = `rpc error: code = ${codeNames[code] ?? "Unknown"} desc = ${message}`;
        if (code === unimplemented) {
          const what = "this server does not implement the grpc health protocol (grpc.health.v1.Health)";
          return fail(`error: ${what}: ${error}`);
        }
        fail(`error: health rpc probe failed: ${error}`);
      },
    },
  );
  const socket = sockets.connect(
    { host: ip, port },
    {
      connected() {
        isConnected = true;
        socket.write(client.question, false);
      },
      data(data, isEnd) {
        socket.taken(data.length);
        if (data !== "") client.receive(data);
        if (isEnd) broken();
      },
      drained() {},
      reset: broken,
      // gRPC goes on trying to connect for as long as it may.
      failed() {},
    },
  );
  node.later(timeoutMs, () => {
    if (isConnected) fail(`timeout: health rpc did not complete within ${seconds}`);
    else unreached();
  });
}
