import { expect, test } from "vitest";
import { abortable } from "../../../services/builder/abortable.ts";

const never = new Promise<never>(() => {});

test("work that ends is what it comes to", async () => {
  const { signal } = new AbortController();

  expect(await abortable(signal, Promise.resolve(1))).toBe(1);
  await expect(abortable(signal, Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("work is left when the signal is aborted, before or meanwhile", async () => {
  const stopping = new AbortController();
  const waiting = abortable(stopping.signal, never);

  stopping.abort(new Error("stop"));

  await expect(waiting).rejects.toThrow("stop");
  await expect(abortable(stopping.signal, never)).rejects.toThrow("stop");
});
