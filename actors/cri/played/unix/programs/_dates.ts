const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const longMonths = "January February March April May June July August September October November December".split(" ");
const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const two = (number: number) => String(number).padStart(2, "0");

/** `Jan  2 03:04`, as a listing has it. */
export function monthDay(wallMs: number): string {
  return formatDate(new Date(wallMs), "%b %e %H:%M");
}

/** A time as `date +FORM` writes it, in UTC. */
export function formatDate(date: Date, form: string): string {
  return form.replace(/%(.)/g, (whole, letter: string) => part(date, letter) ?? whole);
}

function part(date: Date, letter: string): string | undefined {
  const hour = date.getUTCHours();
  switch (letter) {
    case "Y":
      return String(date.getUTCFullYear());
    case "y":
      return two(date.getUTCFullYear() % 100);
    case "m":
      return two(date.getUTCMonth() + 1);
    case "d":
      return two(date.getUTCDate());
    case "e":
      return String(date.getUTCDate()).padStart(2);
    case "H":
      return two(hour);
    case "I":
      return two(hour % 12 || 12);
    case "M":
      return two(date.getUTCMinutes());
    case "S":
      return two(date.getUTCSeconds());
    case "N":
      return `${String(date.getUTCMilliseconds()).padStart(3, "0")}000000`;
    case "s":
      return String(Math.floor(date.getTime() / 1000));
    case "p":
      return hour < 12 ? "AM" : "PM";
    case "a":
      return (days[date.getUTCDay()] ?? "").slice(0, 3);
    case "A":
      return days[date.getUTCDay()];
    case "b":
    case "h":
      return months[date.getUTCMonth()];
    case "B":
      return longMonths[date.getUTCMonth()];
    case "j":
      return String(dayOfYear(date)).padStart(3, "0");
    case "u":
      return String(date.getUTCDay() || 7);
    case "w":
      return String(date.getUTCDay());
    case "Z":
      return "UTC";
    case "z":
      return "+0000";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "%":
      return "%";
    case "F":
      return formatDate(date, "%Y-%m-%d");
    case "T":
      return formatDate(date, "%H:%M:%S");
    case "R":
      return formatDate(date, "%H:%M");
    case "D":
      return formatDate(date, "%m/%d/%y");
    case "c":
      return formatDate(date, "%a %b %e %H:%M:%S %Y");
    default:
      return undefined;
  }
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}
