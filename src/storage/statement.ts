// Statement: a query as drizzle words it, prepared once and then run by SQLite alone. drizzle's own
// prepared queries look at each value and each column anew every time, which on the hot paths costs
// as much as the query. For queries whose columns go by the names that the caller reads.

import type { Database as SqliteDatabase, SQLQueryBindings } from "bun:sqlite";
import { is, Param, Placeholder, type Query } from "drizzle-orm";
import { assert } from "@/base/assert";

/** Of the placeholders, by their names. */
export type Values = Readonly<Record<string, SQLQueryBindings>>;

type Parameter = (values: Values) => SQLQueryBindings;

export class Statement<Row = never> {
  readonly #statement: ReturnType<SqliteDatabase["prepare"]>;
  readonly #parameters: readonly Parameter[];

  /** A write, or a query whose rows are known to be of the type. */
  constructor(sqlite: SqliteDatabase, query: { toSQL(): Query }) {
    const { sql, params } = query.toSQL();
    this.#statement = sqlite.prepare(sql);
    this.#parameters = params.map(parameter);
  }

  run(values: Values): void {
    this.#statement.run(...this.#bind(values));
  }

  get(values: Values): Row | undefined {
    return (this.#statement.get(...this.#bind(values)) as Row | null) ?? undefined;
  }

  all(values: Values): Row[] {
    return this.#statement.all(...this.#bind(values)) as Row[];
  }

  #bind(values: Values): SQLQueryBindings[] {
    return this.#parameters.map((of) => of(values));
  }
}

function parameter(given: unknown): Parameter {
  const { encoder, value } = is(given, Param) ? given : { encoder: undefined, value: given };
  if (is(value, Placeholder)) {
    const { name } = value;
    return (values) => {
      const bound = values[name];
      assert(bound !== undefined, "each placeholder has a value");
      return bound;
    };
  }
  const fixed = (encoder ? encoder.mapToDriverValue(value) : value) as SQLQueryBindings;
  return () => fixed;
}
