import type { ContainerImage, StreamClient, StreamServer } from "../container_image.ts";
import type { Container } from "../runtime_node.ts";

/** A command may run as long as it likes; timers of hosts end here. */
const commandMsMax = 86_400_000;

/**
 * The streams of a command that is a call: what it wrote is told when it has ended, as there is room, and its input is
 * taken and dropped.
 */
export function oneShot(
  { exec }: Pick<ContainerImage, "exec">,
  { container, command, client }: { container: Container; command: readonly string[]; client: StreamClient },
): StreamServer {
  let isGone = false;
  let exitCode: number | undefined;
  const waiting: { readonly channel: "stdout" | "stderr"; bytes: string }[] = [];

  function proceed(): void {
    if (isGone || exitCode === undefined) return;
    for (let [next] = waiting; next; [next] = waiting) {
      const room = client.room();
      client.write(next.channel, next.bytes.slice(0, room));
      next.bytes = next.bytes.slice(room);
      if (next.bytes !== "") return;
      waiting.shift();
    }
    client.close({ exitCode });
  }

  exec(container, { command, timeoutMs: commandMsMax }, (answer) => {
    if (!answer.ok) return client.close({ error: answer.failure.message });
    for (const channel of ["stdout", "stderr"] as const) {
      const bytes = Buffer.from(answer.value[channel], "utf8").toString("latin1");
      if (bytes !== "") waiting.push({ channel, bytes });
    }
    exitCode = answer.value.exitCode;
    proceed();
  });
  return {
    input: (bytes) => client.took(bytes.length),
    end() {},
    roomAgain: proceed,
    leave() {
      isGone = true;
    },
  };
}
