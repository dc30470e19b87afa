import type { Device, DeviceDefinition } from "./device.ts";
import { httpsFailures, httpsNeeds } from "./https_client_rules.ts";
import type { HttpsAnswer, HttpsHead, HttpsPiece, HttpsRequest, HttpsStreamRequest } from "./messages.ts";

type Asked = HttpsRequest | Extract<HttpsStreamRequest, { readonly op: "open" }>;

/** How a played server answers: after a while, or never. An answer that is read piece by piece has headers, too. */
export type PlayedAnswer =
  | {
      readonly answer: HttpsAnswer;
      readonly afterMs?: number;
      readonly headers?: readonly (readonly [name: string, value: string])[];
    }
  | "silence";

const latencyMs = 1;

/** An `https` device in virtual time, with the servers of a test behind it. Default: nobody listens anywhere. */
export function httpsClientModel(
  serve: (request: Asked) => PlayedAnswer = () => ({ answer: httpsFailures.refused }),
): DeviceDefinition {
  return {
    name: "https",
    needs: httpsNeeds,
    open(context): Device {
      /** The bodies of answers that were begun and not read. */
      const unread = new Map<number, string>();
      let streams = 0;
      const begin = (answer: HttpsAnswer, headers: Extract<HttpsHead, { ok: true }>["headers"]): HttpsHead => {
        if (!answer.ok) return answer;
        unread.set(++streams, answer.body);
        return { ok: true, code: answer.code, headers, stream: streams };
      };
      const read = ({ op, stream }: Exclude<HttpsStreamRequest, Asked>): HttpsPiece => {
        const data = unread.get(stream);
        if (op === "read" && data !== undefined && data !== "") {
          unread.set(stream, "");
          return { ok: true, data, isLast: false };
        }
        unread.delete(stream);
        return data === undefined && op === "read" ? httpsFailures.closed : { ok: true, data: "", isLast: true };
      };
      return {
        request(any, done) {
          const request = any as HttpsRequest | HttpsStreamRequest;
          if (!("url" in request)) return context.after(latencyMs, () => done(read(request)));
          const played = serve(request);
          const afterMs = played === "silence" ? Number.POSITIVE_INFINITY : (played.afterMs ?? latencyMs);
          const isLate = played === "silence" || afterMs >= request.timeoutMs;
          const answer = isLate ? httpsFailures.tooSlow : played.answer;
          const isLong = answer.ok && !("op" in request) && answer.body.length > request.bytesMax;
          const told = isLong ? httpsFailures.tooLong : answer;
          const headers = played === "silence" ? [] : (played.headers ?? []);
          context.after(Math.min(afterMs, request.timeoutMs), () =>
            done("op" in request ? begin(told, headers) : told),
          );
        },
        close() {},
      };
    },
  };
}
