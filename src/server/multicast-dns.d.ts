// What is used of multicast-dns, which comes without types.
declare module "multicast-dns" {
  interface Question {
    name: string;
    type: string;
  }

  interface Resource extends Question {
    ttl: number;
    data: unknown;
  }

  interface Query {
    id: number;
    questions: Question[];
  }

  interface Answer {
    answers: readonly Resource[];
    additionals?: readonly Resource[];
  }

  interface Sender {
    address: string;
    port: number;
  }

  interface MulticastDNS {
    on(event: "ready", listener: () => void): void;
    on(event: "error" | "warning", listener: (error: unknown) => void): void;
    on(event: "query", listener: (query: Query, sender: Sender) => void): void;
    on(event: "response", listener: (answer: Required<Answer>) => void): void;
    query(name: string, type: string): void;
    respond(answer: Answer & Partial<Query>, to?: Sender, done?: () => void): void;
    destroy(done: () => void): void;
  }

  /** Without an interface every one of the machine is joined. */
  export default function multicastDNS(options: {
    interface?: string;
    bind?: string;
  }): MulticastDNS;
}
