import { expect, test } from "vitest";
import { hashOf } from "#shared/secret.ts";

test("a secret is known by base64 of its sha256, as serene's files have it", async () => {
  expect(await hashOf("abc")).toBe("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
});
