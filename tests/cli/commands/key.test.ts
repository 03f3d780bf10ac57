import { expect, test } from "vitest";
import { runCommandLine } from "../../support/command-line.ts";

const fingerprint = "A".repeat(40);

const info = {
  fingerprint,
  users: ["A Signer <a@example.org>"],
  added: "2026-01-01T11:57:00.000Z",
};

const answers = { "POST /keys": () => Response.json([info]) };
const files = { "key.asc": "KEY OF A FILE" };
const keyring = { [fingerprint]: "KEY OF GPG" };

test.each([
  [["key.asc"], { key: "KEY OF A FILE", any: false }],
  [["-"], { key: "from the input", any: false }],
  [[fingerprint, "--any"], { key: "KEY OF GPG", any: true }],
])("key import %j sends the key", async (from, body) => {
  const { code, output, requests } = await runCommandLine(["key", "import", ...from], {
    answers,
    files,
    keyring,
  });

  expect([code, output]).toEqual([0, `imported ${fingerprint}, A Signer <a@example.org>\n`]);
  expect(requests.map((it) => it.body)).toEqual([body]);
});

test.each([
  ["nowhere.asc", "there is no file nowhere.asc"],
  ["B".repeat(40), `gpg here has no key ${"B".repeat(40)}: gpg --recv-keys`],
])("key import %s, which is not there, sends nothing", async (from, message) => {
  const { code, messages, requests } = await runCommandLine(["key", "import", from], { answers });

  expect([code, requests]).toEqual([2, []]);
  expect(messages).toContain(message);
});

test("keys are listed, and taken away", async () => {
  const listed = await runCommandLine(["key", "list"], {
    answers: { "GET /keys": () => Response.json([info]) },
  });
  const removed = await runCommandLine(["key", "remove", fingerprint], {
    answers: { [`DELETE /keys/${fingerprint}`]: null },
  });

  expect(listed.output).toMatch(new RegExp(`^FINGERPRINT +ADDED +USER\n${fingerprint} .*A Signer`));
  expect([removed.code, removed.output]).toEqual([0, `removed ${fingerprint}\n`]);
});
