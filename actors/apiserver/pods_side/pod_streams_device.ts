import { httpsFailures } from "../../../runtime/devices/https_client_rules.ts";
import type { HttpsFailure, HttpsHead, HttpsPiece } from "../../../runtime/mod.ts";
import type { AnswerSink, PodConversation } from "./ask_pod_device.ts";

/** Answers of pods that are taken piece by piece: from a pod no more is taken than somebody has asked for. */
export interface PodStreams {
  /** Keeps an answer that is on its way; `done` hears how it begins, or why it does not. */
  begin(ask: (sink: AnswerSink) => PodConversation, done: (head: HttpsHead) => void): Beginning;
  read(stream: number, done: (piece: HttpsPiece) => void): void;
  /** After a 101; `done` hears when there is room for more. */
  write(stream: number, data: string, done: (piece: HttpsPiece) => void): void;
  /** Gives what breaks off, later, whom the end of what has switched protocols does not end. */
  close(stream: number): () => void;
}

/** An answer that has perhaps not begun. */
export interface Beginning {
  /** Gives up waiting for its beginning. */
  giveUp(failure: HttpsFailure): void;
}

interface Stream {
  conversation: PodConversation | undefined;
  data: string;
  /** How it is over, once all data is taken. Default: it goes on. */
  last: HttpsPiece | undefined;
  waiting: ((piece: HttpsPiece) => void) | undefined;
}

/** Makes a table without streams. */
export function createPodStreams(): PodStreams {
  const open = new Map<number, Stream>();
  let ids = 0;

  function give(id: number, stream: Stream) {
    const { waiting, data, last } = stream;
    // Nobody waits for what was no part of the body.
    if (data === "") stream.conversation?.take();
    if (!waiting || (data === "" && !last)) return;
    stream.waiting = undefined;
    if (data !== "") {
      stream.data = "";
      stream.conversation?.take();
      return waiting({ ok: true, data, isLast: false });
    }
    open.delete(id);
    if (last) waiting(last);
  }

  return {
    begin(ask, done) {
      const id = ++ids;
      const stream: Stream = { conversation: undefined, data: "", last: undefined, waiting: undefined };
      let hasBegun = false;
      const finish = (last: HttpsPiece) => {
        stream.last = last;
        if (hasBegun) return give(id, stream);
        hasBegun = true;
        if (!last.ok) done(last);
      };
      stream.conversation = ask({
        head(code, headers) {
          hasBegun = true;
          open.set(id, stream);
          done({ ok: true, code, headers, stream: id });
        },
        chunk(data) {
          stream.data += data;
          give(id, stream);
        },
        end: () => finish({ ok: true, data: "", isLast: true }),
        failed: finish,
      });
      return {
        giveUp(failure) {
          if (hasBegun) return;
          stream.conversation?.stop();
          finish(failure);
        },
      };
    },
    read(id, done) {
      const stream = open.get(id);
      if (!stream) return done(httpsFailures.closed);
      stream.waiting = done;
      give(id, stream);
    },
    write(id, data, done) {
      const { conversation } = open.get(id) ?? {};
      if (!conversation) return done(httpsFailures.closed);
      conversation.write(data, (isTaken) =>
        done(isTaken ? { ok: true, data: "", isLast: false } : httpsFailures.closed),
      );
    },
    close(id) {
      const { conversation } = open.get(id) ?? {};
      conversation?.stop();
      open.delete(id);
      return () => conversation?.stop();
    },
  };
}
