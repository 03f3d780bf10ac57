import { once } from "node:events";
import { createServer } from "node:net";
import { expect, inject, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { pkgbuildOf, requestOf, startBuilder, type TestBuilder } from "../support/builder.ts";
import { containersWith, engineCommand, engineEnvironment } from "../support/engine.ts";

const port = 7777;

/** Prints a line for each connection, and answers none. */
const listen = `perl -MIO::Socket::INET -e '$| = 1; $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5) or die;
print "listening\n"; while ($c = $s->accept) { print "visit\n"; close $c }'`;

/**
 * A service of this host that a build could reach: in the network of the builds, at the host's address there. The
 * service counts connections. In another network of the engine the test would prove nothing: the engine separates networks.
 */
const startTrap = async () => {
  await using builder = await startBuilder(engineEnvironment());
  await builder.running.health();
  const gateway = "{{range .IPAM.Config}}{{.Gateway}}{{end}}";
  const address = await engineCommand(
    ...["network", "inspect", "--format", gateway, "kiln-builds"],
  );
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await once(server.listen(0, address), "listening");
  const bound = server.address();
  return {
    address,
    port: typeof bound === "object" && bound ? bound.port : 0,
    visits: () => visits,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
};

const addressOf = (id: string) =>
  engineCommand(
    "inspect",
    "--format",
    "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
    id,
  );

/** Lines of a recipe that say which of these `address/port` were reached. */
const probing = (...addresses: readonly string[]) =>
  addresses
    .map(
      (it) =>
        `if timeout 5 bash -c 'exec 3<>/dev/tcp/${it}' 2>/dev/null; then echo "reached ${it}"; else echo "refused ${it}"; fi`,
    )
    .join("\n");

const answersIn = (output: string) => output.match(/^(reached|refused) .*$/gm) ?? [];

/** Builds a recipe whose `build()` is these lines. */
const buildWith = async (builder: TestBuilder, lines: string, prepare: string | null = null) => {
  const source = await builder.source({ PKGBUILD: pkgbuildOf("prober", `build() {\n${lines}\n}`) });
  const request = requestOf(source, "prober", { prepare });
  const finished = await builder.build(request);
  return { outcome: finished?.outcome, output: builder.outputOf(request) };
};

test(
  "a build reaches no other build, no private address and no metadata service, and its log says why",
  async () => {
    await using builder = await startBuilder(engineEnvironment());
    await using trap = await startTrap();
    const source = await builder.source({
      PKGBUILD: pkgbuildOf(
        "listener",
        `build() { ${listen} & until [[ -e /tmp/go ]]; do sleep 0.2; done; kill $!; }`,
      ),
    });
    const request = requestOf(source, "listener");
    const listening = builder.build(request);
    await expect
      .poll(() => builder.outputOf(request), { timeout: minutes(2) })
      .toContain("listening\n");
    const [other = ""] = await containersWith(`kiln.build=${request.build}`);
    const address = await addressOf(other);
    const targets = [
      `${address}/${port}`,
      `${trap.address}/${trap.port}`,
      "169.254.169.254/80",
      "100.64.0.1/80",
    ];

    const { outcome, output } = await buildWith(builder, `${probing(...targets)}\nfalse`);
    await engineCommand("exec", other, "touch", "/tmp/go");
    await listening;

    expect(outcome).toEqual({ kind: "failed", step: "build", exitCode: 4 });
    expect(answersIn(output)).toEqual(targets.map((it) => `refused ${it}`));
    expect(output).toContain(
      `the connection to ${trap.address}:${trap.port} was refused: builds reach nothing private; name it in RUNNER_REACHABLE if they shall`,
    );
    expect(builder.outputOf(request)).not.toContain("visit");
    expect(trap.visits()).toBe(0);
  },
  minutes(5),
);

test(
  "a build reaches what RUNNER_REACHABLE names, on that port alone, and anything where the network is open",
  async () => {
    await using trap = await startTrap();
    const closed = trap.port === 1 ? 2 : 1;
    const targets = [`${trap.address}/${trap.port}`, `${trap.address}/${closed}`];
    const reach = async (environment: Readonly<Record<string, string>>) => {
      await using builder = await startBuilder({ ...engineEnvironment(), ...environment });
      const { output } = await buildWith(builder, probing(...targets));
      return answersIn(output);
    };

    const named = await reach({ RUNNER_REACHABLE: `10.9.9.0/24, ${trap.address}:${trap.port}` });
    const others = await reach({ RUNNER_REACHABLE: `${trap.address}:${closed}` });
    const open = await reach({ RUNNER_NETWORK: "open" });

    expect(named).toEqual([`reached ${targets[0]}`, `refused ${targets[1]}`]);
    expect(others).toEqual([`refused ${targets[0]}`, `refused ${targets[1]}`]);
    expect(open).toEqual([`reached ${targets[0]}`, `refused ${targets[1]}`]);
    expect(trap.visits()).toBe(2);
  },
  minutes(5),
);

test(
  "root's steps of a build cannot undo the rules",
  async () => {
    await using builder = await startBuilder(engineEnvironment());
    await using trap = await startTrap();
    const target = `${trap.address}/${trap.port}`;
    const undo = [
      "nft flush ruleset",
      "nft delete table inet kiln",
      "iptables -F",
      "ip route add default via 172.17.0.1",
      "nsenter --net=/proc/1/ns/net nft flush ruleset",
      "unshare --net true",
      "capsh --has-p=cap_net_admin",
    ];
    const prepare = [
      ...undo.map((it) => `if ${it} 2>/dev/null; then echo "undone: ${it}"; fi`),
      probing(target),
      "",
    ].join("\n");

    const { output } = await buildWith(builder, probing(target), prepare);

    expect(output).not.toContain("undone: ");
    expect(answersIn(output)).toEqual([`refused ${target}`, `refused ${target}`]);
    expect(trap.visits()).toBe(0);
  },
  minutes(5),
);

test(
  "a builder whose image cannot load rules is not ready, and says that the network is not confined",
  async () => {
    const id = await engineCommand(
      ...[
        "run",
        "--detach",
        "--entrypoint",
        "bash",
        inject("runnerImage"),
        "-c",
        "rm $(type -p nft)",
      ],
    );
    await engineCommand("wait", id);
    await engineCommand("commit", id, "kiln-test-without-nft");
    await engineCommand("rm", id);
    await using builder = await startBuilder({
      ...engineEnvironment(),
      RUNNER_IMAGE: "kiln-test-without-nft",
    });

    const health = await builder.running.health().catch((error: unknown) => error);
    // The engine may be removing the last container of it.
    await expect
      .poll(() => engineCommand("rmi", "kiln-test-without-nft").then(() => "removed", String))
      .toBe("removed");

    expect(health).toMatchObject({
      kind: "unavailable",
      message:
        "network not confined: the runner image kiln-test-without-nft has no nft; make it again as runner/README.md says, or set RUNNER_NETWORK=open",
    });
  },
  minutes(5),
);
