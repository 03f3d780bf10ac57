import { expect, test } from "vitest";
import { refuse, runCommandLine } from "../../support/command-line.ts";

const info = {
  version: "v0.4.3",
  started: "2026-01-01T00:00:00Z",
  name: "serene",
  architecture: "x86_64",
  readable: false,
  signed: true,
};
const path = "/home/me/.config/kiln/login.json";
const kept = { [path]: '{"url":"https://kiln.example","secret":"s3cret"}\n' };

test("a secret is kept once the server has taken it", async () => {
  const { code, output, files, requests } = await runCommandLine(
    ["login", "https://kiln.example/"],
    { answers: { "GET /": info, "GET /secret": null }, typed: "s3cret" },
  );

  expect(code).toBe(0);
  expect(output).toBe(`logged in at https://kiln.example (serene, x86_64); kept in ${path}\n`);
  expect(files).toEqual(kept);
  expect(requests.map(({ path, secret }) => [path, secret])).toEqual([
    ["/", null],
    ["/secret", "s3cret"],
  ]);
});

test("a secret that the server refuses is not kept, and what was kept stays", async () => {
  const { code, messages, files } = await runCommandLine(["login", "https://kiln.example"], {
    answers: { "GET /": info, "GET /secret": refuse(403, "invalid secret") },
    files: kept,
    typed: "wrong",
  });

  expect(code).toBe(4);
  expect(messages).toBe(
    "kiln: invalid secret; its hash is not in the server's authorized_secrets\n",
  );
  expect(files).toEqual(kept);
});

test.each([["nothing typed", "", 'kiln: no secret was given; "kiln --help" says more\n']])(
  "%s is no secret",
  async (_what, typed, message) => {
    const { code, messages, files } = await runCommandLine(["login", "https://kiln.example"], {
      answers: { "GET /": info },
      typed,
    });

    expect([code, messages, files]).toEqual([2, message, {}]);
  },
);

test("without an address it is the server that is there, also where the login is damaged", async () => {
  const { requests } = await runCommandLine(["login"], {
    answers: { "GET /": info, "GET /secret": null },
    files: { [path]: "{" },
    environment: { KILN_URL: "https://two.example" },
    typed: "s3cret",
  });

  expect(requests.map(({ path }) => path)).toEqual(["/", "/secret"]);
});

test("a server of serene's has no way to check, and the secret is kept", async () => {
  const { code, files } = await runCommandLine(["login", "https://kiln.example"], {
    answers: { "GET /": info },
    typed: "s3cret",
  });

  expect([code, files]).toEqual([0, kept]);
});

test("logout deletes what was kept", async () => {
  const first = await runCommandLine(["logout"], { files: kept });
  const second = await runCommandLine(["logout"]);

  expect([first.output, first.files]).toEqual([`deleted ${path}\n`, {}]);
  expect(second.output).toBe("nobody is logged in here\n");
});
