import type { Step } from "../../../runtime/mod.ts";
import { isBase64Protocol } from "./channels.ts";
import { type ClientSide, closeBroken, closeNormal, type Taken, type TextOut } from "./client_side.ts";
import { bytesOf } from "./text_bytes.ts";

/** The protocols in which a log comes on a WebSocket: its bytes as they are, or as text in base64. */
export const logProtocols = ["binary.k8s.io", "base64.binary.k8s.io", ""] as const;

/**
 * Answers with text that goes on, in the messages of a WebSocket; the first one is empty and shows that it stands. What
 * the client sends is passed over.
 *
 * Source: apimachinery's `wsstream`.
 */
export function openSocketText(
  client: ClientSide,
  step: Step,
  { protocol, closed }: { readonly protocol: string; readonly closed: (step: Step) => void },
): TextOut {
  const isText = isBase64Protocol(protocol);
  const out = client.accept(step, protocol, { frame: (data, later) => out.taken(data.length, later), closed });
  const write = (text: string, later: Step, taken?: Taken) => {
    if (isText) out.sendText(btoa(bytesOf(text)), later, taken);
    else out.send(bytesOf(text), later, taken);
  };
  write("", step);
  return {
    write,
    end: (later) => out.close(later, closeNormal, ""),
    abort: (later) => out.close(later, closeBroken, ""),
  };
}
