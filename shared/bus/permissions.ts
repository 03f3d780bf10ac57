import { durableOf, filterOf, type Message, type Question, type Stream } from "./declare.ts";

/** What a service says and hears, as its `service.ts` lists it. */
export type Tables = {
  readonly name: string;
  readonly makesStreams?: boolean;
  readonly publishes?: readonly Message[];
  readonly consumes?: readonly { readonly message: Message }[];
  readonly follows?: readonly { readonly message: Message }[];
  readonly asks?: readonly Question[];
  readonly answers?: readonly { readonly question: Question }[];
};

/** What one user of nats-server may do, as its configuration has it; `deny` wins. */
export type Permissions = {
  readonly publish: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
};

/** Under which a user of this name hears what is answered to it, and nobody else does. */
export const inboxOf = (user: string) => `_INBOX_${user.replaceAll(/\W/g, "_")}`;

/**
 * What is answered to a user, and so what who answers it may say. nats-server's `allow_responses` says that too, but
 * by it a service that sends itself a message lets itself say anything.
 */
const heardBy = (user: string) => `${inboxOf(user)}.>`;

/** Whether a subject is one of an inbox, anybody's. */
export const isInbox = (subject: string) => /^_INBOX(_\w+)?\../.test(subject);

const taken = ({ consumes = [], follows = [] }: Tables) => [
  ...consumes.map(({ message }) => message),
  ...follows.map(({ message }) => message),
];

/** The streams a service says something on or hears something from. */
export const streamsOf = (service: Tables): Stream[] => [
  ...new Set([...(service.publishes ?? []), ...taken(service)].map(({ stream }) => stream)),
];

/**
 * What a service may do: what its tables list, and what the bus needs of JetStream for that.
 * Who makes a stream may have the server repeat messages under any subject (`republish`), so one service
 * does; who makes a consumer may too (`deliver_subject`), of what is said on that stream. So a message is taken
 * for no more than a word: what counts is in the tables, which builders have none of.
 */
export const permissionsOf = (service: Tables, all: readonly Tables[]): Permissions => {
  const { name, publishes = [], consumes = [], follows = [], asks = [], answers = [] } = service;
  const work = consumes
    .filter(({ message }) => message.stream.keep === "work")
    .map(({ message }) => message.stream.name);
  const followed = new Set(follows.map(({ message }) => message.stream));
  return {
    publish: {
      allow: [
        ...publishes.map((message) => filterOf(message)),
        ...asks.map(({ subject }) => subject),
        "$JS.API.INFO",
        ...(service.makesStreams ? [...new Set(all.flatMap(streamsOf))].flatMap(making) : []),
        ...(service.makesStreams ? [] : streamsOf(service).map(inquiring)),
        ...consumes.flatMap(({ message }) => consuming(name, message)),
        ...work.map(atWork),
        ...(asks.length > 0 ? [atWork(inboxOf(name))] : []),
        ...askersOf(service, all).map(heardBy),
        ...follows.map(({ message }) => creating(message, "*")),
        ...[...followed].flatMap(following),
      ],
      deny: all
        .filter((other) => other.name !== name)
        .flatMap((other) => (other.consumes ?? []).map(({ message }) => ({ other, message })))
        .filter(({ message }) => followed.has(message.stream))
        .flatMap(({ other, message }) => theirs(message.stream, durableOf(other.name, message))),
    },
    subscribe: {
      allow: [
        heardBy(name),
        // Only in the queue of its name: each question is heard once.
        ...answers.map(({ question }) => `${question.subject} ${name}`),
        ...work.map(atWork),
        ...askersOf(service, all).map((asker) => atWork(inboxOf(asker))),
      ],
    },
  };
};

const askersOf = ({ answers = [] }: Tables, all: readonly Tables[]) =>
  all
    .filter(({ asks = [] }) => answers.some(({ question }) => asks.includes(question)))
    .map(({ name }) => name);

/**
 * What integrations may do: subscribe to the log messages, and read what is kept of them, one by one.
 * They make no consumer, since that could be told to say again what once was said.
 */
export const integrationPermissions = (messages: readonly Message[]): Permissions => {
  const log = messages.filter(({ stream }) => stream.keep === "log");
  return {
    publish: {
      allow: [...new Set(log.map(({ stream }) => stream.name))].flatMap((stream) => [
        `$JS.API.STREAM.INFO.${stream}`,
        `$JS.API.STREAM.MSG.GET.${stream}`,
      ]),
      deny: [],
    },
    // The inbox of clients that are not told another; kiln's services have none under it.
    subscribe: { allow: [...log.map((message) => filterOf(message)), "_INBOX.>"] },
  };
};

/** Where it is said, and asked, whether a process is at work on a message or an answer. */
const atWork = (key: string) => `in-work.${key}.>`;

const inquiring = ({ name }: Stream) => `$JS.API.STREAM.INFO.${name}`;

const making = (stream: Stream) => [
  inquiring(stream),
  `$JS.API.STREAM.CREATE.${stream.name}`,
  `$JS.API.STREAM.UPDATE.${stream.name}`,
  // The service that makes the streams also looks for the oldest message that is not handled.
  `$JS.API.STREAM.MSG.GET.${stream.name}`,
  `$JS.API.CONSUMER.LIST.${stream.name}`,
];

const creating = (message: Message, consumer: string) =>
  `$JS.API.CONSUMER.CREATE.${message.stream.name}.${consumer}.${filterOf(message)}`;

const consuming = (service: string, message: Message) => {
  const durable = durableOf(service, message);
  return [
    creating(message, durable),
    `$JS.API.CONSUMER.INFO.${message.stream.name}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${message.stream.name}.${durable}`,
    `$JS.ACK.${message.stream.name}.${durable}.>`,
  ];
};

/** Ordered consumers have names of chance. */
const following = ({ name }: Stream) =>
  ["INFO", "MSG.NEXT", "DELETE"].map((act) => `$JS.API.CONSUMER.${act}.${name}.*`);

const theirs = ({ name }: Stream, durable: string) => [
  `$JS.API.CONSUMER.CREATE.${name}.${durable}.>`,
  ...["INFO", "MSG.NEXT", "DELETE"].map((act) => `$JS.API.CONSUMER.${act}.${name}.${durable}`),
];
