import type { StreamClient, StreamServer } from "../container_image.ts";
import type { ProcessWish } from "../process_wish.ts";
import { connectSpdy, type SpdyConnection, type SpdyStream } from "./spdy.ts";

/** What remote commands are spoken by. */
const protocols = ["v4.channel.k8s.io", "v3.channel.k8s.io"];
/** A runtime's word of how a command ended is no longer. */
const statusBytesMax = 64 * 1024;

/** Which of a command's streams there are. */
type Wish = Pick<ProcessWish, "hasInput" | "hasTerminal">;

/**
 * Connects the streams of a process, which the runtime has at a URL, with who is at the other end of them. What one side
 * does not take makes the other wait.
 */
export function linkProcess(url: Promise<string>, { hasInput, hasTerminal }: Wish, client: StreamClient): StreamServer {
  let connection: SpdyConnection | undefined;
  let stdin: SpdyStream | undefined;
  let resizing: SpdyStream | undefined;
  let isOver = false;
  let status = Buffer.alloc(0);
  let output: { readonly channel: "stdout" | "stderr"; data: string }[] = [];
  /** What came before the streams stood. */
  const early: ((stdin: SpdyStream | undefined) => void)[] = [];

  const over = (end: Parameters<StreamClient["close"]>[0]) => {
    if (isOver) return;
    isOver = true;
    connection?.close();
    client.close(end);
  };

  /** Passes on as much as there is room for; the rest waits, and so does the runtime. */
  function flush(): void {
    while (output.length > 0 && !isOver) {
      const [first] = output;
      const room = client.room();
      if (!first || room <= 0) break;
      client.write(first.channel, first.data.slice(0, room));
      first.data = first.data.slice(room);
      if (first.data === "") output = output.slice(1);
    }
    if (output.length > 0) connection?.pause();
    else if (closing) over(closing);
    else connection?.resume();
  }

  let closing: Parameters<StreamClient["close"]>[0] | undefined;
  const closeWhenTold = (end: Parameters<StreamClient["close"]>[0]) => {
    closing ??= end;
    if (output.length === 0) over(closing);
  };

  const reader = (channel: "stdout" | "stderr") => ({
    data(bytes: Buffer) {
      output.push({ channel, data: bytes.toString("latin1") });
      flush();
    },
    end() {},
  });

  async function open(): Promise<void> {
    const made = await connectSpdy({
      url: await url,
      protocols,
      closed: (error) => closeWhenTold(status.length > 0 ? endOf(status) : { error: error ?? "the stream was closed" }),
    });
    if (isOver) return made.close();
    connection = made;
    made.open(
      { streamType: "error" },
      {
        data(bytes) {
          if (status.length < statusBytesMax) status = Buffer.concat([status, bytes]);
        },
        end: () => closeWhenTold(endOf(status)),
      },
    );
    if (hasInput) stdin = made.open({ streamType: "stdin" }, { data() {}, end() {} });
    made.open({ streamType: "stdout" }, reader("stdout"));
    if (!hasTerminal) made.open({ streamType: "stderr" }, reader("stderr"));
    if (hasTerminal) resizing = made.open({ streamType: "resize" }, { data() {}, end() {} });
    for (const each of early.splice(0)) each(stdin);
  }
  open().catch((error: Error) => over({ error: error.message }));

  const whenOpen = (body: (stdin: SpdyStream | undefined) => void) => {
    if (connection) body(stdin);
    else early.push(body);
  };
  return {
    input: (bytes) =>
      whenOpen((to) => {
        if (to) to.write(Buffer.from(bytes, "latin1"), () => client.took(bytes.length));
        else client.took(bytes.length);
      }),
    end: () => whenOpen((to) => to?.end()),
    roomAgain: flush,
    resize: ({ columns, rows }) =>
      whenOpen(() => resizing?.write(Buffer.from(`${JSON.stringify({ Width: columns, Height: rows })}\n`), () => {})),
    leave() {
      isOver = true;
      connection?.close();
    },
  };
}

interface StatusOfCommand {
  readonly status?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** How a command ended, as the runtime's Status says it. */
function endOf(status: Buffer): { readonly exitCode?: number; readonly error?: string } {
  const text = status.toString("utf8");
  try {
    const { status: outcome, message, details } = JSON.parse(text) as StatusOfCommand;
    if (outcome === "Success") return { exitCode: 0 };
    const code = Number(details?.causes?.find(({ reason }) => reason === "ExitCode")?.message);
    return Number.isInteger(code) ? { exitCode: code } : { error: message ?? text };
  } catch {
    return text === "" ? { exitCode: 0 } : { error: text };
  }
}
