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
      /** What it says, after a 101, to each piece that it is told; undefined: it ends the connection. Default: nothing. */
      readonly talk?: (data: string) => string | undefined;
    }
  | "silence";

const latencyMs = 1;

interface Talk {
  said: string;
  isOver: boolean;
  waiting: ((piece: HttpsPiece) => void) | undefined;
  readonly answer: (data: string) => string | undefined;
}

type Later = Exclude<HttpsStreamRequest, Asked>;

/** Connections that go on with another protocol. */
function createTalks() {
  const open = new Map<number, Talk>();
  const give = (talk: Talk) => {
    const { waiting, said, isOver } = talk;
    if (!waiting || (said === "" && !isOver)) return;
    [talk.waiting, talk.said] = [undefined, ""];
    waiting({ ok: true, data: said, isLast: said === "" });
  };
  return {
    begin(stream: number, told: HttpsAnswer, answer: (data: string) => string | undefined = () => "") {
      open.set(stream, { said: told.ok ? told.body : "", isOver: false, waiting: undefined, answer });
    },
    /** Whether it is such a connection. */
    serve(request: Later, done: (piece: HttpsPiece) => void): boolean {
      const talk = open.get(request.stream);
      if (!talk) return false;
      if (request.op === "read") talk.waiting = done;
      else {
        if (request.op === "write") {
          const answer = talk.answer(request.data);
          talk.said += answer ?? "";
          talk.isOver ||= answer === undefined;
        } else open.delete(request.stream);
        done({ ok: true, data: "", isLast: request.op === "close" });
      }
      give(talk);
      return true;
    },
  };
}

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
      const talks = createTalks();
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
          if (!("url" in request))
            return context.after(latencyMs, () => void (talks.serve(request, done) || done(read(request))));
          const played = serve(request);
          const afterMs = played === "silence" ? Number.POSITIVE_INFINITY : (played.afterMs ?? latencyMs);
          const isLate = played === "silence" || afterMs >= request.timeoutMs;
          const answer = isLate ? httpsFailures.tooSlow : played.answer;
          const isLong = answer.ok && !("op" in request) && answer.body.length > request.bytesMax;
          const told = isLong ? httpsFailures.tooLong : answer;
          const headers = played === "silence" ? [] : (played.headers ?? []);
          const talk = played === "silence" ? undefined : played.talk;
          context.after(Math.min(afterMs, request.timeoutMs), () => {
            const head = "op" in request ? begin(told, headers) : told;
            if (head.ok && "stream" in head && head.code === 101) talks.begin(head.stream, told, talk);
            done(head);
          });
        },
        close() {},
      };
    },
  };
}
