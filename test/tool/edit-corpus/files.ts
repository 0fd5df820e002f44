// Files as people write them, each with an edit in the middle: the lines that a model would quote,
// and what becomes of one of them.

export interface Sample {
  name: string;
  lines: readonly string[];
  /** The lines that are quoted, by index, end exclusive. */
  from: number;
  to: number;
  /** The quoted line that changes, by index in the file, and what comes in its place. */
  at: number;
  fresh: readonly string[];
}

const sample = (
  name: string,
  text: string,
  [from, to]: readonly [number, number],
  at: number,
  ...fresh: string[]
): Sample => ({ name, lines: text.split("\n").slice(1, -1), from, to, at, fresh });

export const SAMPLES: readonly Sample[] = [
  sample(
    "TypeScript",
    `
import { open } from "./file";

export class Reader {
  #count = 0;

  read(path: string): string {
    const file = open(path);
    if (!file) {
      throw new Error("no such file");
    }
    this.#count += 1;
    return file.text();
  }

  get count(): number {
    return this.#count;
  }
}
`,
    [7, 11],
    8,
    '      throw new Error("not found");',
  ),
  sample(
    "Python",
    `
def mean(values):
    total = 0
    for value in values:
        if value is None:
            continue
        total += value
    return total / len(values)


def spread(values):
    low = min(values)
    return max(values) - low
`,
    [2, 6],
    4,
    "            raise ValueError(value)",
    "            # never reached",
  ),
  sample(
    "Go",
    `
package main

func handle(w Writer, r *Request) {
\tname := r.Get("name")
\tif name == "" {
\t\tname = "world"
\t}
\tw.Write("hello " + name)
}

func main() {
\tserve(":8080", handle)
}
`,
    [3, 7],
    5,
    '\t\tname = "nobody"',
  ),
  sample(
    "YAML",
    `
services:
  web:
    image: nginx
    ports:
      - "80:80"
    restart: always
  db:
    image: postgres
    volumes:
      - data:/var/lib
`,
    [1, 6],
    4,
    '      - "8080:80"',
    '      - "8443:443"',
  ),
  sample(
    "JSON",
    `
{
  "name": "demo",
  "scripts": {
    "build": "tsc -p .",
    "test": "node --test"
  },
  "private": true
}
`,
    [2, 6],
    4,
    '    "test": "bun test"',
  ),
  sample(
    "Makefile",
    `
all: build test

build: main.c
\tcc -o main main.c
\tstrip main

test: build
\t./main --self-test
`,
    [2, 5],
    4,
    "\tsize main",
  ),
  sample(
    "Markdown",
    `
# Title

Some words about “it” – and a café.

- first point
- second point
  continued
- third point

The end.
`,
    [4, 8],
    5,
    "- another point",
  ),
  sample(
    "HTML",
    `
<ul class="menu">
  <li><a href="/">Home</a></li>
  <li><a href="/about">About</a></li>
  <li class="last">
    <a href="/contact">Contact</a>
  </li>
</ul>
`,
    [2, 6],
    4,
    '    <a href="/imprint">Imprint</a>',
  ),
  sample(
    "SQL",
    `
SELECT id, name
FROM users
WHERE active = 1
  AND created > '2020-01-01'
ORDER BY name;

SELECT count(*) FROM users;
`,
    [1, 5],
    3,
    "  AND created > '2024-01-01'",
  ),
  sample(
    "Rust",
    `
impl Queue {
    pub fn push(&mut self, item: u32) -> bool {
        if self.items.len() >= self.limit {
            return false;
        }
        self.items.push(item);
        true
    }
}
`,
    [1, 6],
    3,
    "            return self.grow();",
  ),
  sample(
    "shell",
    `
#!/bin/sh
set -eu
for name in "$@"; do
  if [ -f "$name" ]; then
    rm -- "$name"
  fi
done
echo "done: $#"
`,
    [2, 7],
    4,
    '    mv -- "$name" "$name.old"',
  ),
  sample(
    "replacement signs",
    `
const head = "a";
function swap(text: string) {
  const found = text.match(/x/);
  return text.replace("x", "y");
}
const tail = "b";
`,
    [1, 5],
    3,
    '  return text.replace(/x/, "$& $1 $$ $\\` \\\\n");',
  ),
];
