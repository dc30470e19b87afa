import { type HttpClient, httpClient } from "../../../network/http/http_client.ts";
import { type HttpHeader, headerOf } from "../../../network/http/http_message.ts";
import type { TlsFault } from "../../../network/tls/fault.ts";
import type { Socket, SocketOwner } from "../../sockets/open_socket.ts";
import { connectSecurely } from "../../sockets/secure.ts";
import type { ModuleInput, ModuleOutput } from "../module_runner.ts";
import { bytesOf } from "./bytes.ts";
import { type ChunkGate, chunkGate } from "./chunk_gate.ts";

/** What fetching needs of the module that fetches. */
export interface Fetcher {
  tell(input: ModuleInput): void;
  connect(host: string, port: number, owner: SocketOwner): Socket;
  /** Whether a server that shows this for a name is trusted (`undefined`). */
  judge(shown: string, name: string): TlsFault | undefined;
  /** See `Served`. */
  nextMoment(body: () => void): void;
}

type Asked = Extract<ModuleOutput, { type: "fetch" | `fetch.${string}` }>;

/** The fetches of a module that have not ended. */
export interface Fetching {
  ask(output: Asked): void;
  /** The process is gone: all connections break. */
  close(): void;
}

interface Fetch {
  readonly socket: Socket;
  readonly client: HttpClient;
  readonly gate: ChunkGate;
  /** What waits for the connection. */
  early: (() => void)[] | undefined;
  /** Chunks of the request that were not yet told of as taken. */
  untaken: number;
}

/** What Node's own client says of itself. */
const usual: readonly HttpHeader[] = [
  ["accept", "*/*"],
  ["user-agent", "node"],
];

/** Carries out a module's fetches, each over a connection of its own. */
export function createFetching({ tell, connect, judge, nextMoment }: Fetcher): Fetching {
  const fetches = new Map<number, Fetch>();

  function begin(output: Extract<Asked, { type: "fetch" }>) {
    const { id } = output;
    const { protocol, hostname, port, host, pathname, search } = new URL(output.url);
    const isSecure = protocol === "https:";
    if (protocol !== "http:" && !isSecure) return tell({ type: "fetch.failed", id, message: "unknown scheme" });
    const fail = (message: string) => {
      if (fetches.delete(id)) tell({ type: "fetch.failed", id, message });
    };
    const gate = chunkGate({
      chunk: (data) => tell({ type: "fetch.chunk", id, data }),
      end() {
        fetches.delete(id);
        tell({ type: "fetch.end", id });
      },
      taken: (bytes) => socket.taken(bytes),
    });
    const client = httpClient({
      head: ({ status, headers }) => tell({ type: "fetch.head", id, status, headers }),
      chunk: (data) => gate.chunk(data),
      end() {
        socket.write("", true);
        gate.end();
      },
      failed(message) {
        socket.reset();
        fail(message);
      },
      write: (data) => socket.write(data, false),
      used: (bytes) => socket.taken(bytes),
    });
    const serverName = hostname.replace(/^\[|\]$/g, "");
    const to = (whose: SocketOwner) => connect(serverName, port === "" ? (isSecure ? 443 : 80) : Number(port), whose);
    const owner: SocketOwner = {
      connected() {
        client.request({
          method: output.method,
          target: pathname + search,
          host,
          headers: [...output.headers, ...usual.filter(([name]) => headerOf(output.headers, name) === undefined)],
          ...(output.hasBody ? { body: { stream: true } } : {}),
        });
        const early = fetching.early ?? [];
        fetching.early = undefined;
        for (const each of early) each();
      },
      data(data, end) {
        if (data !== "") client.receive(data);
        if (end) client.receiveEnd();
      },
      drained() {
        if (fetching.untaken === 0) return;
        nextMoment(() => {
          const { untaken } = fetching;
          fetching.untaken = 0;
          for (let told = 0; told < untaken && fetches.get(id) === fetching; told++) tell({ type: "fetch.taken", id });
        });
      },
      reset: () => fail("read ECONNRESET"),
      failed: (_code, message) => fail(message),
    };
    const security = {
      serverName,
      judge: (shown: string) => judge(shown, serverName),
      refused: ({ code, message }: TlsFault) => fail(`${message} (${code})`),
    };
    const socket = isSecure ? connectSecurely(to, security, owner) : to(owner);
    const fetching: Fetch = { socket, client, gate, early: [], untaken: 0 };
    fetches.set(id, fetching);
  }

  return {
    ask(output) {
      if (output.type === "fetch") return begin(output);
      const fetching = fetches.get(output.id);
      if (!fetching) return;
      if (output.type === "fetch.abort") {
        fetches.delete(output.id);
        fetching.socket.reset();
      } else if (output.type === "fetch.answer.taken") fetching.gate.taken();
      else {
        const act = () => {
          if (output.type === "fetch.body.end") return fetching.client.end();
          fetching.untaken++;
          fetching.client.chunk(bytesOf(output.data));
        };
        if (fetching.early) fetching.early.push(act);
        else act();
      }
    },
    close() {
      for (const { socket } of fetches.values()) socket.reset();
      fetches.clear();
    },
  };
}
