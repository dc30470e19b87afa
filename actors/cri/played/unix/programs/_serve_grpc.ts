import { checkPath, checkResponse, type HealthStatus, serviceOf } from "../../../../network/grpc/health.ts";
import { type GrpcReply, grpcServer } from "../../../../network/grpc/server.ts";
import type { Connection } from "../kernel/connection.ts";
import { readSome, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";

const notFound = 5;
const unimplemented = 12;

/** What a server of the gRPC health protocol says of a service; undefined of one that it does not have. */
export type HealthOf = (service: string) => HealthStatus | undefined;

/** Answers the questions of one connection for the health of services; `first` has come of it already. */
export function* serveHealth(
  self: Process,
  connection: Connection,
  { healthOf, first = "" }: { readonly healthOf: HealthOf; readonly first?: string },
): Running<void> {
  const server = grpcServer((path, message): GrpcReply => {
    if (path !== checkPath) return { code: unimplemented, message: `unknown method ${path.slice(1)}` };
    const health = healthOf(serviceOf(message));
    if (health === undefined) return { code: notFound, message: "unknown service" };
    return { code: 0, body: checkResponse(health) };
  });
  for (
    let bytes = first || (yield* readSome(self, connection));
    bytes !== "";
    bytes = yield* readSome(self, connection)
  ) {
    const { text, isOver } = server.receive(bytes);
    yield* writeTo(self, connection, text);
    if (isOver) return;
  }
}
