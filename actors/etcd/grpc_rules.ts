import type { PermissionNeed } from "../../runtime/mod.ts";
import type { GrpcRequest } from "./messages.ts";

/** What a request to the `grpc` device needs: to listen is to be permitted the address. */
export function grpcNeeds(any: unknown): PermissionNeed | undefined {
  const request = any as GrpcRequest;
  return request.op === "listen" ? { name: "net", scope: `${request.host}:${request.port}` } : undefined;
}
