import type { TerminalSize } from "../../../../network/streams.ts";
import { type Input, inputBytesMax } from "./input.ts";
import type { OpenFile, TerminalSettings } from "./open_file.ts";
import type { Outlet } from "./outlet.ts";
import type { WaitList } from "./process.ts";
import type { SignalName } from "./signals.ts";

/** What a terminal is set up with. */
export interface TerminalOptions {
  readonly wake: (list: WaitList) => void;
  readonly outlet: Outlet;
  /** Sends a signal to the processes that talk to it. */
  readonly signal: (name: SignalName) => void;
}

/** A terminal as those outside of a container see it. */
export interface Terminal extends Input {
  /** It has another size: the processes that talk to it are told. */
  resize(size: TerminalSize): void;
}

const lineBytesMax = 4_096;
const signalKeys: ReadonlyMap<string, SignalName> = new Map([
  ["\x03", "INT"],
  ["\x1c", "QUIT"],
]);

/**
 * A terminal: it shows what is typed, gives it to processes line by line, and makes signals of keys. Its one output has
 * a carriage return before each new line.
 *
 * Source: termios(3), "Canonical and noncanonical mode", with the settings of a new terminal.
 */
export function createTerminal({ wake, outlet, signal }: TerminalOptions): Terminal {
  const readable: WaitList = new Set();
  const feeders = new Set<() => void>();
  /** Lines that wait to be read; an empty one is an end. */
  let lines: string[] = [];
  let line = "";
  let isEnded = false;
  const terminal: TerminalSettings = { columns: 0, rows: 0, shows: true };

  const file: OpenFile = {
    ...{ holders: 0, canRead: true, canWrite: true, isTerminal: true, readable, writable: outlet.writable },
    terminal,
    read(bytesMax) {
      const [first] = lines;
      if (first === undefined) return isEnded ? "" : undefined;
      const piece = first.slice(0, bytesMax);
      if (piece.length < first.length) lines[0] = first.slice(piece.length);
      else lines.shift();
      if (lines.length === 0) for (const feed of [...feeders]) feed();
      return piece;
    },
    write(bytes) {
      const room = outlet.room();
      if (room === undefined) return { error: "EPIPE" };
      // Each byte may become two.
      const piece = bytes.slice(0, Math.min(bytes.length, Math.floor(room / 2)));
      if (piece !== "") outlet.write("stdout", shown(piece));
      return piece.length;
    },
  };

  function echo(text: string): void {
    if (!terminal.shows) return;
    // As terminals do, what there is no room for is not shown.
    if (text.length <= (outlet.room() ?? 0)) outlet.write("stdout", text);
  }

  function give(text: string): void {
    lines.push(text);
    line = "";
    wake(readable);
  }

  function erase(): void {
    const [last = ""] = /[\x80-\xbf]*$/.exec(line) ?? [];
    line = line.slice(0, Math.max(0, line.length - last.length - 1));
    echo("\b \b");
  }

  function interrupt(key: string, name: SignalName): void {
    lines = [];
    line = "";
    echo(caret(key));
    signal(name);
  }

  function type(key: string): void {
    const name = signalKeys.get(key);
    if (name !== undefined) interrupt(key, name);
    else if (key === "\x04") give(line);
    else if (key === "\r" || key === "\n") {
      echo("\r\n");
      give(`${line}\n`);
    } else if (key === "\x7f" || key === "\b") {
      if (line !== "") erase();
    } else if (key === "\x15") {
      while (line !== "") erase();
    } else if (line.length < lineBytesMax) {
      line += key;
      echo(caret(key));
    }
  }

  return {
    file,
    feeders,
    resize({ columns, rows }) {
      if (terminal.columns === columns && terminal.rows === rows) return;
      terminal.columns = columns;
      terminal.rows = rows;
      signal("WINCH");
    },
    write(bytes) {
      let taken = 0;
      for (const key of bytes) {
        if (isEnded) return bytes.length;
        // Only a signal is still heard.
        if (lines.length >= inputBytesMax / lineBytesMax && !signalKeys.has(key)) return taken;
        type(key);
        taken++;
      }
      return taken;
    },
    end() {
      isEnded = true;
      if (line !== "") give(line);
      wake(readable);
    },
  };
}

function shown(bytes: string): string {
  return bytes.replaceAll("\n", "\r\n");
}

/** How a key is shown: `^C`. */
function caret(key: string): string {
  const code = key.charCodeAt(0);
  return code < 32 && key !== "\t" ? `^${String.fromCharCode(code + 64)}` : key;
}
