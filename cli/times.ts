import { days, minutes, seconds } from "#shared/time.ts";

const units = [
  ["day", days(1)],
  ["hour", minutes(60)],
  ["minute", minutes(1)],
  ["second", seconds(1)],
] as const;

/** `3 minutes ago`, in the largest whole unit. */
export const ago = (time: string, now: number) => {
  const passed = Math.max(0, now - Date.parse(time));
  const [unit, length] = units.find(([, length]) => passed >= length) ?? ["second", 0];
  if (length === 0) return "just now";
  const count = Math.floor(passed / length);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
};

/** `1 h 2 min`, `2 min 3 s`, `3.4 s`: between two times. */
export const lasting = (from: string, to: string) => {
  const passed = Math.max(0, Date.parse(to) - Date.parse(from));
  if (passed < minutes(1)) return `${(passed / 1000).toFixed(passed < seconds(10) ? 1 : 0)} s`;
  const whole = Math.floor(passed / 1000);
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h} h ${min} min` : `${min} min ${s} s`;
};
