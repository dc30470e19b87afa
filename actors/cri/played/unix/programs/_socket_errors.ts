import type { SocketErrorCode } from "../../../messages.ts";

/** What a C library says of a connection that could not be made. */
export const socketErrors: Readonly<Record<SocketErrorCode | "EPROTO", string>> = {
  ECONNREFUSED: "Connection refused",
  ETIMEDOUT: "Connection timed out",
  EHOSTUNREACH: "No route to host",
  ENOTFOUND: "Name or service not known",
  EPROTO: "Protocol error",
  EAI_AGAIN: "Temporary failure in name resolution",
};

/** Whether it is the name of the host that was not found. */
export function isNameError(error: SocketErrorCode): boolean {
  return error === "ENOTFOUND" || error === "EAI_AGAIN";
}
