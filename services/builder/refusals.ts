/** How many are named. */
const most = 10;

/** The line of a build's log for each connection, `address:port`, that the network rules refused. */
export const refusals = (refused: readonly string[]): readonly string[] => [
  ...refused
    .slice(0, most)
    .map(
      (address) =>
        `the connection to ${address} was refused: builds reach nothing private; name it in RUNNER_REACHABLE if they shall`,
    ),
  ...(refused.length > most ? [`${refused.length - most} more connections were refused`] : []),
];
