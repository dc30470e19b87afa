import type { ApiOperation } from "./data.ts";

/** Whether it was only to be tried. */
export const isDry = (command: ApiOperation["command"]) => "dry" in command && command.dry === true;

/** An operation in words. */
export function show({ client, begun, request, callMs, returnMs }: ApiOperation): string {
  const { verb, resource, name = "", subresource = "", query, body = "" } = request;
  return `client ${client}'s ${begun}. request (${verb} ${resource} ${name} ${subresource} ${JSON.stringify(query)} ${body}, ${callMs} to ${returnMs} ms)`;
}
