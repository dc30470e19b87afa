import type { HttpsHead, HttpsHeaders, HttpsPiece, HttpsStreamRequest, Step } from "../../../runtime/mod.ts";
import type { Destination } from "../aggregation/service_destination.ts";
import type { Server } from "../server.ts";
import type { ClientSide, TextOut } from "../streams/client_side.ts";
import { askForPieces } from "../webhooks/ask_server.ts";
import { failureText } from "../webhooks/failure_text.ts";
import { linkRewriter } from "./links.ts";
import { type BadSwitch, headerText, joinedHeaders, passedHeaders } from "./proxy_stream.ts";
import type { LinkPlace } from "./rewritten.ts";
import { openTunnel } from "./tunnel.ts";
import { refusedHeaders, refusedUpgradeMs, switchFault } from "./upgrades.ts";

/** How somebody is asked whose answer is handed on piece by piece. */
export type Open = Extract<HttpsStreamRequest, { readonly op: "open" }>;

/** A request to a server that is asked over HTTP, and whose answer goes to a client. */
export interface Relay {
  readonly client: ClientSide;
  readonly open: Open;
  readonly destination: Destination;
  /** How its own links lead through here; those of pages, too, if there is a prefix. */
  readonly place: LinkPlace;
  /** Nothing has been answered, and nothing will be: why. */
  failed(why: string | BadSwitch, step: Step): void;
}

interface Answered {
  readonly code: number;
  readonly headers: HttpsHeaders;
  ask(request: PieceRequest, step: Step, done: (piece: HttpsPiece | undefined, step: Step) => void): void;
}

type PieceRequest = { readonly op: "read" | "close" } | { readonly op: "write"; readonly data: string };

/** Asks in a client's place, and hands on what comes as it comes, no faster than the client takes it. */
export function relay(server: Server, relayed: Relay, step: Step): void {
  const { open, destination, failed } = relayed;
  const { asks } = server;
  asks.wait<HttpsHead>(askForPieces(destination, open, step), (answer, now) => {
    if (!answer.ok || !answer.value.ok) {
      const failure = answer.ok ? answer.value : { ok: false as const, code: answer.failure, message: answer.failure };
      return failed(failure.ok ? "" : failureText(failure, destination), now);
    }
    const { code, headers, stream } = answer.value;
    const ask: Answered["ask"] = (request, later, done) =>
      asks.wait<HttpsPiece>(askForPieces(destination, { ...request, stream }, later), (piece, last) =>
        done(piece.ok ? piece.value : undefined, last),
      );
    const badSwitch = switchFault({ status: code, headers }, open.upgrades === true);
    if (badSwitch !== undefined) {
      ask({ op: "close" }, now, () => {});
      return failed({ badSwitch }, now);
    }
    const answered: Answered = { code, headers, ask };
    if (code === 101) goOn(server, { ...relayed, answered }, now);
    else hand(relayed, answered, now);
  });
}

/** Hands on an answer that is one. */
function hand({ client, open, place }: Relay, { code, headers, ask }: Answered, step: Step) {
  let isGone = false;
  const contentType = headerText(headers, "content-type");
  const more = open.upgrades
    ? { headers: joinedHeaders(refusedHeaders(headers)), withinMs: refusedUpgradeMs }
    : { headers: passedHeaders({ headers }, place) };
  const isPage = /^text\/html\b/i.test(contentType) && headerText(headers, "content-encoding") === "";
  const links = isPage && !open.upgrades && place.prefix !== "" ? linkRewriter(place) : undefined;
  const closed = (later: Step) => {
    isGone = true;
    ask({ op: "close" }, later, () => {});
  };
  const out: TextOut = client.openText(step, closed, { code, ...more, contentType, isBinary: true });
  const read = (now: Step): void => {
    if (isGone) return;
    ask({ op: "read" }, now, (piece, later) => {
      if (isGone) return;
      if (!piece?.ok) return out.abort(later);
      const shown = links ? (piece.isLast ? links.end() : links.write(piece.data)) : piece.data;
      if (piece.isLast) {
        if (shown !== "") out.write(shown, later, () => {});
        return out.end(later);
      }
      if (shown === "") read(later);
      else out.write(shown, later, read);
    });
  };
  read(step);
}

/** Goes on with what client and server have agreed on. */
function goOn(server: Server, { client, answered }: Relay & { readonly answered: Answered }, step: Step) {
  const { ask, headers } = answered;
  /** What the client has said; the first is on its way. */
  const said: { readonly data: string; readonly taken: (step: Step) => void }[] = [];
  let isOver = false;
  const write = (now: Step): void => {
    const [first] = said;
    if (!first) return;
    ask({ op: "write", data: first.data }, now, (_piece, later) => {
      said.shift();
      first.taken(later);
      write(later);
    });
  };
  const tunnel = openTunnel(
    {
      ...{ client, headers, alarms: server.kubeletStreams.owing },
      far: {
        write(data, now, taken) {
          if (said.push({ data, taken }) === 1) write(now);
        },
        close(now) {
          isOver = true;
          ask({ op: "close" }, now, () => {});
        },
      },
    },
    step,
  );
  const read = (now: Step): void => {
    if (isOver) return;
    ask({ op: "read" }, now, (piece, later) => {
      if (!piece?.ok || piece.isLast) tunnel.ended(later);
      else tunnel.receive(piece.data, later, read);
    });
  };
  read(step);
}
