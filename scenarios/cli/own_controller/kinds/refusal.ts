import { type FrontKind, moment, oneOf } from "../front_kind.ts";

const refusals: Readonly<Record<number, { readonly reason: string; readonly message: string }>> = {
  429: { reason: "TooManyRequests", message: "Too many requests, please try again later." },
  500: { reason: "InternalError", message: "Internal error occurred: etcdserver: request timed out" },
  503: { reason: "ServiceUnavailable", message: "The server is currently unable to handle the request" },
  504: { reason: "Timeout", message: "Timeout: request did not complete within the allotted timeout" },
};
const codes = Object.keys(refusals).map(Number);

/** The API server has too much to do, or cannot reach its store: nothing was done. */
export const refusal: FrontKind = {
  name: "refusal",
  summary: "requests are refused with 429, 500, 503 or 504; nothing was done",
  forMs: 2_000,
  timesMax: 3,
  aim({ exchanges }, random) {
    const when = moment(
      exchanges.filter(({ verb }) => verb !== "watch"),
      { exchanges, random },
    );
    const code = oneOf(codes, random);
    return when && code !== undefined ? { when, code } : undefined;
  },
  verdict({ code = 503 }, { verb }) {
    const told = refusals[code];
    return verb === "watch" || !told ? undefined : { answer: { code, ...told } };
  },
};
