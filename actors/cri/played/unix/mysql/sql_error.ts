const states: Readonly<Record<number, string>> = {
  1044: "42000",
  1045: "28000",
  1046: "3D000",
  1049: "42000",
  1050: "42S01",
  1051: "42S02",
  1054: "42S22",
  1062: "23000",
  1064: "42000",
  1114: "HY000",
  1136: "21S01",
  1142: "42000",
  1146: "42S02",
  1227: "42000",
  1235: "42000",
  1364: "HY000",
};

/** Why a server does not do what a statement says, in its own numbers and words. */
export class SqlError extends Error {
  readonly number: number;

  constructor(number: number, message: string) {
    super(message);
    this.number = number;
  }

  /** Five letters and digits that say what sort it is of. */
  get state(): string {
    return states[this.number] ?? "HY000";
  }

  /** What stands at a place makes no sense there. */
  static syntax(sql: string, at: number): SqlError {
    const line = sql.slice(0, at).split("\n").length;
    const near = sql.slice(at, at + 80);
    const manual = "check the manual that corresponds to your MySQL server version for the right syntax to use near";
    return new SqlError(1064, `You have an error in your SQL syntax; ${manual} '${near}' at line ${line}`);
  }

  /** Something that a real server does. */
  static unplayed(what: string): SqlError {
    return new SqlError(1235, `kubetroupe plays this server, and does not know ${what}`);
  }
}
