import { hostPort } from "../../../../network/ip.ts";
import { openDatagrams, receive } from "../kernel/datagrams.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askHttp } from "../programs/_ask_http.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, formValue, goJson, log, problem } from "./_go.ts";

const waitMsMax = 5_000;
const datagramBytes = 2_048;

/** What came of asking somebody: an answer, or an error. */
type Dialled = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

/** Asks another one, and tells what it has said. */
export function* dial(self: Process, request: Request): Running<Response> {
  const [host = "", port = "", asked = "", protocol = "", tried = ""] = [
    "host",
    "port",
    "request",
    "protocol",
    "tries",
  ].map((name) => formValue(request, name));
  yield* log(self, `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${asked}&tries=${tried}`);
  if (!/^[+-]?\d*$/.test(tried)) {
    return problem(
      self,
      `tries parameter is invalid. strconv.Atoi: parsing ${JSON.stringify(tried)}: invalid syntax`,
      400,
    );
  }
  if (asked === "") return problem(self, "request parameter not specified. <nil>", 400);
  const kind = protocol.toLowerCase();
  if (!["", "http", "udp"].includes(kind)) return problem(self, `unsupported protocol. ${protocol}`, 400);
  const found = yield* addressesOf(self, host);
  if (!found.ok || !/^\d+$/.test(port)) {
    const reason = found.ok ? `address tcp/${port}: unknown port` : `lookup ${host}: no such host`;
    return problem(self, `host and/or port param are invalid. ${reason}`, 400);
  }
  const target = { ip: found.addresses[0] ?? "", port: Number(port) };
  const responses: string[] = [];
  const errors: string[] = [];
  let last: Dialled | undefined;
  for (let each = 0; each < (tried === "" ? 1 : Number(tried)); each++) {
    last = kind === "udp" ? yield* dialUdp(self, target, asked) : yield* dialHttp(self, target, asked);
    if (last.ok) responses.push(last.text);
    else errors.push(last.error);
  }
  const isAnswered = last?.ok === true && last.text !== "";
  return answer(self, goJson({ ...(isAnswered ? { responses } : {}), ...(errors.length > 0 ? { errors } : {}) }));
}

interface Target {
  readonly ip: string;
  readonly port: number;
}

/** Asks for a page, for so long at most; errors are Go's. */
export function* dialHttp(self: Process, target: Target, path: string): Running<Dialled> {
  const { ip, port } = target;
  const untilMs = self.kernel.host.uptimeMs() + waitMsMax;
  const place = hostPort(target);
  const headers = [["User-Agent", "Go-http-client/1.1"]] as const;
  const outcome = yield* askHttp(self, { host: ip, port, target: `/${path}`, headers, untilMs });
  if (outcome.kind === "answer") return { ok: true, text: outcome.body };
  const get = `Get "http://${place}/${path}":`;
  const late = "(Client.Timeout exceeded while awaiting headers)";
  if (outcome.kind === "late") return { ok: false, error: `${get} context deadline exceeded ${late}` };
  if (outcome.kind !== "unconnected")
    return { ok: false, error: `${get} ${outcome.kind === "empty" ? "EOF" : "read: connection reset by peer"}` };
  if (outcome.error === "ECONNREFUSED")
    return { ok: false, error: `${get} dial tcp ${place}: connect: connection refused` };
  if (outcome.error === "EHOSTUNREACH")
    return { ok: false, error: `${get} dial tcp ${place}: connect: no route to host` };
  return { ok: false, error: `${get} context deadline exceeded ${late}` };
}

function* dialUdp(self: Process, target: Target, text: string): Running<Dialled> {
  const file = openDatagrams(self);
  if (!file) return { ok: false, error: "udp dial failed. err:no port is free" };
  file.send(text, target);
  const got = yield* receive(self, file, self.kernel.host.uptimeMs() + waitMsMax);
  file.closed?.();
  if (typeof got !== "string" && got.data !== "") return { ok: true, text: got.data.slice(0, datagramBytes) };
  const way = `read udp ${hostPort({ ip: self.kernel.host.network.ip, port: file.port })}->${hostPort(target)}`;
  const reason = got === "refused" ? "read: connection refused" : "i/o timeout";
  return { ok: false, error: `reading from udp connection failed. err:'${way}: ${reason}'` };
}
