import { expect, test } from "vitest";
import { makeProblemApp, secret } from "../../support/problem-app.ts";

const lemon = async () => "lemon";

test.each([
  ["no secret", {}, 401, "no secret provided"],
  ["another secret", { authorization: "guessed" }, 403, "invalid secret"],
])("a client with %s is refused in the app's own way", async (_what, headers, status, detail) => {
  const app = makeProblemApp(lemon);

  const response = await app.request("/cakes", { headers });

  expect([response.status, await response.json()]).toEqual([status, { status, detail }]);
});

test("a client with an authorized secret reads and writes", async () => {
  const app = makeProblemApp(lemon);
  const headers = { authorization: secret, "content-type": "application/json" };

  const read = await app.request("/cakes", { headers });
  const written = await app.request("/cakes", {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "cherry" }),
  });

  expect([await read.text(), await written.text()]).toEqual(["lemon", "cherry"]);
});

test("where reads are allowed a client without a secret reads, and does not write", async () => {
  const app = makeProblemApp(lemon, { readable: true });

  const read = await app.request("/cakes");
  const written = await app.request("/cakes", { method: "POST" });

  expect([read.status, written.status]).toEqual([200, 401]);
});

test("secrets that cannot be read are the server's trouble, not the client's", async () => {
  const app = makeProblemApp(lemon, { authorized: () => Promise.reject(new Error("no file")) });

  const response = await app.request("/cakes", { headers: { authorization: secret } });

  expect(await response.json()).toEqual({
    status: 500,
    detail: "failed to read authorized secrets",
  });
});
