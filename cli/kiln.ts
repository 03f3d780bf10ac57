#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { pause } from "#shared/pause.ts";
import { exportKey } from "./export-key.ts";
import { deleteFile, writePrivate } from "./private-files.ts";
import { readSecret } from "./read-secret.ts";
import { runProgram } from "./run-program.ts";
import { unpackInto } from "./unpack.ts";

/** Ends quietly where the reader of what is written has gone, as in `kiln list | head`. */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });

const channelOf = (stream: NodeJS.WriteStream) => ({
  write: (text: string) => void stream.write(text),
  isTerminal: stream.isTTY === true,
});

process.exitCode = await runProgram(
  {
    fetch,
    environment: process.env,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    sleep: pause,
    onInterrupt(act) {
      const interrupted = () => {
        act();
        // As a shell reports a program that SIGINT ended.
        process.exit(130);
      };
      process.once("SIGINT", interrupted);
      return { [Symbol.dispose]: () => void process.off("SIGINT", interrupted) };
    },
    readFile: (path) =>
      readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "EACCES") return undefined;
        throw error;
      }),
    exportKey,
    unpack: unpackInto,
    readInput: () => text(process.stdin),
    readSecret,
    writePrivate,
    deleteFile,
    output: channelOf(process.stdout),
    messages: channelOf(process.stderr),
  },
  process.argv.slice(2),
);
