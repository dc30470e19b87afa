import { type FrontKind, moment } from "../front_kind.ts";

/** The connection breaks before a request has reached the API server. */
export const lostRequest: FrontKind = {
  name: "lost-request",
  summary: "the connection breaks before a request was carried out",
  forMs: 2_000,
  timesMax: 1,
  aim({ exchanges }, random) {
    const when = moment(
      exchanges.filter(({ verb }) => verb !== "watch"),
      { exchanges, random },
    );
    return when && { when };
  },
  verdict: (_fault, { verb }) => (verb === "watch" ? undefined : { close: "before" }),
};
