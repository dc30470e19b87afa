/** Why a call of the system failed. */
export type ErrorName = keyof typeof errorTexts;

/** An outcome of a call that failed. */
export interface Failure {
  readonly error: ErrorName;
}

/** What programs print, as a C library says it. */
export const errorTexts = {
  EACCES: "Permission denied",
  EBADF: "Bad file descriptor",
  EBUSY: "Resource busy",
  EEXIST: "File exists",
  EIO: "I/O error",
  EINVAL: "Invalid argument",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  ENAMETOOLONG: "File name too long",
  ENOENT: "No such file or directory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
  ESRCH: "No such process",
} as const;

/** A failure as a value. */
export function failure(error: ErrorName): Failure {
  return { error };
}

/** Whether a call failed. */
export function hasFailed<Value extends object>(outcome: Value | Failure): outcome is Failure {
  return "error" in outcome;
}
