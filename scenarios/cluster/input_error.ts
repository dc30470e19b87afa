/**
 * What was given cannot be used: a busy port, a folder that cannot be written, a file that is broken. The command
 * prints its message as one line and exits with code 2.
 */
export class InputError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "InputError";
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
