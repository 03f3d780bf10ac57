import { Command } from "commander";
import { kilnVersion } from "#shared/version.ts";
import { type AddOptions, add } from "./commands/add.ts";
import { type BuildOptions, build } from "./commands/build.ts";
import { type DiffOptions, diff } from "./commands/diff.ts";
import { info } from "./commands/info.ts";
import { type ImportOptions, importKey, listKeys, removeKeys } from "./commands/key.ts";
import { list } from "./commands/list.ts";
import { login, logout } from "./commands/login.ts";
import { type LogsOptions, logs } from "./commands/logs.ts";
import { remove } from "./commands/remove.ts";
import { type SourcesOptions, sources } from "./commands/sources.ts";
import { type SweepOptions, storage, sweep } from "./commands/storage.ts";
import { type VerifyOptions, verify } from "./commands/verify.ts";
import { type ExitCode, exitCodeHelp } from "./exit-code.ts";
import { oneLine } from "./printable.ts";
import { openSession, type Session } from "./session.ts";
import type { Given } from "./settings.ts";
import { startServer } from "./start-server.ts";
import type { World } from "./world.ts";

const serverHelp = `
The server is that of --server, of KILN_URL, of "kiln login", or of serene's serene.yml; else http://127.0.0.1:8080.
The secret is that of --secret, of KILN_SECRET, of "kiln login", or of serene's secret.txt; those of files go to their
own server only.
${exitCodeHelp}`;

/** The command line as a value: what it is told to do ends as an exit code in `end`. */
export const makeProgram = (world: World, end: (code: ExitCode) => void) => {
  const program = new Command("kiln")
    .description("Builds, signs and serves packages for Arch Linux")
    .version(kilnVersion)
    .option("--server <url>", "the server's address")
    .option("--secret <secret>", "the secret that writing, and maybe reading, takes")
    .addHelpText("after", serverHelp)
    .exitOverride()
    .configureOutput({
      writeOut: world.output.write,
      writeErr: world.messages.write,
      outputError: (text, write) => write(`kiln: ${oneLine(text.replace(/^error: /, ""))}\n`),
    });
  const command = (usage: string, summary: string) =>
    program.command(usage).description(summary).helpCommand(false);
  const inSession = async (act: (session: Session) => Promise<ExitCode>) =>
    end(await act(await openSession(world, program.opts<Given>())));

  command("start", "start a server here, with all it needs").action(() => startServer(world));

  command("login [url]", "ask for a server's secret, check it, and keep both for this user").action(
    async (url: string | undefined) => end(await login(world, url, program.opts<Given>())),
  );

  command("logout", "forget what login kept").action(async () => end(await logout(world)));

  command("list", "list the packages")
    .option("--json", "as the API answers")
    .action((options: { json?: boolean }) => inSession((session) => list(session, options)));

  command("add [name]", "add a package of the AUR, with what it needs of it")
    .option("--git <url>", "add what a git repository holds instead")
    .option("--pkgbuild <file>", "add a PKGBUILD instead; - reads it from the input")
    .option("--devel", "its version comes from its sources (with --git and --pkgbuild)")
    .option("--replace", "give a package that is there already this source")
    .option("--no-build", "do not build it now")
    .option("--no-resolve", "do not build what it needs before it")
    .option("-f, --follow", "show the log of its build until it has ended")
    .option("-w, --wait", "wait until its build has ended")
    .option("--watch <id>", "show how far an add is that was ordered before")
    .option("--json", "as the API answers")
    .action((name: string | undefined, options: AddOptions) =>
      inSession((session) => add(session, name, options)),
    );

  command("info <name>", "show a package and its newest builds")
    .option("--json", "as the API answers")
    .action((name: string, options: { json?: boolean }) =>
      inSession((session) => info(session, name, options)),
    );

  command("build [names...]", "build packages that have something new")
    .option("--all", "all that take part in schedules")
    .option("--force", "also those that are up to date")
    .option("--clean", "as serene's: every build is clean anyway")
    .option("--source <id>", "from this state of its source (one package)")
    .option("--no-resolve", "do not put them into the order of their dependencies")
    .option("-f, --follow", "show the log until the build has ended (one package)")
    .option("-w, --wait", "wait until the builds have ended")
    .action((names: string[], options: BuildOptions) =>
      inSession((session) => build(session, names, options)),
    );

  command("diff <name> [from] [to]", "show what the next build changes of the published recipe")
    .option("--json", "as the API answers")
    .addHelpText(
      "after",
      "\nfrom and to are published, next, an id of a source or a build, or a build's index or time.",
    )
    .action(
      (name: string, from: string | undefined, to: string | undefined, options: DiffOptions) =>
        inSession((session) => diff(session, name, [from, to], options)),
    );

  command("sources <name> [source]", "list the states of a package's source that are kept")
    .option(
      "-o, --output <directory>",
      "write the files of one, else of the next, into a new directory",
    )
    .option("--json", "as the API answers")
    .action((name: string, id: string | undefined, options: SourcesOptions) =>
      inSession((session) => sources(session, name, id, options)),
    );

  command("logs <name> [build]", "show the log of the newest build, or of one by its id")
    .option("-f, --follow", "until the build has ended")
    .option("--json", "as the API answers")
    .action((name: string, id: string | undefined, options: LogsOptions) =>
      inSession((session) => logs(session, name, id, options)),
    );

  command("verify <name>", "build what is published of a package again, and compare bit for bit")
    .option("-f, --follow", "wait for the verdict, and show the log of the rebuild")
    .option("-w, --wait", "wait for the verdict")
    .option("--json", "as the API answers")
    .action((name: string, options: VerifyOptions) =>
      inSession((session) => verify(session, name, options)),
    );

  command("remove <names...>", "remove packages, their builds and their published files").action(
    (names: string[]) => inSession((session) => remove(session, names)),
  );

  const ofKeys = command("key", "the keys that signed sources are checked with");
  ofKeys
    .command("import <from>")
    .description("give the server a public key: a file, a fingerprint that gpg here has, or -")
    .option("--any", "also a key that validpgpkeys of no package names")
    .option("--json", "as the API answers")
    .action((from: string, options: ImportOptions) =>
      inSession((session) => importKey(session, from, options)),
    );
  ofKeys
    .command("list")
    .description("list the keys that the server was given")
    .option("--json", "as the API answers")
    .action((options: { json?: boolean }) => inSession((session) => listKeys(session, options)));
  ofKeys
    .command("remove <fingerprints...>")
    .description("take keys away from the server")
    .action((fingerprints: string[]) => inSession((session) => removeKeys(session, fingerprints)));

  const ofStorage = command("storage", "show what takes how much of the blob store")
    .option("--json", "as the API answers")
    .action((options: { json?: boolean }) => inSession((session) => storage(session, options)));
  ofStorage
    .command("sweep")
    .description("delete the blobs that nothing names any more")
    .option("--dry-run", "only count them")
    .option("--json", "as the API answers")
    .action((options: SweepOptions) => inSession((session) => sweep(session, options)));
  return program;
};
